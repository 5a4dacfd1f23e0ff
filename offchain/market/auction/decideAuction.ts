/**
 * The end of an auction: proxy and cloud match the last round, and the matcher posts the decisions.
 * The result is kept before it is posted, and the first that is kept stays: a run that was
 * interrupted, and another at the same time, go on with the same decisions.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { DECISIONS_PER_CALL, decisionParts, treeRoot } from "../../core/messages/decisionTree.ts";
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import type { Decision } from "../../parties/proxy/store.ts";
import { read, send, type Market } from "../../chain/market.ts";
import type { MatchingServers } from "../matching.ts";
import { StepError } from "../stepError.ts";
import { playedOrKept } from "./playedOrKept.ts";
import { gatherRound, leftOutOf, type LeftOut, type RoundOptions } from "./roundInput.ts";
import { roundToClose, runningRound } from "./rounds.ts";

/** What was found out when an auction was matched. */
export interface Decided extends LeftOut {
  readonly seed: Bytes32;
  readonly comparedPairs: number;
}

export interface DecidedAuction {
  readonly matches: readonly DecidedMatch[];
  /** Null if another run decided: an earlier one, or one at the same time that was first. */
  readonly decided: Decided | null;
}

/**
 * Matches the round that is over, once; whoever is matched is kept, and nothing is posted.
 * @throws StepError E_AUCTION_PHASE, E_ROUND_FOLLOWS if the round brought new bids,
 *   E_UPLOADS_MISSING; the signal's reason when it is aborted
 */
export async function decideAuction(
  market: Market,
  desk: MatcherDesk,
  servers: MatchingServers,
  auction: AnnouncedAuction,
  options: RoundOptions,
): Promise<DecidedAuction> {
  const { auctionId } = auction;
  const { round, converged } = await roundToClose(market, auctionId);
  if (!converged) {
    const message = `round ${round} of auction ${auctionId} brought new bids: close it`;
    throw new StepError("E_ROUND_FOLLOWS", message, { auctionId, round });
  }
  const kept = await desk.store.decided(auctionId);
  if (kept !== null) return { matches: kept, decided: null };
  const gathered = await gatherRound(market, desk, auction, round, options);
  const outcome = await playedOrKept(
    () => servers.match(gathered.input),
    () => desk.store.decided(auctionId),
  );
  if (outcome.played === null) return { matches: outcome.kept, decided: null };
  const { matches, comparedPairs, notAdmitted, ...signed } = outcome.played;
  const { participantsRoot, secondSignature } = signed;
  const decision = { matches, participantsRoot, secondSignature };
  const first = await desk.store.keepDecided(auctionId, decision);
  if (first !== decision) return { matches: first.matches, decided: null };
  const { seed } = gathered;
  return { matches, decided: { seed, comparedPairs, ...leftOutOf(gathered, notAdmitted) } };
}

/** What a matcher needs to post what it keeps. */
interface Poster extends Pick<MatcherDesk, "wallet"> {
  readonly store: { readonly decision: (auctionId: Bytes32) => Promise<KeptDecision | null> };
}

interface KeptDecision extends Omit<Decision, "matches"> {
  readonly matches: readonly Pick<DecidedMatch, "decision">[];
}

/**
 * Posts the decisions that are kept, in their order, and returns them. Those that are too many for
 * one call go in parts, and count when the last call names all of them: a run that was interrupted
 * goes on with the parts that the chain does not have.
 * @param perCall the most decisions of one call, as both servers have signed them
 * @throws StepError E_NOT_DECIDED if there are none yet; RefusedError with the contract's reason
 */
export async function postDecisions(
  market: Market,
  { wallet, store }: Poster,
  auctionId: Bytes32,
  perCall: number = DECISIONS_PER_CALL,
): Promise<readonly Bytes32[]> {
  const kept = await store.decision(auctionId);
  if (kept === null) throw notDecided(auctionId);
  const { matches, participantsRoot, secondSignature } = kept;
  const decisions = matches.map(({ decision }) => decision);
  // No round follows the one that is decided: the running one is still it.
  const { round } = await runningRound(market, auctionId);
  const auctions = market.contracts.auctions.connect(wallet);
  const parts = decisionParts(decisions, perCall);
  if (parts.length <= 1) {
    const { postDecisions: post } = auctions;
    await send(market, post(auctionId, round, decisions, participantsRoot, secondSignature));
    return decisions;
  }
  for (const part of parts) await postPart(market, wallet, auctionId, part);
  const roots = parts.map(treeRoot);
  const { postParts } = auctions;
  await send(market, postParts(auctionId, round, roots, participantsRoot, secondSignature));
  return decisions;
}

/** Unless the chain has it already. */
async function postPart(
  market: Market,
  wallet: MatcherDesk["wallet"],
  auctionId: Bytes32,
  part: readonly Bytes32[],
): Promise<void> {
  const auctions = market.contracts.auctions.connect(wallet);
  const server = await wallet.getAddress();
  const posted = await read(market, auctions.partOf(auctionId, server, treeRoot(part)));
  if (posted === 0n) await send(market, auctions.postPart(auctionId, [...part]));
}

/** The decisions that the matcher keeps. @throws StepError E_NOT_DECIDED if there are none yet */
export async function decidedMatches(
  { decided }: Pick<MatcherDesk["store"], "decided">,
  auctionId: Bytes32,
): Promise<readonly DecidedMatch[]> {
  const matches = await decided(auctionId);
  if (matches !== null) return matches;
  throw notDecided(auctionId);
}

function notDecided(auctionId: Bytes32): StepError {
  const what = `auction ${auctionId} is not matched yet, or its matches were not handed on to here`;
  const message = `${what}: its matcher has to do so first`;
  return new StepError("E_NOT_DECIDED", message, { auctionId });
}
