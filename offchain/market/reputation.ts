/**
 * What sessions say of those who had them: the vehicle rates its pile, and anybody reads standing
 * and history.
 */
import type { Signer } from "ethers";
import { walkHistory, type Evaluation, type Subject } from "../chain/history.ts";
import { read, send, type Market } from "../chain/market.ts";
import { refusedBefore } from "../chain/refusal.ts";
import { reputationCalled, type RelayableCall } from "../chain/signedCalls.ts";
import { PILE_KINDS, type Address, type Bytes32, type PileKind } from "../core/messages/market.ts";
import { BEST_RATING, raterWeight, WORST_RATING } from "../core/reputation/pileRating.ts";
import { signTried } from "./relaying.ts";
import { knownSession, type KnownSession } from "./sessions.ts";
import { StepError } from "./stepError.ts";

/** What the chain says of an account. */
export interface AccountReputation {
  readonly account: Address;
  /** As a vehicle. */
  readonly credibility: bigint;
  /** Below it no vehicle is served. */
  readonly credibilityThreshold: bigint;
  /** The multiple of the deposit that it has to put down; null for one that is not served. */
  readonly depositFactor: bigint | null;
  /** As a pile, 0 to 3. */
  readonly rating: number;
  readonly ratings: bigint;
}

/** An evaluation with what the contract made of it. */
export interface WeightedEvaluation extends Evaluation {
  /** 0 to 1. */
  readonly weight: number;
  /** Of the pile, 0 to 3. */
  readonly ratingAfter: number;
}

/** A history, newest first, and how many questions the chain was asked for it. */
export interface WeightedHistory {
  readonly evaluations: readonly WeightedEvaluation[];
  readonly reads: number;
}

const WAD = 1e18;

/**
 * The best that the vehicle of a session can give, and why no more; empty for the best there is.
 */
export interface RatingAllowed {
  /** 0 if it cannot rate at all, 1, or 3. */
  readonly most: number;
  readonly why: string;
}

/** What the chain lets the vehicle of a session say about it. */
export async function ratingAllowed(market: Market, known: KnownSession): Promise<RatingAllowed> {
  const { mostRating } = await read(market, market.contracts.sessions.partiesOf(known.session));
  const most = Number(mostRating);
  if (most === BEST_RATING) return { most, why: "" };
  const isOver = known.state === "settled" || known.state === "expired";
  if (!isOver) return { most, why: `the session is ${known.state}, and not over` };
  const unearned = await whyUnearned(market, known);
  if (most === WORST_RATING) return { most, why: unearned };
  const { plugIn } = await read(market, market.contracts.sessions.windows());
  const late = `the vehicle was not plugged in with ${plugIn} s of the slot left`;
  return { most, why: `${unearned}, and ${late}` };
}

/**
 * The vehicle of a session that is over rates its pile: with 1, 2 or 3 if the session earned, with
 * 1 if it did not and the vehicle was there in time.
 * @throws StepError E_RATING for what is no rating, E_SESSION_UNKNOWN; RefusedError
 *   ReputationNotRater, ReputationRatingOutOfRange with the reason for more than the session
 *   allows
 */
export async function rateSession(
  market: Market,
  vehicle: Signer,
  session: Bytes32,
  rating: number,
): Promise<void> {
  await requireRating(market, await vehicle.getAddress(), session, rating);
  await send(market, market.contracts.reputation.connect(vehicle).rate(session, rating));
}

/** What a vehicle says of a session. */
export interface Verdict {
  readonly session: Bytes32;
  /** 1, 2 or 3. */
  readonly rating: number;
}

/**
 * The vehicle signs its rating, for somebody who relays it.
 * @param deadline last moment for relaying, excluded; unix seconds
 * @throws as `rateSession`
 */
export async function signRating(
  market: Market,
  vehicle: Signer,
  { session, rating }: Verdict,
  deadline: bigint,
): Promise<RelayableCall> {
  await requireRating(market, await vehicle.getAddress(), session, rating);
  const functions = market.contracts.reputation.interface;
  const data = functions.encodeFunctionData("rate", [session, rating]);
  return signTried(market, await reputationCalled(market), vehicle, data, deadline);
}

