/**
 * What sessions say of those who had them: the vehicle rates its pile, and anybody reads standing
 * and history.
 */
import type { Signer } from "ethers";
import { walkHistory, type Evaluation, type Subject } from "../chain/history.ts";
import { read, send, type Market } from "../chain/market.ts";
import { PILE_KINDS, type Address, type Bytes32, type PileKind } from "../core/messages/market.ts";
import { raterWeight } from "../core/reputation/pileRating.ts";
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
const WORST_RATING = 1;
const BEST_RATING = 3;

/**
 * The vehicle of a settled session rates its pile.
 * @param rating 1, 2 or 3
 * @throws StepError E_RATING; RefusedError
 */
export async function rateSession(
  market: Market,
  vehicle: Signer,
  session: Bytes32,
  rating: number,
): Promise<void> {
  const isRating = Number.isInteger(rating) && rating >= WORST_RATING && rating <= BEST_RATING;
  if (!isRating) {
    throw new StepError("E_RATING", `rating: expected 1, 2 or 3, got ${rating}`, { rating });
  }
  const { reputation } = market.contracts;
  await send(market, reputation.connect(vehicle).rate(session, rating));
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
  const bounds = { maxCredibility: Number(maxCredibility), minWeight: Number(minWeightWad) / WAD };
  const weighted = evaluations.map((evaluation) => ({
    ...evaluation,
    weight: raterWeight(evaluation.credibilityBefore, bounds),
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
