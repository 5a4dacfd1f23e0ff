/** Makes sure that a player has enough free balance for an obligation. */
import { ensureFree } from "../../offchain/market/money.ts";
import type { Connected, Player } from "./connection.ts";

/** @throws StepError E_STAKE */
export async function ensureStake(
  { market, faucet }: Connected,
  { wallet }: Player,
  units: bigint,
): Promise<void> {
  await ensureFree(market, { wallet, faucet }, units);
}
