import { expect } from "chai";

import { CLOAK_GROWTH_COUNTS, cloakGrowth } from "../../../../offchain/study/bench/cloakGrowth.ts";
import { citySideM, growingCity } from "../../../../offchain/study/worlds/growingCity.ts";

const RULE = { k: 5, l: 2, leastSpreadM: 250, mostSpreadM: 4_000, cellM: 250 };

describe("a growing city", () => {
  it("keeps its density and stays on the plane", () => {
    for (const count of CLOAK_GROWTH_COUNTS) {
      const { sideM, vehicles, piles } = growingCity("density", count);
      expect([vehicles.length, piles.length]).to.deep.equal([count, count]);
      expect(count / sideM ** 2 / (40 / 3_000 ** 2)).to.be.within(0.99, 1);
      expect(sideM).to.equal(citySideM(count)).and.to.be.below(65_536);
      expect(vehicles.every(({ xM, yM }) => Math.max(xM, yM) <= sideM)).to.equal(true);
    }
  });

  it("has cloaked pairs that grow with its vehicles, and not with vehicles times piles", () => {
    const rows = cloakGrowth({
      counts: CLOAK_GROWTH_COUNTS,
      rule: RULE,
      reachM: 1_600,
      seed: "growth",
      nowMs: () => performance.now(),
    });
    for (const { count, pairs, allPairs, buckets, suppressed, bucketsMs, searchMs } of rows) {
      const times = `buckets ${bucketsMs.toFixed(0)} ms, search ${searchMs.toFixed(0)} ms`;
      const share = `${pairs} of ${allPairs} pairs, ${buckets} buckets, ${suppressed} suppressed`;
      console.log(`      ${count}: ${share}, ${times}`);
    }
    const [small, middle, large] = rows;
    if (!small || !middle || !large) throw new Error("expected three cities");
    // At the edge of a small city there are fewer neighbours: the ratios fall towards ten.
    expect(middle.pairs / small.pairs).to.be.within(8, 25);
    expect(large.pairs / middle.pairs).to.be.within(8, 13);
    expect(large.searchSteps / middle.searchSteps).to.be.within(8, 13);
    expect(large.pairs / large.allPairs).to.be.below(0.03);
    expect(large.suppressed).to.be.below(100);
    expect(large.bucketsMs + large.searchMs).to.be.below(3_000);
  });
});
