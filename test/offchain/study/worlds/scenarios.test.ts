import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";

import {
  buildScenario,
  MAX_SCENARIO_COUNT,
  MEAN_POWER_W,
  SCENARIO_DATE,
  SCENARIO_NAMES,
  ScenarioError,
  SCENARIOS,
  STARTS_BY_HOUR,
} from "../../../../offchain/study/worlds/scenarios.ts";
import { WorldError } from "../../../../offchain/study/worlds/world.ts";
import { expectError } from "../../../support/importers/errors.ts";
import { outcomesOf, servedInTurn } from "../../../support/worlds/matchable.ts";
import { expectNear } from "../../../support/near.ts";

/** Of the tasks, when none is asked for. */
const DEFAULT_SEED = "chargeveil";

describe("scenarios", () => {
  it("has the town as default, the hamlet and the commuters, with their sizes", () => {
    expect(SCENARIO_NAMES).to.deep.equal(["town", "hamlet", "commuters"]);
    const town = buildScenario("town", { seed: DEFAULT_SEED });
    expect(town).to.include({
      widthM: 3000,
      heightM: 3000,
      date: SCENARIO_DATE,
      attribution: null,
    });
    expect(town.trips).to.have.length(40);
    expect(town.piles).to.have.length(25);
    const hamlet = buildScenario("hamlet", { seed: DEFAULT_SEED });
    expect(hamlet.trips).to.have.length(6);
    expect(hamlet.piles).to.have.length(5);
    const commuters = buildScenario("commuters", { seed: DEFAULT_SEED });
    expect(commuters).to.include({ widthM: 3000, heightM: 3000 });
    expect(commuters.trips).to.have.length(3 * 14);
    expect(commuters.piles).to.have.length(25);
  });

  for (const [name, digest] of [
    ["town", "ecd0b46d252005fbbc8001d81fd0b1b8975e6316b9cf3af851b2efaaf6018b53"],
    ["hamlet", "119422047c0999a32f743b53e5c3482ad0047cbd883941987de173a468109cc2"],
  ] as const) {
    it(`keeps the ${name} of the default seed byte for byte`, () => {
      const world = JSON.stringify(buildScenario(name, { seed: DEFAULT_SEED }), (_, value) =>
        typeof value === "bigint" ? value.toString() : (value as unknown),
      );
      expect(createHash("sha256").update(world).digest("hex")).to.equal(digest);
    });
  }

  it("refuses an unknown name with the names that it knows", () => {
    const error = expectError(
      () => buildScenario("metropolis", { seed: 1 }),
      ScenarioError,
      "E_SCENARIO_NAME",
    );
    for (const name of [...SCENARIO_NAMES, "metropolis"]) expect(error.message).to.include(name);
    expectError(() => buildScenario("toString", { seed: 1 }), ScenarioError, "E_SCENARIO_NAME");
  });

  it("refuses counts that are none", () => {
    for (const count of [0, -1, 1.5, Number.NaN, MAX_SCENARIO_COUNT + 1]) {
      const vehicles = (): unknown => buildScenario("town", { seed: 1, vehicles: count });
      const piles = (): unknown => buildScenario("town", { seed: 1, piles: count });
      expectError(vehicles, ScenarioError, "E_SCENARIO_COUNT");
      expectError(piles, ScenarioError, "E_SCENARIO_COUNT");
    }
  });

  it("takes another date, and refuses one that is none", () => {
    expect(buildScenario("hamlet", { seed: 1, date: "2024-02-29" }).date).to.equal("2024-02-29");
    const wrong = (): unknown => buildScenario("hamlet", { seed: 1, date: "29.2.2024" });
    expectError(wrong, WorldError, "E_WORLD_DATE");
  });

  it("gives the same world for the same seed and another for another", () => {
    for (const name of SCENARIO_NAMES) {
      expect(buildScenario(name, { seed: 3 })).to.deep.equal(buildScenario(name, { seed: "3" }));
      const { trips } = buildScenario(name, { seed: 4 });
      expect(trips).to.not.deep.equal(buildScenario(name, { seed: 3 }).trips);
    }
  });

  it("leaves everybody else's values as they were when the counts change", () => {
    const [small, large] = [10, 50].map((count) =>
      buildScenario("town", { seed: 9, vehicles: count, piles: count }),
    );
    expect(large?.piles.slice(0, 10)).to.deep.equal(small?.piles);
    expect(large?.trips).to.include.deep.members([...(small?.trips ?? [])]);
  });

  it("stays inside the documented ranges for every seed", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...SCENARIOS), (seed, { name, maxDistanceM }) => {
        const world = buildScenario(name, { seed });
        for (const pile of world.piles) expect(pile.powerW).to.be.oneOf([7_000, 22_000, 50_000]);
        for (const trip of world.trips) {
          expect(trip.maxDistanceM).to.be.within(maxDistanceM.least, maxDistanceM.most);
          expect(trip.energyWh).to.be.within(1_000, 60_000);
          const meanPowerW = (trip.energyWh * 3600) / trip.durationSeconds;
          const [least, most] = MEAN_POWER_W[trip.needs.filter(Boolean).length] ?? [NaN, NaN];
          // The duration is rounded up to whole seconds, so the mean falls by a hair.
          expect(meanPowerW).to.be.within(least - 10, most);
        }
      }),
      { numRuns: 60, seed: 20250710 },
    );
  });

  it("spreads the starts over the day like the profile", () => {
    const world = buildScenario("town", { seed: 1, vehicles: 10_000 });
    const total = STARTS_BY_HOUR.reduce((sum, weight) => sum + weight, 0);
    for (const [hour, weight] of STARTS_BY_HOUR.entries()) {
      const starts = world.trips.filter((trip) => Math.floor(trip.startSeconds / 3600) === hour);
      expectNear(starts.length / 10_000, weight / total, 0.012, `hour ${hour}`);
    }
  });

  it("gives most requests a pile and some none, for each reason, on average of many towns", () => {
    const shares = { matchable: 0, distance: 0, price: 0, feature: 0 };
    for (let seed = 1; seed <= 50; seed++) {
      const outcomes = outcomesOf(buildScenario("town", { seed }));
      for (const key of ["matchable", "distance", "price", "feature"] as const) {
        shares[key] += outcomes[key] / (50 * 40);
      }
    }
    expect(shares.matchable).to.be.within(0.75, 0.9);
    expect(shares.distance).to.be.within(0.02, 0.1);
    expect(shares.price).to.be.within(0.02, 0.1);
    expect(shares.feature).to.be.within(0.02, 0.12);
  });

  it("shows every way to find no pile under the default seed, in the town and in the hamlet", () => {
    for (const name of ["town", "hamlet"]) {
      const world = buildScenario(name, { seed: DEFAULT_SEED });
      const { matchable, ...refused } = outcomesOf(world);
      for (const [reason, count] of Object.entries(refused)) expect(count, reason).to.be.above(0);
      expect(matchable).to.be.at.least(world.trips.length / 2);
      expect(servedInTurn(world, world.trips)).to.be.above(0);
    }
  });
});
