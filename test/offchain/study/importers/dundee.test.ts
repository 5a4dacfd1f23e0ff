import { expect } from "chai";

import { distanceM } from "../../../../offchain/study/worlds/geography.ts";
import { DUNDEE_ATTRIBUTION } from "../../../../offchain/study/importers/dundee.ts";
import { importWorld } from "../../../../offchain/study/importers/importFiles.ts";
import { slotsOfDay } from "../../../../offchain/study/worlds/slots.ts";
import {
  countByReason,
  MAX_COORDINATE_M,
  type World,
} from "../../../../offchain/study/worlds/world.ts";
import {
  findDundee,
  temporaryFolder,
  type Dundee,
  type TemporaryFolder,
} from "../../../support/importers/files.ts";
import { outcomesOf, servedInTurn } from "../../../support/worlds/matchable.ts";
import { expectNear } from "../../../support/near.ts";

// Made-up rows in the layout of the open data set: CRLF, three unnamed columns, its quirks.
const STATIONS = [
  "Latitude,Longitude,Location,CP ID,Type,Address,F24_Hours,,,",
  '56.46,-2.97,"Hall, Town",101,Slow,"1 Street, Town",PUBLIC,,,',
  "56.47,-2.98,Depot,102,Fast,,COUNCIL VEHICLES ONLY,,,",
  "56.465,-2.96,Quay,SC103,Rapid,,,,,",
  "56.46,-2.97,Nameless,,Slow,,PUBLIC,,,",
  "56.46,-2.97,Somewhere,Unknown,Slow,,COLLEGE,,,",
  "56.4601,-2.9701,Hall again,101,Slow,,PUBLIC,,,",
  "56.46,-2.97,Odd,104,Ultra,,PUBLIC,,,",
  ",,Lost,105,Slow,,PUBLIC,,,",
];
const HEADER =
  "Charging event,User ID,CP ID,Connector,Start Date,Start Time,End Date,End Time,Total kWh,Cost,Site,Group,Model,,,";

function session(event: string, user: string, point: string, rest: string, site = "Hall"): string {
  return `${event},${user},${point},1,${rest},0,${site},A; B,M,,,Car`;
}

const NO_START = "malformed start, not like 10/07/2018 08:15";
const NO_END = "malformed end, not like 10/07/2018 08:15";
const HOUR = "10/07/2018,10:00,10/07/2018,11:00";

describe("the Dundee layout", () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => {
    folder.remove();
  });

  function importRows(rows: readonly string[]): World {
    return importWorld({
      stationsPath: folder.write("points.csv", `${STATIONS.join("\r\n")}\r\n`),
      sessionsPath: folder.write("sessions.csv", `${[HEADER, ...rows].join("\r\n")}\r\n`),
      date: "2018-07-10",
      seed: 1,
    });
  }

  it("reads charge points of every access, with nominal powers, and lists the others", () => {
    const { piles, unusableRows } = importRows([session("1", "u", "101", `${HOUR},5`)]);
    expect(piles.map((pile) => [pile.name, pile.powerW])).to.deep.equal([
      ["cp-101", 7_000],
      ["cp-102", 22_000],
      ["cp-SC103", 50_000],
    ]);
    expect(unusableRows.map((row) => [row.line, row.reason, row.value])).to.deep.equal([
      [5, "charge point id is blank", ""],
      [6, "charge point id is unknown", ""],
      [7, "duplicate station", "101"],
      [8, "unknown type of charge point", "Ultra"],
      [9, "no position", ""],
    ]);
  });

  it("reads sessions: day before month, cards as vehicles, the licence's sentence", () => {
    const world = importRows([
      session("1", "604380H", "102", "10/07/2018,23:58,11/07/2018,00:06,4.06"),
      session("2", "", "101", `${HOUR},5`),
      session("3", "", "101", `${HOUR},5`),
      session("4", "u", "101", "07/10/2018,10:00,07/10/2018,11:00,5"),
    ]);
    expect(world.attribution).to.equal(DUNDEE_ATTRIBUTION);
    expect(world.trips.map((trip) => trip.vehicle)).to.deep.equal([
      "no-card-2",
      "no-card-3",
      "card-604380H",
    ]);
    expect(world.trips[2]).to.deep.include({
      name: "event-1",
      startSeconds: 23 * 3600 + 58 * 60,
      durationSeconds: 8 * 60,
      energyWh: 4_060,
      needs: [true, false],
    });
  });

  const BAD: readonly (readonly [string, string, string])[] = [
    [session("9", "u", "999", `${HOUR},5`), "unknown charge point", "999"],
    [session("9", "u", "", `${HOUR},5`), "charge point id is blank", ""],
    [session("9", "u", "101", `${HOUR},5`, "***TEST SITE*** HQ"), "test site", ""],
    [session("9", "u", "101", `${HOUR},0`), "zero energy", ""],
    [session("9", "u", "101", `${HOUR},1430.2`), "implausible energy, above 150 kWh", "1430.2"],
    [session("9", "u", "101", "10/07/2018,10:00,,,5"), "no end", ""],
    [session("9", "u", "101", "10/07/2018,10:00,10/07/2018,,5"), NO_END, "10/07/2018"],
    [session("9", "u", "101", "10/07/2018,10:00,09/07/2018,10:00,5"), "end before start", ""],
    [session("9", "u", "101", "31/06/2018,10:00,10/07/2018,10:00,5"), NO_START, "31/06/2018 10:00"],
    [session("9", "u", "101", "2018-07-10,10:00,10/07/2018,10:00,5"), NO_START, "2018-07-10 10:00"],
    [session("", "u", "101", `${HOUR},5`), "charging event is blank", ""],
    [session("1", "u", "101", `${HOUR},7`), "duplicate session", "event-1"],
    [session("9", "a\u0007b", "101", `${HOUR},7`), "malformed user id", "a\u0007b"],
    [",".repeat(15), "blank row", ""],
    [session("9", "u", "101", HOUR), "wrong number of fields", "15 instead of 16"],
  ];
  for (const [row, reason, value] of BAD) {
    it(`lists as ${reason}: ${row.slice(0, 60)}`, () => {
      const world = importRows([session("1", "u", "101", `${HOUR},5`), row]);
      expect(world.trips).to.have.length(1);
      const rows = world.unusableRows.filter((each) => each.file === "sessions.csv");
      expect(rows).to.deep.equal([{ file: "sessions.csv", line: 3, reason, value }]);
    });
  }

  it("takes sessions of our own layout at charge points of the council's", () => {
    const world = importWorld({
      stationsPath: folder.write("points.csv", STATIONS.join("\n")),
      sessionsPath: folder.write(
        "own.csv",
        "vehicle,station,start,end,energy_kwh\nv,SC103,2018-07-10T10:00,2018-07-10T11:00,30\n",
      ),
      date: undefined,
      seed: 1,
    });
    expect(world.trips[0]?.needs).to.deep.equal([true, true]);
    expect(world.attribution).to.equal(DUNDEE_ATTRIBUTION);
  });
});

