import { expect } from "chai";

import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import {
  byStart,
  checkWorld,
  countByReason,
  isDate,
  isName,
  WorldError,
  type World,
  type WorldPile,
  type WorldTrip,
} from "../../../../offchain/study/worlds/world.ts";
import { expectError } from "../../../support/importers/errors.ts";

const WORLD = buildScenario("hamlet", { seed: 1 });

function withPile(change: Partial<WorldPile>): World {
  return {
    ...WORLD,
    piles: WORLD.piles.map((pile, i) => (i === 0 ? { ...pile, ...change } : pile)),
  };
}

function withTrip(change: Partial<WorldTrip>): World {
  return {
    ...WORLD,
    trips: WORLD.trips.map((trip, i) => (i === 0 ? { ...trip, ...change } : trip)),
  };
}

describe("checkWorld", () => {
  it("returns a sound world unchanged", () => {
    expect(checkWorld(WORLD)).to.equal(WORLD);
  });

  const faults: readonly (readonly [string, World, string])[] = [
    ["a date that is none", { ...WORLD, date: "2025-02-30" }, "E_WORLD_DATE"],
    ["a frame of no width", { ...WORLD, widthM: 0 }, "E_WORLD_FRAME"],
    ["a frame of 2^16 m", { ...WORLD, heightM: 65_536 }, "E_WORLD_FRAME"],
    ["two piles of one name", withPile({ name: "pile-02" }), "E_WORLD_NAME"],
    ["a pile without a name", withPile({ name: "" }), "E_WORLD_NAME"],
    ["a pile west of the frame", withPile({ position: { xM: -1, yM: 0 } }), "E_WORLD_POSITION"],
    ["a pile north of the frame", withPile({ position: { xM: 0, yM: 1001 } }), "E_WORLD_POSITION"],
    ["half a metre", withPile({ position: { xM: 0.5, yM: 0 } }), "E_WORLD_POSITION"],
    ["a price of 0", withPile({ pricePerKwh: 0n }), "E_WORLD_PRICE"],
    ["a price of 2^24", withPile({ pricePerKwh: 2n ** 24n }), "E_WORLD_PRICE"],
    ["a pile without power", withPile({ powerW: 0 }), "E_WORLD_POWER"],
    [
      "offers that the power denies",
      withPile({ powerW: 7_000, offers: [true, true] }),
      "E_WORLD_FEATURES",
    ],
    ["two trips of one name", withTrip({ name: WORLD.trips[1]?.name ?? "" }), "E_WORLD_NAME"],
    ["a vehicle with a line break in its name", withTrip({ vehicle: "a\nb" }), "E_WORLD_NAME"],
    ["a negative bid", withTrip({ maxPricePerKwh: -1n }), "E_WORLD_PRICE"],
    ["a distance of 2^16 m", withTrip({ maxDistanceM: 65_536 }), "E_WORLD_DISTANCE"],
    ["a need too many", withTrip({ needs: [false, false, false] }), "E_WORLD_FEATURES"],
    ["a start after midnight", withTrip({ startSeconds: 86_400 }), "E_WORLD_TIME"],
    ["a session of no length", withTrip({ durationSeconds: 0 }), "E_WORLD_TIME"],
    ["no energy", withTrip({ energyWh: 0 }), "E_WORLD_ENERGY"],
    ["more energy than a battery holds", withTrip({ energyWh: 150_001 }), "E_WORLD_ENERGY"],
  ];
  for (const [what, world, code] of faults) {
    it(`refuses ${what}`, () => {
      expectError(() => checkWorld(world), WorldError, code);
    });
  }
});

describe("world helpers", () => {
  it("orders trips by start and then by name", () => {
    const [trip] = WORLD.trips;
    if (!trip) throw new Error("expected a trip");
    const at = (name: string, startSeconds: number): WorldTrip => ({ ...trip, name, startSeconds });
    const sorted = byStart([at("b", 60), at("a", 60), at("c", 0)]);
    expect(sorted.map((each) => each.name)).to.deep.equal(["c", "a", "b"]);
  });

  it("counts unusable rows by file and reason, most frequent first", () => {
    const row = (file: string, reason: string) => ({ file, line: 2, reason, value: "" });
    const rows = [row("a", "x"), row("b", "x"), row("b", "y"), row("b", "y")];
    expect(countByReason(rows)).to.deep.equal([
      { file: "b", reason: "y", rows: 2 },
      { file: "a", reason: "x", rows: 1 },
      { file: "b", reason: "x", rows: 1 },
    ]);
  });

  it("tells dates and names from other texts", () => {
    expect(["2024-02-29", "2025-12-31"].every(isDate)).to.equal(true);
    for (const text of ["2025-02-29", "2025-13-01", "2025-1-1", "10/07/2018", "", "2025-07-10T"]) {
      expect(isDate(text), text).to.equal(false);
    }
    expect(["ev-1", "Ærø 7", "Depot A/B", "a\\b", "x".repeat(64)].every(isName)).to.equal(true);
    for (const text of ["", " ", "a ", "a\nb", "\u202Eb", "x".repeat(65)]) {
      expect(isName(text), JSON.stringify(text)).to.equal(false);
    }
  });
});
