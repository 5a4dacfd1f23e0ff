/**
 * The history of a pile or a vehicle, from the chain alone. Every evaluation points to the previous
 * one of its pile and to the previous one of its vehicle, and the contract keeps the two heads: k
 * evaluations are walked in k + 1 reads, newest first, however long the chain has become.
 *
 * Source: He et al. algorithm 1, whose loop ends before it begins (i < 0), tests a type with a loop
 * and drops the last element; walking from a head, and the head itself, are our own construction.
 */
import type { Reputation } from "../../types/ethers-contracts/index.js";
import type { Address, Bytes32 } from "../core/messages/market.ts";

/** Whose history: what was said of a pile, or what a vehicle said. */
export interface Subject {
  readonly kind: "pile" | "vehicle";
  readonly account: Address;
}

/** A rating as both the logs and the linked records tell it. */
export interface Rated {
  /** Height among all evaluations, from 1. */
  readonly id: bigint;
  readonly session: Bytes32;
  /** 1 to 3 */
  readonly rating: number;
  /** The pile's, after this rating, in 1e-18. */
  readonly ratingWad: bigint;
  readonly blockNumber: number;
}

/** A rating and its place in the two histories it stands in; 0 is none. */
export interface Evaluation extends Rated {
  /** R_v of the vehicle before the session: what the rating was weighted by. */
  readonly credibilityBefore: number;
  readonly previousOfPile: bigint;
  readonly previousOfVehicle: bigint;
}

/** What was found, newest first, and how many questions the chain was asked for it. */
export interface Found<T extends Rated> {
  readonly evaluations: readonly T[];
  readonly reads: number;
}

/** The chain, or who answers for it, contradicts itself. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
  readonly code = "E_HISTORY";
}

/**
 * Walks a history backwards from its head. Run by anyone who wants to know a pile or a vehicle.
 * Ratings that are given meanwhile go in front of the head and change nothing behind it.
 * @param most how many evaluations to read at most, from the newest
 * @throws HistoryError unless ids fall and the links end where the contract's count says
 */
export async function walkHistory(
  reputation: Reputation,
  subject: Subject,
  most = Number.POSITIVE_INFINITY,
): Promise<Found<Evaluation>> {
  const { last, count } = await headOf(reputation, subject);
  const expected = Math.min(Number(count), most);
  const evaluations: Evaluation[] = [];
  let next = last;
  let above = last + 1n;
  while (evaluations.length < expected) {
    if (next === 0n || next >= above) {
      throw new HistoryError(`walkHistory: expected an id from 1 to ${above - 1n}, got ${next}`);
    }
    above = next;
    const evaluation = await evaluationAt(reputation, next);
    evaluations.push(evaluation);
    next = subject.kind === "pile" ? evaluation.previousOfPile : evaluation.previousOfVehicle;
  }
  if (expected === Number(count) && next !== 0n) {
    throw new HistoryError(`walkHistory: expected the end after ${count}, got evaluation ${next}`);
  }
  return { evaluations, reads: 1 + evaluations.length };
}

/** One evaluation. @throws HistoryError if the record is not the one that was asked for */
export async function evaluationAt(
  reputation: Pick<Reputation, "evaluationOf">,
  id: bigint,
): Promise<Evaluation> {
  const [session, record] = await reputation.evaluationOf(id);
  if (record.id !== id) {
    throw new HistoryError(`evaluationAt: expected evaluation ${id}, got ${record.id}`);
  }
  return {
    id,
    session,
    rating: Number(record.rating),
    ratingWad: record.ratingWad,
    blockNumber: Number(record.blockNumber),
    credibilityBefore: Number(record.credibilityBefore),
    previousOfPile: record.previousOfPile,
    previousOfVehicle: record.previousOfVehicle,
  };
}

interface Head {
  readonly last: bigint;
  readonly count: bigint;
}

function headOf(reputation: Reputation, { kind, account }: Subject): Promise<Head> {
  return kind === "pile"
    ? reputation.lastEvaluationOfPile(account)
    : reputation.lastEvaluationOfVehicle(account);
}
