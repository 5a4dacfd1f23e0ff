/** Gas for accounts that have none: on the chains of a pilot the operator gives everybody the same. */
import type { Address } from "../../offchain/core/messages/market.ts";
import type { Connected } from "./connection.ts";

/** Enough for thousands of transactions on a local node. */
const GAS_MONEY_WEI = 10n ** 18n;

/** Tops an account up that has less than half of what it was given. */
export async function ensureGasMoney(
  { market, operator }: Connected,
  account: Address,
): Promise<void> {
  if ((await market.provider.getBalance(account)) >= GAS_MONEY_WEI / 2n) return;
  const funding = await operator.sendTransaction({ to: account, value: GAS_MONEY_WEI });
  await funding.wait();
}
