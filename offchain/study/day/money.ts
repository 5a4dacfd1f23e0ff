/** An actor's money on a simulated chain: minted when an obligation needs more than is free, taken out at the end. */
import { send } from "../../chain/market.ts";
import { depositTokens, missingFree } from "../../chain/funds.ts";
import type { DayContext } from "./context.ts";
import type { Actor } from "./actors.ts";

/** Brings what is missing to `units` of free balance, from freshly minted demo tokens. */
export async function ensureFree(
  { market }: DayContext,
  { wallet }: Actor,
  units: bigint,
): Promise<void> {
  const missing = await missingFree(market, wallet.address, units);
  if (missing === 0n) return;
  await send(market, market.contracts.token.connect(wallet).mint(wallet.address, missing));
  await depositTokens(market, wallet, missing);
}
