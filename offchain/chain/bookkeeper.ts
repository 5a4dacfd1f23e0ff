/**
 * Who becomes bookkeeper, and gets the coupon: the vehicles that rated in a range of evaluations
 * are candidates, the credibility that the evaluation recorded is their score. Both rules are
 * computed and published side by side, from the same evaluations and the same seed; a sponsor's
 * coupon follows one of them (`contracts/Coupons.sol`, whose hashes and lots these are, byte for
 * byte).
 *
 *   highest   the highest score; chance decides between equals
 *   draw      a draw in proportion to the scores, among the top quartile: who has score w holds the tickets 0 … w − 1,
 *             and the highest ticket of all wins
 *
 * Source: `highest` is He et al.; it lets one vehicle win for ever, which is why `draw` is there,
 * our own construction.
 */
import { AbiCoder, id as hashOfText, keccak256 } from "ethers";
import type { ChargingSession, Reputation } from "../../types/ethers-contracts/index.js";
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { evaluationAt } from "./history.ts";

/** In the order of the contract's enum. */
export const ELECTION_RULES = ["highest", "draw"] as const;
export type ElectionRule = (typeof ELECTION_RULES)[number];

/** Twin of the contract's struct; `rule` is the place in `ELECTION_RULES`. */
export interface ElectionTerms {
  readonly rule: bigint;
  readonly bar: bigint;
  readonly from: bigint;
  readonly to: bigint;
  readonly seedBlock: bigint;
  readonly claimEnds: bigint;
  readonly coupon: bigint;
  readonly nonce: Bytes32;
}

/** A vehicle that rated, by the evaluation that recorded its highest credibility. */
export interface Candidate {
  readonly vehicle: Address;
  /** Positive. */
  readonly score: number;
  /** Id of that evaluation. */
  readonly evaluation: bigint;
}

/** What chance is made of. */
export interface Chance {
  /** Zero for an election that no coupon is at stake in. */
  readonly electionId: Bytes32;
  /** Hash of a block that nobody knew when the evaluations were given. */
  readonly seed: Bytes32;
}

export interface Elected extends Candidate {
  readonly ticket: number;
  readonly lot: bigint;
}

/** Both results of one election. Null where there is no candidate. */
export interface Election {
  readonly candidates: readonly Candidate[];
  /** Lowest score of the top quartile; 1 if there is no candidate. */
  readonly bar: number;
  readonly highest: Elected | null;
  readonly draw: Elected | null;
}

const TERMS_TUPLE =
  "tuple(uint8 rule,int8 bar,uint40 from,uint40 to,uint40 seedBlock,uint40 claimEnds,uint128 coupon,bytes32 nonce)";
const ELECTION_TYPEHASH = hashOfText("ChargeVeil.Election.v1");
const TICKET_TYPEHASH = hashOfText("ChargeVeil.Ticket.v1");
const SCORE_SHIFT = 248n;

/** `ChargeVeil.Election.v1`. Run by the sponsor, and by anyone who checks. */
export function electionIdOf(
  chainId: bigint,
  coupons: Address,
  sponsor: Address,
  terms: ElectionTerms,
): Bytes32 {
  const types = ["bytes32", "uint256", "address", "address", TERMS_TUPLE];
  return hash(types, [ELECTION_TYPEHASH, chainId, coupons, sponsor, terms]);
}

/** The contracts that know an evaluation and its session. */
export interface EvaluationSource {
  readonly reputation: Pick<Reputation, "evaluationOf">;
  readonly sessions: Pick<ChargingSession, "partiesOf">;
}

/**
 * The candidates among the evaluations `from` … `to`, from the chain: two reads an evaluation, the
 * record and, if its session earned and the score is positive, the session's parties.
 */
export async function readCandidates(
  { reputation, sessions }: EvaluationSource,
  from: bigint,
  to: bigint,
): Promise<readonly Candidate[]> {
  const rated: Candidate[] = [];
  for (let id = from; id <= to; id += 1n) {
    const { session, credibilityBefore, earned } = await evaluationAt(reputation, id);
    if (!earned || credibilityBefore <= 0) continue;
    const { vehicle } = await sessions.partiesOf(session);
    rated.push({ vehicle, score: credibilityBefore, evaluation: id });
  }
  return bestOfEach(rated);
}

/**
 * Each vehicle once, by its highest score and the earliest evaluation with it; none whose score is
 * not positive.
 */
export function bestOfEach(rated: readonly Candidate[]): readonly Candidate[] {
  const best = new Map<Address, Candidate>();
  for (const candidate of rated) {
    const known = best.get(candidate.vehicle)?.score ?? 0;
    if (candidate.score > known) best.set(candidate.vehicle, candidate);
  }
  return [...best.values()].toSorted((a, b) => b.score - a.score);
}

/**
 * The lowest score among the best ⌈n/4⌉: who equals it belongs to the top quartile too. 1 without
 * candidates.
 */
export function quartileBar(candidates: readonly Candidate[]): number {
  const scores = candidates.map(({ score }) => score).sort((a, b) => b - a);
  return scores[Math.ceil(scores.length / 4) - 1] ?? 1;
}

/** What a ticket of a candidate is worth under a rule; the highest lot wins. */
export function lotOf(
  rule: ElectionRule,
  { electionId, seed }: Chance,
  { vehicle, score }: Pick<Candidate, "vehicle" | "score">,
  ticket: number,
): bigint {
  const types = ["bytes32", "bytes32", "bytes32", "address", "uint8"];
  const chance = BigInt(hash(types, [TICKET_TYPEHASH, electionId, seed, vehicle, ticket]));
  return rule === "highest" ? (BigInt(score) << SCORE_SHIFT) | (chance >> 8n) : chance;
}

/** The winner by one rule among the candidates of at least `bar`; null if there is none. */
export function elect(
  rule: ElectionRule,
  candidates: readonly Candidate[],
  bar: number,
  chance: Chance,
): Elected | null {
  const lots = candidates
    .filter(({ score }) => score >= bar)
    .flatMap((candidate) =>
      Array.from({ length: rule === "highest" ? 1 : candidate.score }, (_, ticket): Elected => {
        return { ...candidate, ticket, lot: lotOf(rule, chance, candidate, ticket) };
      }),
    );
  return lots.reduce<Elected | null>(
    (best, one) => (one.lot > (best?.lot ?? 0n) ? one : best),
    null,
  );
}

/** Both rules on the same candidates and the same chance: what is published. */
export function electBookkeeper(candidates: readonly Candidate[], chance: Chance): Election {
  const bar = quartileBar(candidates);
  return {
    candidates,
    bar,
    highest: elect("highest", candidates, 1, chance),
    draw: elect("draw", candidates, bar, chance),
  };
}

function hash(types: readonly string[], values: readonly unknown[]): Bytes32 {
  return keccak256(AbiCoder.defaultAbiCoder().encode([...types], [...values]));
}
