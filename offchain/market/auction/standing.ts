/**
 * Where a pile stood at the end of a round: what the matcher has told it, checked against the
 * chain.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { openNotice } from "../../core/messages/standing.ts";
import type { OfferDesk } from "../../parties/pile/offerDesk.ts";
import type { MatcherNotices } from "../../parties/proxy/store.ts";
import { lastClosedRound, type ClosedRound } from "../../chain/closedRound.ts";
import { eventsOf } from "../../chain/events.ts";
import type { Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";

export interface KnownStanding {
  readonly round: bigint;
  /** The bid that stood when the round was closed. */
  readonly bidCommitment: Bytes32;
  /** Whether the pile would be matched if the auction had ended then. */
  readonly leads: boolean;
  /** Token units per kWh, rounded down; `NO_REFERENCE_PRICE` if nobody leads. */
  readonly referencePricePerKwh: bigint;
}

type Reader = Pick<OfferDesk, "wallet" | "sealKeys">;

/**
 * Where a pile stood in the round that was closed last.
 * @throws StepError E_ROUND_OPEN if none was; as `standingIn`
 */
export async function lastStanding(
  market: Market,
  reader: Reader,
  said: Pick<MatcherNotices, "closing">,
  auctionId: Bytes32,
): Promise<KnownStanding> {
  return standingIn(market, reader, said, auctionId, await requireClosedRound(market, auctionId));
}

/** The round that was closed last. @throws StepError E_ROUND_OPEN if none was */
export async function requireClosedRound(market: Market, auctionId: Bytes32): Promise<ClosedRound> {
  const closed = await lastClosedRound(market, auctionId);
  if (closed !== null) return closed;
  const message = `no round of auction ${auctionId} is closed yet: ask again after its first one`;
  throw new StepError("E_ROUND_OPEN", message, { auctionId });
}

/**
 * Opens the notice of a closed round that is for the reader, and checks it.
 * @throws StepError E_NO_NOTICE for who had no bid, or was told nothing about it; StandingError for
 *   a notice that is not what the matcher has published
 */
export async function standingIn(
  market: Market,
  { wallet, sealKeys }: Reader,
  said: Pick<MatcherNotices, "closing">,
  auctionId: Bytes32,
  { round, transcriptRoot, referencePricePerKwh, blockNumber }: ClosedRound,
): Promise<KnownStanding> {
  const account = await wallet.getAddress();
  const bidCommitment = await bidBefore(market, auctionId, account, blockNumber);
  const closing = await said.closing(auctionId, round);
  const box = closing?.notices.find(({ pile }) => pile === account)?.box;
  if (bidCommitment === null || box === undefined) {
    const had = bidCommitment === null ? "had no bid" : "was told nothing about its bid";
    const remedy =
      bidCommitment === null ? ": bid in the next round" : ": ask the matcher for its notice";
    const message = `${account} ${had} in round ${round} of auction ${auctionId}${remedy}`;
    throw new StepError("E_NO_NOTICE", message, { auctionId, account, round });
  }
  const about = { auctionId, round, bidCommitment };
  const { standing } = await openNotice(sealKeys, about, transcriptRoot, box);
  return { round, bidCommitment, leads: standing.leads, referencePricePerKwh };
}

/** The bid that stood in a block; null if there was none. */
async function bidBefore(
  { contracts }: Market,
  auctionId: Bytes32,
  pile: Address,
  blockNumber: number,
): Promise<Bytes32 | null> {
  const { auctions } = contracts;
  const committed = auctions.filters.BidCommitted(auctionId, pile);
  const bids = await eventsOf(auctions, committed, { fromBlock: 0, toBlock: blockNumber });
  return bids.at(-1)?.args.commitment ?? null;
}
