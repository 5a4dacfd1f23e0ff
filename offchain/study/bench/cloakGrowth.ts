/**
 * What cloaking costs as a city grows at constant density: time to make the buckets and to find
 * their neighbours, and how many pairs of a buyer and a pile are left to be compared in ciphertext.
 * Without cells all are: I·J.
 */
import { cellOf } from "../../core/cloak/grid.ts";
import { pairsInReach } from "../../core/cloak/neighbours.ts";
import { reciprocalBuckets, type CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import { growingCity } from "../worlds/growingCity.ts";
import { seededRng, type Seed } from "../worlds/seededRng.ts";

/** One city. */
export interface CloakGrowthRow {
  /** I and J: vehicles, and as many piles. */
  readonly count: number;
  readonly sideM: number;
  readonly buckets: number;
  readonly suppressed: number;
  /** Pairs of a buyer and a pile in reach of the buyer's bucket. */
  readonly pairs: number;
  /** I·J */
  readonly allPairs: number;
  /** Cells looked at and piles found by the search. */
  readonly searchSteps: number;
  readonly bucketsMs: number;
  readonly searchMs: number;
}

export const CLOAK_GROWTH_COUNTS: readonly number[] = [100, 1_000, 10_000];

export interface CloakGrowthOptions {
  readonly counts: readonly number[];
  readonly rule: CloakRule;
  /** The farthest pile that anybody accepts, in metres. */
  readonly reachM: number;
  readonly seed: Seed;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
}

/** A row a count. All but the times depend on the options alone. */
export function cloakGrowth({ counts, ...options }: CloakGrowthOptions): readonly CloakGrowthRow[] {
  return counts.map((count) => grownCity(count, options));
}

function grownCity(
  count: number,
  { rule, reachM, seed, nowMs }: Omit<CloakGrowthOptions, "counts">,
): CloakGrowthRow {
  const { sideM, vehicles, piles } = growingCity(seed, count);
  const { cellM } = rule;
  const placed = vehicles.map((at, index) => ({ nym: String(index), cell: cellOf(at, cellM) }));
  const standing = piles.map((at) => ({ cells: [cellOf(at, cellM)] }));
  const beginMs = nowMs();
  const { buckets, suppressed } = reciprocalBuckets(placed, rule, seededRng(seed));
  const cutMs = nowMs();
  const reaching = buckets.map((bucket) => ({ cells: bucket.map(({ cell }) => cell), reachM }));
  const { pilesOf, steps } = pairsInReach(reaching, standing, cellM);
  const endMs = nowMs();
  const pairs = pilesOf.reduce(
    (sum, found, index) => sum + found.length * (buckets[index]?.length ?? 0),
    0,
  );
  return {
    count,
    sideM,
    buckets: buckets.length,
    suppressed: suppressed.length,
    pairs,
    allPairs: count * count,
    searchSteps: steps,
    bucketsMs: cutMs - beginMs,
    searchMs: endMs - cutMs,
  };
}
