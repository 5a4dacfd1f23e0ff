import { expect } from "chai";
import fc from "fast-check";
import { growthOf, lineThrough } from "../../../../offchain/study/bench/growth.ts";
import { expectNear } from "../../../support/near.ts";
import { PEER_ROW, ROUND_ROWS } from "../../../support/bench/rows.ts";

describe("the line through points", () => {
  it("is the one that they stand on", () => {
    const coefficient = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(
        coefficient,
        coefficient,
        fc.uniqueArray(coefficient, { minLength: 2, maxLength: 9 }),
        (slope, intercept, xs) => {
          const line = lineThrough(xs.map((x) => [x, intercept + slope * x] as const));
          expectNear(line.slope, slope, 1e-9);
          expectNear(line.intercept, intercept, 1e-9);
        },
      ),
      { numRuns: 100, seed: 8 },
    );
  });

  it("goes through the middle of those that do not stand on one", () => {
    const line = lineThrough([
      [0, 1],
      [0, 3],
      [2, 5],
      [2, 7],
    ]);
    expect(line).to.deep.equal({ slope: 2, intercept: 2 });
  });

  it("is none through points above one another", () => {
    const upright = lineThrough([
      [1, 1],
      [1, 2],
    ]);
    expect(upright.slope).to.satisfy(Number.isNaN);
  });
});

describe("growth of rounds", () => {
  it("is the exponent of time and that of memory, for every mode and number of cores", () => {
    const other = ROUND_ROWS.map((row) => ({
      ...row,
      cores: 1,
      seconds: row.pairs ** 1.02,
      peakMiB: 100 + 0 * row.pairs,
    }));
    const [two, one, ...more] = growthOf([...ROUND_ROWS, ...other]);
    expect(more).to.deep.equal([]);
    expect(two).to.include({ mode: "strict", cores: 2 });
    expect(one).to.include({ mode: "strict", cores: 1 });
    expectNear(two?.exponent ?? NaN, 0.5, 1e-12);
    expectNear(one?.exponent ?? NaN, 1.02, 1e-12);
    expectNear(one?.memoryExponent ?? NaN, 0, 1e-12);
  });

  it("is not said of a single size", () => {
    expect(growthOf([...ROUND_ROWS.slice(0, 1), PEER_ROW])).to.deep.equal([]);
  });
});
