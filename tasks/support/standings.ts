/** Where a pile stood at the end of a round: its notice in the state folder, checked against the chain. */
import { NO_REFERENCE_PRICE, type Bytes32 } from "../../offchain/core/messages/market.ts";
import { openNotice } from "../../offchain/core/messages/standing.ts";
import { lastClosedRound } from "../../offchain/chain/closedRound.ts";
import type { KnownAuction } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { noticesSchema } from "../stores/state.ts";
import { eventsOf } from "../../offchain/chain/events.ts";

export interface KnownStanding {
  readonly round: bigint;
  readonly bidCommitment: Bytes32;
  /** Whether the pile would be matched if the auction had ended then. */
  readonly leads: boolean;
  readonly referencePricePerKwh: bigint;
}

/** Opens the notice of the round that was closed last. @throws InputError if there is none for `player` */
export async function lastStanding(
  connected: Connected,
  { wallet, sealKeys, person }: Player,
  { auctionId, path }: KnownAuction,
): Promise<KnownStanding> {
  const closed = await lastClosedRound(connected.market, auctionId);
  if (closed === null) throw new InputError(`no round of auction ${auctionId} is closed yet`);
  const { round, transcriptRoot, referencePricePerKwh } = closed;
  const { notices } = await connected.state.read(`${path}/rounds/${round}.json`, noticesSchema);
  const notice = notices.find(({ pile }) => pile === wallet.address);
  const bidCommitment = await bidBefore(connected, auctionId, wallet.address, closed.blockNumber);
  if (notice === undefined || bidCommitment === null) {
    throw new InputError(`${person.name} had no bid in round ${round} of auction ${auctionId}`);
  }
  const about = { auctionId, round, bidCommitment };
  const { standing } = await openNotice(sealKeys, about, transcriptRoot, notice.box);
  return { round, bidCommitment, leads: standing.leads, referencePricePerKwh };
}

/** A reference price for people; null if nobody leads. */
export function shownReference(referencePricePerKwh: bigint): bigint | null {
  return referencePricePerKwh === NO_REFERENCE_PRICE ? null : referencePricePerKwh;
}

/** The bid that stood when the round was closed; null if there was none. */
async function bidBefore(
  { market }: Connected,
  auctionId: Bytes32,
  pile: string,
  blockNumber: number,
): Promise<Bytes32 | null> {
  const { auctions } = market.contracts;
  const committed = auctions.filters.BidCommitted(auctionId, pile);
  const bids = await eventsOf(auctions, committed, { fromBlock: 0, toBlock: blockNumber });
  return bids.at(-1)?.args.commitment ?? null;
}
