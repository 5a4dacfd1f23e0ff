/**
 * Gas for accounts that have none: on the chains of a pilot one account gives everybody the same.
 */
import type { Signer } from "ethers";
import type { Market } from "../chain/market.ts";
import type { Address } from "../core/messages/market.ts";

/** Enough for thousands of transactions on a local node. */
const GAS_MONEY_WEI = 10n ** 18n;

/**
 * Tops an account up that has less than half of what everybody is given. Where gas is free nobody
 * needs any, and the payer is not asked for.
 */
export async function ensureGasMoney(
  { provider }: Pick<Market, "provider">,
  payerOf: () => Promise<Signer>,
  account: Address,
): Promise<void> {
  if ((await provider.getBalance(account)) >= GAS_MONEY_WEI / 2n) return;
  const { gasPrice, maxFeePerGas } = await provider.getFeeData();
  if ((maxFeePerGas ?? gasPrice) === 0n) return;
  const payer = await payerOf();
  const funding = await payer.sendTransaction({ to: account, value: GAS_MONEY_WEI });
  await funding.wait();
}
