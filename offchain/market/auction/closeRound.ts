/**
 * The end of a round that others follow: proxy and cloud find out who would be matched now, the
 * matcher publishes the mean price that leads and the root of what it has told each pile, and the
 * next round begins.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import type { Closing } from "../../parties/proxy/store.ts";
import { send, type Market } from "../../chain/market.ts";
import type { MatchingServers } from "../matching.ts";
import { StepError } from "../stepError.ts";
import { playedOrKept } from "./playedOrKept.ts";
import { gatherRound, leftOutOf, type LeftOut, type RoundOptions } from "./roundInput.ts";
import { roundToClose, runningRound } from "./rounds.ts";

/** What was found out at the end of a round. */
export interface Rehearsed extends LeftOut {
  readonly seed: Bytes32;
  /** Piles that would be matched. */
  readonly leaders: readonly Address[];
}

export interface ClosedAuctionRound {
  readonly round: bigint;
  readonly closing: Closing;
  /** Null if another run found it out: an earlier one, or one at the same time that was first. */
  readonly rehearsed: Rehearsed | null;
  /** When the next round ends, in unix seconds. */
  readonly nextRoundEnds: bigint;
}

/**
 * Closes the round that is over. The notices are kept before their root is on chain, and the first
 * that are kept stay. A run that was interrupted between the two, and another at the same time, go
 * on with the same: others would not fit a root that may have been mined meanwhile.
 * @throws StepError E_AUCTION_PHASE, E_ROUND_LAST if the decisions are due, E_UPLOADS_MISSING; the
 *   signal's reason when it is aborted
 */
export async function closeRound(
  market: Market,
  desk: MatcherDesk,
  servers: MatchingServers,
  auction: AnnouncedAuction,
  options: RoundOptions,
): Promise<ClosedAuctionRound> {
  const { auctionId } = auction;
  const { round, converged } = await roundToClose(market, auctionId);
  if (converged) {
    const message = `round ${round} of auction ${auctionId} was the last one: match it`;
    throw new StepError("E_ROUND_LAST", message, { auctionId, round });
  }
  const kept = await desk.store.closing(auctionId, round);
  const { closing, rehearsed } =
    kept === null
      ? await rehearse(market, desk, servers, auction, round, options)
      : { closing: kept, rehearsed: null };
  const { closeRound: close } = market.contracts.auctions.connect(desk.wallet);
  const { referencePricePerKwh, root, participantsRoot, secondSignature } = closing;
  await send(
    market,
    close(auctionId, round, referencePricePerKwh, root, participantsRoot, secondSignature),
  );
  const { roundEnds: nextRoundEnds } = await runningRound(market, auctionId);
  return { round, closing, rehearsed, nextRoundEnds };
}

interface Found {
  readonly closing: Closing;
  readonly rehearsed: Rehearsed | null;
}

async function rehearse(
  market: Market,
  desk: MatcherDesk,
  servers: MatchingServers,
  auction: AnnouncedAuction,
  round: bigint,
  options: RoundOptions,
): Promise<Found> {
  const { store } = desk;
  const { auctionId } = auction;
  const gathered = await gatherRound(market, desk, auction, round, options);
  const outcome = await playedOrKept(
    () => servers.rehearse(gathered.input),
    () => store.closing(auctionId, round),
  );
  if (outcome.played === null) return { closing: outcome.kept, rehearsed: null };
  const { leaders, transcript, notAdmitted, ...said } = outcome.played;
  const closing = { ...transcript, ...said, leading: leaders.length };
  const first = await store.keepClosing(auctionId, round, closing);
  if (first !== closing) return { closing: first, rehearsed: null };
  const { seed } = gathered;
  return { closing, rehearsed: { seed, leaders, ...leftOutOf(gathered, notAdmitted) } };
}