/** @throws StepError, RefusedError as `rateSession`, except for a session that was rated */
async function requireRating(
  market: Market,
  caller: Address,
  session: Bytes32,
  rating: number,
): Promise<void> {
  const isRating = Number.isInteger(rating) && rating >= WORST_RATING && rating <= BEST_RATING;
  if (!isRating) {
    throw new StepError("E_RATING", `rating: expected 1, 2 or 3, got ${rating}`, { rating });
  }
  const known = await knownSession(market, session);
  if (caller !== known.vehicle) {
    throw refusedBefore("ReputationNotRater", { sessionId: session, caller });
  }
  const { most, why } = await ratingAllowed(market, known);
  if (rating > most) {
    const values = { sessionId: session, rating, mostRating: most };
    const can =
      most === 0 ? "it cannot be rated" : `it can be rated with ${most} alone, not ${rating}`;
    throw refusedBefore("ReputationRatingOutOfRange", values, `${can}: ${why}`);
  }
}

/** Of a session that is over and did not earn: what `EarningRule` asks, and it was not. */
async function whyUnearned(market: Market, known: KnownSession): Promise<string> {
  const { state, energyWh, amountUnits, isVouched } = known;
  if (state === "expired") return "nothing was settled";
  const { minEnergyWh, minAmount } = await read(market, market.contracts.sessions.earningRule());
  if (energyWh < minEnergyWh) return `it took ${energyWh} Wh, and ${minEnergyWh} Wh earn`;
  if (amountUnits < minAmount) return `it cost ${amountUnits} units, and ${minAmount} units earn`;
  if (isVouched) return "the pile itself had authorised the vehicle";
  return "it was settled by agreement, or disputed in vain";
}

/** Credibility as a vehicle and rating as a pile. */
export async function reputationOf(market: Market, account: Address): Promise<AccountReputation> {
  const { reputation } = market.contracts;
  const [ratingWad, ratings] = await read(market, reputation.pileRatingOf(account));
  const credibility = await read(market, reputation.credibilityOf(account));
  const { threshold, probationFactor } = await read(market, reputation.parameters());
  return {
    account,
    credibility,
    credibilityThreshold: threshold,
    depositFactor: credibility < threshold ? null : credibility < 0n ? probationFactor : 1n,
    rating: Number(ratingWad) / WAD,
    ratings,
  };
}

/**
 * What was said of a pile, or what a vehicle said.
 * @param most how many evaluations at most, from the newest on
 * @throws HistoryError if the chain contradicts itself
 */
export async function historyOf(
  { contracts }: Pick<Market, "contracts">,
  subject: Subject,
  most = Number.POSITIVE_INFINITY,
): Promise<WeightedHistory> {
  const { reputation } = contracts;
  const { evaluations, reads } = await walkHistory(reputation, subject, most);
  const { maxCredibility, minWeightWad } = await reputation.parameters();
  const leastWeight = Number(minWeightWad) / WAD;
  const weighted = evaluations.map((evaluation) => ({
    ...evaluation,
    // Others than paid sessions cost next to nothing, and have no weight of their own.
    weight: raterWeight(evaluation.credibilityBefore, {
      maxCredibility: Number(maxCredibility),
      minWeight: evaluation.earned ? leastWeight : 0,
    }),
    ratingAfter: Number(evaluation.ratingWad) / WAD,
  }));
  return { evaluations: weighted, reads };
}

/**
 * What the registry says a pile is: the same for its whole history, which is why no evaluation
 * repeats it.
 */
export async function pileKindOf(market: Market, pile: Address): Promise<PileKind | "notAPile"> {
  const { pileKind } = await read(market, market.contracts.identities.participantOf(pile));
  return PILE_KINDS[Number(pileKind)] ?? "notAPile";
}
