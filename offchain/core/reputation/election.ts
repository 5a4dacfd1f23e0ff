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
import { ticketHash, type Chance, type ElectionRule } from "../messages/election.ts";
import type { Address } from "../messages/market.ts";

/** A vehicle that rated, by the evaluation that recorded its highest credibility. */
export interface Candidate {
  readonly vehicle: Address;
  /** Positive. */
  readonly score: number;
  /** Id of that evaluation. */
  readonly evaluation: bigint;
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

const SCORE_SHIFT = 248n;

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
  const drawn = BigInt(ticketHash({ electionId, seed }, vehicle, ticket));
  return rule === "highest" ? (BigInt(score) << SCORE_SHIFT) | (drawn >> 8n) : drawn;
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
