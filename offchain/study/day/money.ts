/**
 * An actor's money on a simulated chain: the chain's faucet gives what an obligation needs and is
 * not free.
 */
import { ensureFree as ensureFreeBalance } from "../../market/money.ts";
import type { DayContext } from "./context.ts";
import type { Actor } from "./actors.ts";

/** Brings what is missing to `units` of free balance. */
export async function ensureFree(
  { market, control }: DayContext,
  { wallet }: Pick<Actor, "wallet">,
  units: bigint,
): Promise<void> {
  await ensureFreeBalance(market, { wallet, faucet: control.faucet }, units);
}
