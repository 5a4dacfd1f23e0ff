/**
 * What the chain says of the round of an auction that was closed last: everybody may read it, piles
 * answer to it.
 */
import type { Bytes32 } from "../core/messages/market.ts";
import { eventsOf } from "./events.ts";
import type { Market } from "./market.ts";

export interface ClosedRound {
  readonly round: bigint;
  /** Of the tree over all standings (`core/messages/standing.ts`). */
  readonly transcriptRoot: Bytes32;
  /** Token units per kWh; `NO_REFERENCE_PRICE` if nobody leads. */
  readonly referencePricePerKwh: bigint;
  readonly blockNumber: number;
}

/** The round that was closed last; null if none was. */
export async function lastClosedRound(
  { contracts }: Market,
  auctionId: Bytes32,
): Promise<ClosedRound | null> {
  const { auctions } = contracts;
  const last = (await eventsOf(auctions, auctions.filters.RoundClosed(auctionId))).at(-1);
  if (last === undefined) return null;
  const { round, transcriptRoot, referencePricePerKwh } = last.args;
  return { round, transcriptRoot, referencePricePerKwh, blockNumber: last.blockNumber };
}
