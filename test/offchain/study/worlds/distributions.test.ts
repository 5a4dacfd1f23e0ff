import { expect } from "chai";
import fc from "fast-check";

import {
  ASK_BY_OFFERS,
  BID_BY_NEEDS,
  DRIVER_OFFSET,
  drawAsk,
  drawBid,
  drawClipped,
  drawMetres,
  drawPositionAround,
  NEED_ABOVE_POWER_W,
  needsOfSession,
  PRICE_STEP_UNITS,
} from "../../../../offchain/study/worlds/distributions.ts";
import { distanceM, FRAME_MARGIN_M } from "../../../../offchain/study/worlds/geography.ts";
import { seededStream } from "../../../../offchain/study/worlds/seededRng.ts";
import { FEATURES } from "../../../../offchain/core/messages/features.ts";
import { expectNear } from "../../../support/near.ts";

const RUNS = { numRuns: 300, seed: 20250710 };
const FEATURE_SETS = [
  [false, false],
  [true, false],
  [true, true],
];

describe("distributions", () => {
  it("has one price shape for each number of features", () => {
    expect(ASK_BY_OFFERS).to.have.length(FEATURES.length + 1);
    expect(BID_BY_NEEDS).to.have.length(FEATURES.length + 1);
    expect(NEED_ABOVE_POWER_W).to.have.length(FEATURES.length);
  });

  for (const [count, features] of FEATURE_SETS.entries()) {
    it(`draws asks and bids for ${count} features inside their ranges, in whole steps`, () => {
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const ask = drawAsk(seededStream(seed, "ask"), features);
          const bid = drawBid(seededStream(seed, "bid"), features);
          for (const [price, shape] of [
            [ask, ASK_BY_OFFERS[count]] as const,
            [bid, BID_BY_NEEDS[count]] as const,
          ]) {
            expect(Number(price) / 1e6).to.be.within(shape?.least ?? NaN, shape?.most ?? NaN);
            expect(price % BigInt(PRICE_STEP_UNITS)).to.equal(0n);
          }
        }),
        RUNS,
      );
    });
  }

  it("clips to the bounds and leaves what is inside", () => {
    const at = (mean: number): number =>
      drawClipped(seededStream(1, "clip"), { mean, sd: 1e-9, least: 1, most: 2 });
    expect(at(0)).to.equal(1);
    expect(at(3)).to.equal(2);
    expectNear(at(1.5), 1.5, 1e-6);
  });

  it("draws metres with both ends included", () => {
    const stream = seededStream(1, "metres");
    const draws = Array.from({ length: 100 }, () => drawMetres(stream, { least: 3, most: 5 }));
    expect([...new Set(draws)].toSorted()).to.deep.equal([3, 4, 5]);
  });

  it("draws drivers around the pile: never beyond the limit, and as far on average as it says", () => {
    const centre = { xM: 10_000, yM: 20_000 };
    const stream = seededStream(1, "around");
    const ways = Array.from({ length: 100_000 }, () =>
      distanceM(centre, drawPositionAround(stream, centre)),
    );
    // Half a metre of rounding on both axes.
    expect(ways.reduce((a, b) => Math.max(a, b))).to.be.at.most(DRIVER_OFFSET.mostM + 1);
    expect(DRIVER_OFFSET.mostM + 1).to.be.below(FRAME_MARGIN_M);
    const squares = ways.reduce((sum, way) => sum + way ** 2, 0) / ways.length;
    expectNear(Math.sqrt(squares), cutRayleighRms(), 5);
  });

  it("sees a need only where the class below could not have delivered", () => {
    const oneHour = (energyWh: number): readonly boolean[] => needsOfSession(energyWh, 3600);
    expect(oneHour(7_000)).to.deep.equal([false, false]);
    expect(oneHour(7_001)).to.deep.equal([true, false]);
    expect(oneHour(22_000)).to.deep.equal([true, false]);
    expect(oneHour(22_001)).to.deep.equal([true, true]);
    expect(needsOfSession(40_000, 24 * 3600)).to.deep.equal([false, false]);
  });
});

// E[r²] of a Rayleigh variate with parameter s, given r <= R.
function cutRayleighRms(): number {
  const { sdM, mostM } = DRIVER_OFFSET;
  const tail = Math.exp(-(mostM ** 2) / (2 * sdM ** 2));
  return Math.sqrt(2 * sdM ** 2 - (mostM ** 2 * tail) / (1 - tail));
}
