/** Stations and sessions from outside: rows of every shape, each with what became of it. */
import { expect } from "chai";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importWorld } from "../../../../offchain/study/importers/importFiles.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const INPUTS = join(ROOT, "..", "shared", "faults", "inputs");

describe("importWorld on files from outside", () => {
  before(function () {
    if (existsSync(INPUTS)) return;
    console.log("skipped: the folder ../shared/faults/inputs is not there");
    this.skip();
  });

  it("reads what is sound, keeps its length, and says of every other row why not", () => {
    const { piles, trips, unusableRows, otherDayRows } = importWorld({
      stationsPath: join(INPUTS, "15-stations.csv"),
      sessionsPath: join(INPUTS, "15-sessions-iso-times.csv"),
      date: "2025-10-26",
      seed: "1",
    });
    expect(piles.map(({ name }) => name)).to.deep.equal(["a", "b", "c"]);
    expect(trips.map((trip) => [trip.vehicle, trip.durationSeconds])).to.deep.equal([
      ["dst2", 10_800],
      ["ok1", 6_300],
      ["utc", 6_000],
      ["acn", 9_621],
      ["ok2", 27_000],
      ["ok3", 1_800],
      ["dup", 3_600],
      ["overlap", 2_400],
      ["toofast", 600],
      ["midnight", 27_000],
    ]);
    expect(otherDayRows).to.equal(1);
    expect(unusableRows.map(({ line, reason }) => `${line}: ${reason}`)).to.deep.equal([
      "5: position 0, 0",
      "6: latitude and longitude swapped?",
      "7: no position",
      "7: end before start",
      "9: zero energy",
      "10: end equals start",
      "11: end before start",
      "12: implausible energy, above 150 kWh",
      "13: decimal comma in energy, not like 12.5",
      "15: duplicate session",
      "20: no end",
      "21: unknown charge point, spelled in another case",
    ]);
  });
});
