/** Vehicles that come back: three parts of the day, places and energies of their own. */
import { expect } from "chai";
import {
  LONGEST_SESSION_SECONDS,
  NEAR_PLACE_M,
  PARTS_OF_DAY,
} from "../../../../offchain/study/worlds/commuters.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import type { WorldTrip } from "../../../../offchain/study/worlds/world.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The days of all commuters of some towns, each with its trips in order. */
const DAYS: readonly (readonly WorldTrip[])[] = SEEDS.flatMap((seed) => {
  const { trips } = buildScenario("commuters", { seed });
  return [...Map.groupBy(trips, ({ vehicle }) => vehicle).values()];
});

describe("commuters", () => {
  it("make one trip in each part of the day, in no two the same slot of up to eight hours", () => {
    expect(DAYS).to.have.length(14 * SEEDS.length);
    for (const day of DAYS) {
      expect(day).to.have.length(PARTS_OF_DAY.length);
      for (const [i, { fromSeconds, untilSeconds }] of PARTS_OF_DAY.entries()) {
        expect(day[i]?.startSeconds).to.be.within(fromSeconds, untilSeconds - 1);
      }
      for (const hours of [1, 2, 3, 4, 6, 8]) {
        const slots = day.map(({ startSeconds }) => Math.floor(startSeconds / 3600 / hours));
        expect(new Set(slots).size).to.equal(3);
      }
    }
  });

  it("have finished one session before the next begins", () => {
    for (const day of DAYS) {
      for (const [i, { startSeconds, durationSeconds }] of day.entries()) {
        expect(durationSeconds).to.be.at.most(LONGEST_SESSION_SECONDS);
        expect(startSeconds + durationSeconds).to.be.below(day[i + 1]?.startSeconds ?? Infinity);
      }
    }
  });

  it("are the same driver all day: need, price and distance", () => {
    for (const [first, ...others] of DAYS) {
      for (const { needs, maxPricePerKwh, maxDistanceM } of others) {
        expect([needs, maxPricePerKwh, maxDistanceM]).to.deep.equal([
          first?.needs,
          first?.maxPricePerKwh,
          first?.maxDistanceM,
        ]);
      }
    }
  });

  it("are near their place of work twice, and charge about the same every time", () => {
    for (const [morning, midday, evening] of DAYS) {
      if (!morning || !midday || !evening) throw new Error("expected three trips");
      const [a, b] = [morning.position, midday.position];
      expect(Math.max(Math.abs(a.xM - b.xM), Math.abs(a.yM - b.yM))).to.be.at.most(
        2 * NEAR_PLACE_M,
      );
      const energies = [morning, midday, evening].map(({ energyWh }) => energyWh);
      expect(Math.max(...energies) / Math.min(...energies)).to.be.below(2);
    }
    const ratios = DAYS.map(([one, two]) => (one?.energyWh ?? 0) / (two?.energyWh ?? 1));
    const near = ratios.filter((ratio) => ratio > 0.8 && ratio < 1.25).length;
    expect(near / DAYS.length).to.be.above(0.8);
    expect(new Set(ratios).size, "not the same to the last watt hour").to.be.above(100);
  });

  it("leaves a vehicle's day as it was when there are more of them", () => {
    const [few, many] = [5, 50].map((vehicles) =>
      buildScenario("commuters", { seed: 1, vehicles }),
    );
    expect(many?.trips).to.include.deep.members([...(few?.trips ?? [])]);
  });
});