describe("the Dundee files", () => {
  let files: Dundee;
  before(function () {
    const found = findDundee();
    if (!found) {
      console.log("skipped: the folder ../shared/data/dundee-ev-charging is not there");
      this.skip();
      return;
    }
    files = found;
  });

  function importDay(date: string | undefined, seed: number): World {
    return importWorld({ ...files, date, seed });
  }

  it("gives 83 trips of 64 vehicles at 76 piles on 10 July 2018, every other row with its reason", () => {
    const world = importDay("2018-07-10", 1);
    expect(world.attribution).to.equal(DUNDEE_ATTRIBUTION);
    expect(world.piles).to.have.length(76);
    expect(world.trips).to.have.length(83);
    expect(new Set(world.trips.map((trip) => trip.vehicle)).size).to.equal(64);
    const counts = countByReason(world.unusableRows);
    const reasons = counts.map(({ file, reason, rows }) => `${file}: ${reason}: ${rows}`);
    expect(reasons).to.have.members([
      "charge-sessions-2018-07.csv: unknown charge point: 73",
      "charge-sessions-2018-07.csv: zero energy: 18",
      "cp-locations.csv: charge point id is blank: 4",
      "cp-locations.csv: charge point id is unknown: 1",
      "cp-locations.csv: duplicate station: 1",
    ]);
  });

  it("names the line of a row as an editor does", () => {
    const duplicate = importDay("2018-07-10", 1).unusableRows.find((row) => row.value === "50271");
    expect(duplicate).to.include({ file: "cp-locations.csv", line: 58 });
  });

  it("accounts for every row of every day of the month", () => {
    const days = Array.from(
      { length: 31 },
      (_, day) => `2018-07-${String(day + 1).padStart(2, "0")}`,
    );
    let rows = 0;
    for (const date of days) {
      const { trips, unusableRows } = importDay(date, 1);
      const listed = unusableRows.filter((row) => row.file === "charge-sessions-2018-07.csv");
      expect(trips.length, date).to.be.at.least(40);
      rows += trips.length + listed.length;
    }
    expect(rows).to.equal(5815);
  });

  it("takes the first of July when no date is given", () => {
    expect(importDay(undefined, 1).date).to.equal("2018-07-01");
  });

  it("keeps the city's distances", () => {
    const { piles, widthM, heightM } = importDay("2018-07-10", 1);
    const place = (name: string): { xM: number; yM: number } => {
      const pile = piles.find((each) => each.name === name);
      if (!pile) throw new Error(`expected the pile ${name}`);
      return pile.position;
    };
    // Queen Street in Broughty Ferry and Greenmarket, 6.27 km apart on the great circle.
    expectNear(distanceM(place("cp-50911"), place("cp-50315")), 6_270, 20);
    expect(Math.max(widthM, heightM)).to.be.below(MAX_COORDINATE_M);
  });

  it("leaves at least 80 % of the requests a pile, and 60 served slot by slot, for many seeds", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = importDay("2018-07-10", seed);
      expect(outcomesOf(world).matchable / 83, `seed ${seed}`).to.be.at.least(0.8);
      const served = slotsOfDay(world, 3).map((slot) => servedInTurn(world, slot.trips));
      expect(
        served.reduce((sum, count) => sum + count, 0),
        `seed ${seed}`,
      ).to.be.at.least(60);
    }
  });

  it("gives the same world for the same seed", () => {
    expect(importDay("2018-07-10", 5)).to.deep.equal(importDay("2018-07-10", 5));
  });
});
