/**
 * Why chance decides within a cell, and a source of chance that nobody can repeat. Whoever knows
 * the order in which vehicles of one cell were taken, from a public hash of their nyms for example,
 * knows that of a cell which two buckets share the earlier vehicles are in the earlier bucket: the
 * last of a bucket in this order is rather not from the cell with which the next one begins.
 */
import { expect } from "chai";

import { drawsOf, shuffled, type Draws } from "../../offchain/core/cloak/draws.ts";
import { hilbertIndex, type Cell } from "../../offchain/core/cloak/grid.ts";
import {
  reciprocalBuckets,
  type Bucket,
  type Placed,
} from "../../offchain/core/cloak/reciprocalBuckets.ts";
import { boundOf } from "../../offchain/study/cloak/trials.ts";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";

const RULE = { k: 6, l: 2, leastSpreadM: 0, mostSpreadM: 100_000, cellM: 250 };
const TRIALS = 2_000;
const VEHICLES = 40;

/** Many vehicles in few cells, one behind the other. */
function crowd(draws: Draws): readonly Placed[] {
  return Array.from({ length: VEHICLES }, (_, index) => ({
    nym: String(index),
    cell: { column: draws.below(10), row: 0 },
  }));
}

/**
 * How often the cell of the first in the known order is guessed, with every vehicle's rank in it.
 */
function success(rankOf: (nym: string, seed: string, draws: Draws) => number): number {
  const draws = drawsOf(seededRng("known order"));
  let [hits, done] = [0, 0];
  for (let trial = 0; done < TRIALS; trial += 1) {
    const seed = `order ${trial}`;
    const { buckets } = reciprocalBuckets(crowd(draws), RULE, seededRng(seed));
    const index = draws.below(Math.max(1, buckets.length - 1));
    const [bucket, next] = [buckets[index], buckets[index + 1]];
    const shared = bucket && next ? sharedCell(bucket, next) : null;
    if (bucket === undefined || shared === null) continue;
    done += 1;
    const ranked = shuffled(bucket, draws)
      .map((member) => ({ member, rank: rankOf(member.nym, seed, draws) }))
      .sort((a, b) => a.rank - b.rank);
    if (isSame(ranked[0]?.member.cell, shared)) hits += 1;
  }
  return hits / TRIALS;
}

/** Which the earlier bucket ends with and the later one begins with. */
function sharedCell(bucket: Bucket, next: Bucket): Cell | null {
  const last = bucket
    .map(({ cell }) => cell)
    .reduce((a, b) => (hilbertIndex(b) > hilbertIndex(a) ? b : a));
  return next.some(({ cell }) => isSame(cell, last)) ? last : null;
}

function isSame(a: Cell | undefined, b: Cell): boolean {
  return a?.column === b.column && a.row === b.row;
}

/** Of everybody, from the shuffle that a known seed gives. */
function ranksBySeed(): (nym: string, seed: string) => number {
  const known = new Map<string, ReadonlyMap<string, number>>();
  return (nym, seed) => {
    const nyms = Array.from({ length: VEHICLES }, (_, index) => String(index));
    const ranks =
      known.get(seed) ??
      new Map(shuffled(nyms, drawsOf(seededRng(seed))).map((name, rank) => [name, rank]));
    known.set(seed, ranks);
    return ranks.get(nym) ?? NaN;
  };
}

describe("the order within a cell", () => {
  it("tells the cell of a vehicle to whoever can repeat it, and nothing to all others", () => {
    const known = success(ranksBySeed());
    const unknown = success((_nym, _seed, draws) => draws.below(2 ** 32));
    console.log(`      cell inferred: ${known} with a known order, ${unknown} without`);
    expect(unknown).to.be.at.most(boundOf(1 / RULE.l, TRIALS));
    expect(known).to.be.above(boundOf(1 / RULE.l, TRIALS));
  });
});
