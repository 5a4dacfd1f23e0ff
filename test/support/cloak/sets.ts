/** What the tests of cloaking share: crowds, rules, and the properties of a partition. */
import fc from "fast-check";
import { centreOf, type Cell } from "../../../offchain/core/cloak/grid.ts";
import type { CloakRule, Placed } from "../../../offchain/core/cloak/reciprocalBuckets.ts";
import { meanPairDistanceM } from "../../../offchain/core/cloak/spread.ts";
import { seededStream } from "../../../offchain/study/worlds/seededRng.ts";

export const RULE: CloakRule = { k: 5, l: 2, leastSpreadM: 250, mostSpreadM: 100_000, cellM: 250 };

/** Vehicles in cells drawn uniformly from a square of `side` cells. */
export function crowd(seed: string, count: number, side: number): readonly Placed[] {
  const stream = seededStream(seed, "crowd");
  const coordinate = (): number => stream.uniformInt(0, side - 1);
  return Array.from({ length: count }, (_, index) => ({
    nym: `n${index}`,
    cell: { column: coordinate(), row: coordinate() },
  }));
}

/** What is wrong with a bucket by a rule, computed from its definition; null for nothing. */
export function faultOf(bucket: readonly Placed[], rule: CloakRule): string | null {
  const { k, l, leastSpreadM, mostSpreadM, cellM } = rule;
  if (bucket.length < k || bucket.length > 2 * k - 1) return `size ${bucket.length}`;
  const cells = bucket.map(({ cell }) => cell);
  const fullest = Math.max(...cells.map((cell) => countOf(cells, cell)));
  if (fullest * l > bucket.length) return `${fullest} of ${bucket.length} in a cell`;
  const spreadM = meanPairDistanceM(cells.map((cell) => centreOf(cell, cellM)));
  // The mean is summed in another order than the product does it.
  const fits = spreadM > leastSpreadM - 1e-6 && spreadM < mostSpreadM + 1e-6;
  return fits ? null : `spread ${spreadM}`;
}

function countOf(cells: readonly Cell[], { column, row }: Cell): number {
  return cells.filter((other) => other.column === column && other.row === row).length;
}

/** Any crowd, dense and sparse, and any rule. */
export const anyCrowd = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 8 }),
  count: fc.integer({ min: 0, max: 60 }),
  side: fc.constantFrom(1, 2, 4, 12, 200),
});

export const anyRule: fc.Arbitrary<CloakRule> = fc.integer({ min: 2, max: 7 }).chain((k) =>
  fc.record({
    k: fc.constant(k),
    l: fc.integer({ min: 1, max: k }),
    leastSpreadM: fc.constantFrom(0, 200, 600),
    mostSpreadM: fc.constantFrom(900, 3_000, 100_000),
    cellM: fc.constantFrom(250, 300),
  }),
);
