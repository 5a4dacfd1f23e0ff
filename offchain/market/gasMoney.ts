/**
 * Gas for accounts that have none: on the chains of a pilot one account gives everybody the same.
 */
import type { Signer } from "ethers";
import type { Market } from "../chain/market.ts";
import type { Address } from "../core/messages/market.ts";

/** Enough for thousands of transactions on a local node. */
const GAS_MONEY_WEI = 10n ** 18n;

/** Tops an account up that has less than half of what everybody is given. */
export async function ensureGasMoney(
  { provider }: Pick<Market, "provider">,
  payer: Signer,
  account: Address,
): Promise<void> {
  if ((await provider.getBalance(account)) >= GAS_MONEY_WEI / 2n) return;
  const funding = await payer.sendTransaction({ to: account, value: GAS_MONEY_WEI });
  await funding.wait();
}
