import { expect } from "chai";
import fc from "fast-check";

import { CloakError } from "../../../../offchain/core/cloak/cloakError.ts";
import {
  meets,
  reciprocalBuckets,
  type Bucket,
  type CloakRule,
  type Placed,
} from "../../../../offchain/core/cloak/reciprocalBuckets.ts";
import { hilbertIndex } from "../../../../offchain/core/cloak/grid.ts";
import { seededRng } from "../../../../offchain/study/worlds/seededRng.ts";
import { expectError } from "../../../support/importers/errors.ts";
import { anyCrowd, anyRule, crowd, faultOf, RULE } from "../../../support/cloak/sets.ts";

const runs = { numRuns: 150, seed: 5 };

function namesOf(vehicles: readonly Placed[]): readonly string[] {
  return vehicles.map(({ nym }) => nym).sort();
}

describe("reciprocal buckets", () => {
  it("put every vehicle in one bucket that meets the rule, or in none", () => {
    fc.assert(
      fc.property(anyCrowd, anyRule, ({ seed, count, side }, rule) => {
        const vehicles = crowd(seed, count, side);
        const { buckets, suppressed } = reciprocalBuckets(vehicles, rule, seededRng(seed));
        for (const bucket of buckets) expect(faultOf(bucket, rule)).to.equal(null);
        expect(namesOf([...buckets.flat(), ...suppressed])).to.deep.equal(namesOf(vehicles));
      }),
      runs,
    );
  });

  it("suppress no more than the best cut along the curve does", () => {
    fc.assert(
      fc.property(anyCrowd, anyRule, ({ seed, side }, rule) => {
        const vehicles = crowd(seed, 14, side);
        const { buckets, suppressed } = reciprocalBuckets(vehicles, rule, seededRng(seed));
        const ordered = [...buckets.flat(), ...suppressed];
        // Chance decides only within a cell, so cells along the curve are the order for every draw.
        const cells = ordered
          .map(({ cell }) => cell)
          .sort((a, b) => hilbertIndex(a) - hilbertIndex(b));
        const fewest = (begin: number): number => {
          if (begin >= cells.length) return 0;
          let least = 1 + fewest(begin + 1);
          for (let size = rule.k; size < 2 * rule.k && begin + size <= cells.length; size += 1) {
            const inside = meets(cells.slice(begin, begin + size), rule);
            if (inside) least = Math.min(least, fewest(begin + size));
          }
          return least;
        };
        expect(suppressed.length).to.be.at.most(fewest(0));
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it("are the same for the same source of chance and never look at a name", () => {
    const vehicles = crowd("equivariance", 200, 20);
    const other = vehicles.map(({ nym, cell }) => ({ nym: `z${nym.length}${nym}x`, cell }));
    const cut = (of: readonly Placed[]) => reciprocalBuckets(of, RULE, seededRng("cut"));
    expect(cut(vehicles)).to.deep.equal(cut(vehicles));
    const indices = (of: readonly Placed[], buckets: readonly Bucket[]) =>
      buckets.map((bucket) => bucket.map((member) => of.indexOf(member)));
    expect(indices(other, cut(other).buckets)).to.deep.equal(
      indices(vehicles, cut(vehicles).buckets),
    );
  });

  it("let chance decide within a cell: another draw gives other buckets of the same cells", () => {
    const vehicles = crowd("chance", 60, 3);
    expect(reciprocalBuckets(vehicles, RULE, seededRng("a")).buckets).to.not.have.length(0);
    const [a, b] = ["a", "b"].map((seed) => reciprocalBuckets(vehicles, RULE, seededRng(seed)));
    const namesIn = (buckets: readonly Bucket[] = []) => buckets.map(namesOf);
    expect(namesIn(a?.buckets)).to.not.deep.equal(namesIn(b?.buckets));
  });

  it("suppress everybody who stands in one place rather than to weaken the rule", () => {
    const together = crowd("together", 30, 1);
    const noSpread = { ...RULE, leastSpreadM: 0 };
    expect(reciprocalBuckets(together, noSpread, seededRng(1)).suppressed).to.have.length(30);
    const anySpread = { ...noSpread, l: 1 };
    expect(reciprocalBuckets(together, anySpread, seededRng(1)).suppressed).to.have.length(0);
    const spread = { ...anySpread, leastSpreadM: 1 };
    expect(reciprocalBuckets(together, spread, seededRng(1)).suppressed).to.have.length(30);
  });

  it("suppress who is far from everybody rather than to stretch a bucket", () => {
    const far = { nym: "far", cell: { column: 250, row: 250 } };
    const vehicles = [...crowd("town", 50, 10), far];
    const narrow = { ...RULE, mostSpreadM: 2_000 };
    expect(reciprocalBuckets(vehicles, narrow, seededRng(1)).suppressed).to.deep.equal([far]);
    expect(reciprocalBuckets(vehicles, RULE, seededRng(1)).suppressed).to.deep.equal([]);
  });

  it("suppress fewer than k, and keep exactly k", () => {
    const few = crowd("few", 4, 50);
    expect(reciprocalBuckets(few, RULE, seededRng(1)).suppressed).to.have.length(4);
    const enough = crowd("few", 5, 50);
    expect(reciprocalBuckets(enough, RULE, seededRng(1)).buckets).to.have.length(1);
    expect(reciprocalBuckets([], RULE, seededRng(1))).to.deep.equal({
      buckets: [],
      suppressed: [],
    });
  });

  it("serve nearly everybody where a whole crowd stands in a few cells", () => {
    const { buckets, suppressed } = reciprocalBuckets(crowd("dense", 600, 6), RULE, seededRng(1));
    expect(buckets.length).to.be.above(60);
    expect(suppressed.length).to.be.below(30);
  });

  it("take 10,000 vehicles in far less than two seconds", () => {
    const vehicles = crowd("many", 10_000, 190);
    const from = performance.now();
    const { buckets } = reciprocalBuckets(vehicles, RULE, seededRng(1));
    const tookMs = performance.now() - from;
    console.log(`      10,000 vehicles into ${buckets.length} buckets: ${tookMs.toFixed(0)} ms`);
    expect(tookMs).to.be.below(2_000);
  });

  it("refuse rules out of range, twins and cells that are none", () => {
    const refused = (rule: Partial<CloakRule>, code: string): void => {
      const act = () => reciprocalBuckets(crowd("r", 9, 9), { ...RULE, ...rule }, seededRng(1));
      expectError(act, CloakError, code);
    };
    for (const k of [0, 1, 2.5, 65, NaN]) refused({ k }, "E_CLOAK_RULE");
    for (const l of [0, 6, 1.5]) refused({ l }, "E_CLOAK_RULE");
    for (const leastSpreadM of [-1, NaN, Infinity]) refused({ leastSpreadM }, "E_CLOAK_RULE");
    for (const mostSpreadM of [249, NaN, Infinity]) refused({ mostSpreadM }, "E_CLOAK_RULE");
    refused({ cellM: 249 }, "E_CLOAK_CELL_SIZE");
    const twins = [...crowd("r", 9, 9), ...crowd("r", 1, 9)];
    expectError(() => reciprocalBuckets(twins, RULE, seededRng(1)), CloakError, "E_CLOAK_NYM");
    const outside = [{ nym: "far", cell: { column: 400, row: 0 } }];
    expectError(() => reciprocalBuckets(outside, RULE, seededRng(1)), CloakError, "E_CLOAK_CELL");
  });
});
