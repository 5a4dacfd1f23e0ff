import { expect } from "chai";

import {
  distanceM,
  project,
  frameAround,
  medianPoint,
} from "../../../../offchain/study/worlds/geography.ts";
import { importWorld } from "../../../../offchain/study/importers/importFiles.ts";
import { IMPORT_DETOUR } from "../../../../offchain/study/importers/importedDay.ts";
import { ImportError } from "../../../../offchain/study/importers/importError.ts";
import type { UnusableRow, World } from "../../../../offchain/study/worlds/world.ts";
import { expectError } from "../../../support/importers/errors.ts";
import { temporaryFolder, type TemporaryFolder } from "../../../support/importers/files.ts";

const STATIONS = [
  "name,latitude,longitude,power_kw,price_per_kwh",
  "library,56.4620,-2.9707,22,0.45",
  "old mill,56.4655,-2.9802,7,",
  "depot,56.4600,-2.9600,50,0.6",
];
const SESSIONS = [
  "vehicle,station,start,end,energy_kwh,latitude,longitude,max_price_per_kwh,max_distance_m",
  "ev-1,library,2025-07-10T08:15,2025-07-10T10:00,12.5,56.4610,-2.9700,0.60,900",
  "ev-2,old mill,2025-07-10 09:30,2025-07-10 17:00,8.1,,,,",
  "ev-3,depot,2025-07-10T07:00:30,2025-07-10T07:30:30,20,,,,",
  "ev-1,library,2025-07-11T08:15,2025-07-11T10:00,3,,,,",
  "ev-4,,2025-07-12T23:30,2025-07-13T01:00,5,56.4610,-2.9700,,",
];

describe("importWorld on the plain layout", () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => {
    folder.remove();
  });

  interface Input {
    readonly stations?: readonly string[];
    readonly sessions?: readonly string[];
    readonly date?: string | undefined;
    readonly seed?: string;
  }

  function importLines(input: Input): World {
    return importWorld({
      stationsPath: folder.write("stations.csv", (input.stations ?? STATIONS).join("\n")),
      sessionsPath: folder.write("sessions.csv", (input.sessions ?? SESSIONS).join("\n")),
      date: "date" in input ? input.date : "2025-07-10",
      seed: input.seed ?? "1",
    });
  }

  function unusableWith(input: Input): readonly UnusableRow[] {
    return importLines(input).unusableRows;
  }

  function messageOf(input: Input, code: string): string {
    return expectError(() => importLines(input), ImportError, code).message;
  }

  it("takes over what the files say", () => {
    const world = importLines({});
    expect(world).to.include({ date: "2025-07-10", seed: "1", attribution: null });
    expect(world.unusableRows).to.deep.equal([]);
    expect(world.piles.map((pile) => pile.name)).to.deep.equal(["library", "old mill", "depot"]);
    expect(world.piles.map((pile) => pile.powerW)).to.deep.equal([22_000, 7_000, 50_000]);
    expect(world.piles[0]?.pricePerKwh).to.equal(450_000n);
    const trip = world.trips.find((each) => each.vehicle === "ev-1");
    expect(trip).to.deep.include({
      name: "ev-1@2025-07-10T08:15:00",
      maxPricePerKwh: 600_000n,
      maxDistanceM: 900,
      needs: [true, false],
      startSeconds: 8 * 3600 + 15 * 60,
      durationSeconds: 105 * 60,
      energyWh: 12_500,
    });
  });

  it("projects positions as the geography says", () => {
    const world = importLines({});
    const places = [
      { latitude: 56.462, longitude: -2.9707 },
      { latitude: 56.4655, longitude: -2.9802 },
      { latitude: 56.46, longitude: -2.96 },
    ];
    const frame = frameAround(medianPoint(places), places);
    expect(world.piles.map((pile) => pile.position)).to.deep.equal(
      places.map((place) => project(frame, place)),
    );
    const trip = world.trips.find((each) => each.vehicle === "ev-1");
    expect(trip?.position).to.deep.equal(project(frame, { latitude: 56.461, longitude: -2.97 }));
  });

  it("orders trips by start and leaves the other days out without listing them", () => {
    const world = importLines({});
    expect(world.trips.map((trip) => trip.vehicle)).to.deep.equal(["ev-3", "ev-1", "ev-2"]);
  });

  it("draws what is blank inside the documented ranges", () => {
    const { piles, trips } = importLines({});
    const trip = trips.find((each) => each.vehicle === "ev-2");
    const used = piles.find((pile) => pile.name === "old mill");
    if (!trip || !used) throw new Error("expected the trip and its pile");
    expect(Number(used.pricePerKwh)).to.be.within(160_000, 600_000);
    expect(Number(trip.maxPricePerKwh)).to.be.within(150_000, 1_000_000);
    const way = distanceM(trip.position, used.position);
    expect(way).to.be.at.most(1_501);
    const detour = trip.maxDistanceM - Math.ceil(way);
    expect(detour).to.be.within(IMPORT_DETOUR.least, IMPORT_DETOUR.most);
  });

  it("believes that nobody needs what the pile really used lacks", () => {
    const sessions = [SESSIONS[0] ?? "", "ev-9,old mill,2025-07-10T08:00,2025-07-10T08:30,20,,,,"];
    expect(importLines({ sessions }).trips[0]?.needs).to.deep.equal([false, false]);
    const elsewhere = sessions.map((line) => line.replace("old mill", "depot"));
    expect(importLines({ sessions: elsewhere }).trips[0]?.needs).to.deep.equal([true, true]);
  });

  it("gives the same world for the same seed, and other draws for another", () => {
    expect(importLines({ seed: "x" })).to.deep.equal(importLines({ seed: "x" }));
    const [a, b] = [importLines({ seed: "x" }), importLines({ seed: "y" })];
    const drawn = (world: World): unknown =>
      world.trips.filter((trip) => trip.vehicle !== "ev-1").map((trip) => trip.maxPricePerKwh);
    expect(drawn(a)).to.not.deep.equal(drawn(b));
    expect(a.piles[0]).to.deep.equal(b.piles[0]);
  });

  it("lets no other row change a value: order, further rows and dropped rows do not matter", () => {
    const world = importLines({});
    const [header = "", ...rows] = SESSIONS;
    const shuffled = [
      header,
      ...rows.toReversed(),
      "ev-8,depot,2025-07-10T12:00,2025-07-10T13:00,4,,,,",
    ];
    const other = importLines({ sessions: shuffled });
    expect(other.trips).to.include.deep.members([...world.trips]);
    expect(other.trips).to.have.length(world.trips.length + 1);
    const [stationHeader = "", ...stations] = STATIONS;
    const turned = importLines({ stations: [stationHeader, ...stations.toReversed()] });
    expect(turned.trips).to.deep.equal(world.trips);
    expect(turned.piles).to.have.deep.members([...world.piles]);
  });

  it("takes the earliest date when none is given", () => {
    const turned = [SESSIONS[0] ?? "", ...SESSIONS.slice(1).toReversed()];
    expect(importLines({ date: undefined, sessions: turned }).date).to.equal("2025-07-10");
  });

  it("names the first and the last date when the one asked for has no session", () => {
    const message = messageOf({ date: "2025-08-01" }, "E_IMPORT_DATE");
    for (const part of ["sessions.csv", "2025-07-10", "2025-07-12", "2025-08-01"]) {
      expect(message).to.include(part);
    }
  });

  it("refuses a date that is none", () => {
    for (const date of ["10/07/2018", "2025-02-30", "", "today"]) {
      messageOf({ date }, "E_IMPORT_DATE");
    }
  });

  it("takes a session without a station when it has a position", () => {
    const world = importLines({ date: "2025-07-12" });
    expect(world.trips.map((trip) => trip.vehicle)).to.deep.equal(["ev-4"]);
    expect(world.trips[0]?.durationSeconds).to.equal(5_400);
    const { least, most } = IMPORT_DETOUR;
    expect(world.trips[0]?.maxDistanceM).to.be.within(least, most);
  });

  it("reads a file with a byte order mark, CRLF, other columns and columns in another order", () => {
    const stations = [
      "\uFEFFPower_kW,note,Name,,Longitude,Latitude,",
      '7,"a, b",hall,,-2.97,56.46,',
    ];
    const sessions = [
      "end,start,energy_kwh,station,vehicle",
      "2025-07-10T09:00,2025-07-10T08:00,5,hall,v",
    ];
    const world = importLines({
      stations: [`${stations.join("\r\n")}\r\n`],
      sessions: [`${sessions.join("\r\n")}\r\n`],
    });
    expect(world.piles.map((pile) => pile.name)).to.deep.equal(["hall"]);
    expect(world.trips).to.have.length(1);
    expect(world.unusableRows).to.deep.equal([]);
  });

  const BAD_STATIONS: readonly (readonly [string, string])[] = [
    [",56.46,-2.97,7,", "station name is blank"],
    ["a\u0007b,56.46,-2.97,7,", "malformed station name"],
    ["x,,-2.97,7,", "no position"],
    ["x,56.46,,7,", "no position"],
    ["x,56.46N,-2.97,7,", "malformed latitude, not like 56.462"],
    ["x,156.46,97.1,7,", "implausible latitude"],
    ["x,-2.97,56.46,7,", "latitude and longitude swapped?"],
    ["x,0,0,7,", "position 0, 0"],
    ["x,55.46,-2.97,7,", "outside the frame"],
    ["x,56.46,-2.97,,", "power is blank"],
    ["x,56.46,-2.97,fast,", "malformed power, not like 22"],
    ["x,56.46,-2.97,7,free", "malformed price, not like 0.45"],
    ["x,56.46,-2.97,7,0", "price outside 0.000001 to 16.777215"],
    ["library,56.46,-2.97,7,", "duplicate station"],
    ["x,56.46,-2.97,7", "wrong number of fields"],
    [",,,,", "blank row"],
  ];
  for (const [row, reason] of BAD_STATIONS) {
    it(`lists the station row ${row} as: ${reason}`, () => {
      const world = importLines({ stations: [...STATIONS, row] });
      expect(world.piles).to.have.length(3);
      expect(world.unusableRows).to.have.length(1);
      expect(world.unusableRows[0]).to.include({ file: "stations.csv", line: 5, reason });
    });
  }

  const NO_START = "malformed start, not like 2025-07-10T08:15";
  const ONE_ZONE = "start or end with a zone, the other without";
  const START_END = "2025-07-10T08:00,2025-07-10T09:00";
  const BAD_SESSIONS: readonly (readonly [string, string])[] = [
    [`,depot,${START_END},5,,,,`, "vehicle is blank"],
    [`${"v".repeat(50)},depot,${START_END},5,,,,`, "malformed vehicle, with its start"],
    [`v,moon base,${START_END},5,,,,`, "unknown charge point"],
    [`v,,${START_END},5,,,,`, "neither station nor position"],
    [`v,depot,${START_END},0.000,,,,`, "zero energy"],
    [`v,depot,${START_END},-5,,,,`, "negative energy"],
    [`v,depot,${START_END},1430,,,,`, "implausible energy, above 150 kWh"],
    [`v,depot,${START_END},five,,,,`, "malformed energy, not like 12.5"],
    [`v,depot,${START_END},"12,5",,,,`, "decimal comma in energy, not like 12.5"],
    [`v,depot,${START_END},,,,,`, "energy is blank"],
    ["v,depot,2025-07-10T08:00,,5,,,,", "no end"],
    ["v,depot,2025-07-10T08:00,2025-07-10,5,,,,", "malformed end, not like 2025-07-10T08:15"],
    ["v,depot,2025-07-10T08:00,2025-07-10T07:59,5,,,,", "end before start"],
    ["v,depot,2025-07-10T08:00,2025-07-10T08:00,5,,,,", "end equals start"],
    ["v,depot,2025-07-10T08:00,2025-09-10T08:00,5,,,,", "longer than 31 days"],
    ["v,depot,2025-07-32T08:00,2025-07-10T09:00,5,,,,", NO_START],
    ["v,depot,10/07/2025 08:00,2025-07-10T09:00,5,,,,", NO_START],
    ["v,depot,1752134400,2025-07-10T09:00,5,,,,", NO_START],
    ["v,depot,2025-07-10T08:00+15:00,2025-07-10T09:00,5,,,,", NO_START],
    ["v,depot,2025-07-10T08:00Z,2025-07-10T09:00,5,,,,", ONE_ZONE],
    ["v,depot,,2025-07-10T09:00,5,,,,", NO_START],
    [`v,depot,${START_END},5,56.46,,,`, "no position"],
    [`v,depot,${START_END},5,57.46,-2.97,,`, "outside the frame"],
    [`v,depot,${START_END},5,-2.97,56.46,,`, "latitude and longitude swapped?"],
    [`v,Depot,${START_END},5,,,,`, "unknown charge point, spelled in another case"],
    [`v,depot,${START_END},5,,,20,`, "price outside 0.000001 to 16.777215"],
    [`v,depot,${START_END},5,,,,70000`, "implausible distance"],
    [`v,depot,${START_END}`, "wrong number of fields"],
    ["ev-3,depot,2025-07-10T07:00:30,2025-07-10T08:30:30,2,,,,", "duplicate session"],
    [",,,,,,,,", "blank row"],
  ];
  for (const [row, reason] of BAD_SESSIONS) {
    it(`lists the session row ${row.slice(0, 60)} as: ${reason}`, () => {
      const world = importLines({ sessions: [...SESSIONS, row] });
      expect(world.trips).to.have.length(3);
      expect(world.unusableRows).to.have.length(1);
      expect(world.unusableRows[0]).to.include({ file: "sessions.csv", line: 7, reason });
    });
  }

  it("reads times with seconds, fractions and zones, and keeps the length between moments", () => {
    const [header = ""] = SESSIONS;
    const rows = [
      "a,depot,2025-10-26T08:15:30.250,2025-10-26T08:16:30,5,,,,",
      "b,depot,2025-10-26 08:30:54+00:00,2025-10-26 11:11:15+00:00,5,,,,",
      "c,depot,2025-10-26T00:30+01:00,2025-10-26T03:30Z,22,,,,",
      "c,depot,2025-10-26T01:50+01:00,2025-10-26T01:10+00:00,3,,,,",
      "c,depot,2025-10-26T01:50+00:00,2025-10-26T02:10+00,3,,,,",
      "d,depot,2025-10-26T23:30-0230,2025-10-27T07:00-02:30,5,,,,",
    ];
    const { trips, unusableRows } = importLines({
      date: "2025-10-26",
      sessions: [header, ...rows],
    });
    expect(unusableRows).to.deep.equal([]);
    const times = trips.map((trip) => [trip.name, trip.startSeconds, trip.durationSeconds]);
    expect(times).to.have.deep.members([
      ["a@2025-10-26T08:15:30", 29_730, 60],
      ["b@2025-10-26T08:30:54+0", 30_654, 9_621],
      ["c@2025-10-26T00:30:00+60", 1_800, 4 * 3_600],
      ["c@2025-10-26T01:50:00+60", 6_600, 1_200],
      ["c@2025-10-26T01:50:00+0", 6_600, 1_200],
      ["d@2025-10-26T23:30:00-150", 84_600, 27_000],
    ]);
  });

  it("finds every row of the sessions again: as a trip, as unusable, or of another day", () => {
    const more = [`v,moon,${START_END},5,,,,`, "short", ",,,,,,,,"];
    const sessions = [...SESSIONS, ...more];
    for (const date of ["2025-07-10", "2025-07-11", undefined]) {
      const { trips, unusableRows, otherDayRows } = importLines({ sessions, date });
      expect(trips.length + unusableRows.length + (otherDayRows ?? 0)).to.equal(
        sessions.length - 1,
      );
    }
  });

  it("says that the row of a charge point is unusable where that is the reason", () => {
    const stations = [...STATIONS, "quay,56.46,-2.97,fast,"];
    const sessions = [...SESSIONS, `v,quay,${START_END},5,,,,`];
    expect(unusableWith({ stations, sessions }).map(({ reason }) => reason)).to.deep.equal([
      "malformed power, not like 22",
      "the row of its charge point is unusable",
    ]);
  });

  describe("with stations that are apart", () => {
    const [header = ""] = STATIONS;
    const [sessionHeader = ""] = SESSIONS;
    const at = (name: string, latitude: number): string => `${name},${latitude},-2.97,7,0.4`;
    const sessions = [
      sessionHeader,
      ...["a", "c"].map((one) => `v-${one},${one},${START_END},5,,,,`),
    ];
    const said = (latitudes: Readonly<Record<string, number>>, near?: number) => {
      const sentences: string[] = [];
      const stations = Object.entries(latitudes).map(([name, latitude]) => at(name, latitude));
      const world = importWorld({
        stationsPath: folder.write("stations.csv", [header, ...stations].join("\n")),
        sessionsPath: folder.write("sessions.csv", sessions.join("\n")),
        date: "2025-07-10",
        seed: "1",
        near: near === undefined ? undefined : { latitude: near, longitude: -2.97 },
        say: (sentence) => sentences.push(sentence),
      });
      return { piles: world.piles.map(({ name }) => name), text: sentences.join("\n") };
    };

    it("takes a frame that holds both clusters, where there is one", () => {
      const { piles, text } = said({ a: 56.4, b: 56.41, b2: 56.42, c: 56.9 });
      expect(piles).to.deep.equal(["a", "b", "b2", "c"]);
      expect(text).to.not.include("elsewhere");
    });

    it("else the frame of the most, says so, and takes another one when asked", () => {
      const far = { a: 56.4, b: 56.41, c: 58.4 };
      const most = said(far);
      expect(most.piles).to.deep.equal(["a", "b"]);
      expect(most.text).to.match(/1 of 3 stations lie elsewhere, e.g. at 58.4000,-2.9700.*--near/);
      const other = said(far, 58.39);
      expect(other.piles).to.deep.equal(["c"]);
      expect(other.text).to.not.include("elsewhere");
      expect(said({ a: 56.4, c: 58.4 }).piles).to.deep.equal(["a"]);
    });
  });

  it("points out the day that it has chosen, and long files while it reads them", () => {
    const sentences: string[] = [];
    const without = Array.from({ length: 20_000 }, (_, k) => `${"v".repeat(50)}${k},,,,,,,,`);
    const rows = [
      ...SESSIONS.slice(4),
      ...SESSIONS.slice(1, 4).map((row) => row.replaceAll("07-10", "07-12")),
    ];
    importWorld({
      stationsPath: folder.write("stations.csv", STATIONS.join("\n")),
      sessionsPath: folder.write("sessions.csv", [SESSIONS[0], ...rows, ...without].join("\n")),
      date: undefined,
      seed: "1",
      say: (sentence) => sentences.push(sentence),
    });
    expect(sentences).to.have.length(3);
    expect(sentences[0]).to.match(/^reading .*sessions.csv …$/);
    expect(sentences[1]).to.match(/sessions.csv: 20005 rows$/);
    expect(sentences[2]).to.equal(
      "no --date: the day is 2025-07-11, the first of 2 (1 of 5 sessions); " +
        "the fullest is --date 2025-07-12 (4)",
    );
  });

  it("names value, line and example where no row has a date", () => {
    const sessions = [SESSIONS[0] ?? "", "v,depot,10/07/2025 08:00,10/07/2025 09:00,5,,,,"];
    const message = messageOf({ sessions, date: undefined }, "E_IMPORT_NO_SESSION");
    for (const part of ["line 2", "10/07/2025 08:00", "2025-07-10T08:15"]) {
      expect(message).to.include(part);
    }
  });

  it("lists bad rows of other days only where the day cannot be read", () => {
    const other = ["v,depot,2025-07-11T08:00,2025-07-11T09:00,five,,,,", "v,depot,soon,,,,,,"];
    const rows = unusableWith({ sessions: [...SESSIONS, ...other] });
    expect(rows.map((row) => row.line)).to.deep.equal([8]);
  });

  it("lists rows in the order of the files: stations first, then by line", () => {
    const stations = [...STATIONS, "x,,,7,"];
    const bad = [`v,moon,${START_END},5,,,,`, "short", `v,depot,${START_END},0,,,,`];
    const rows = unusableWith({ stations, sessions: [...SESSIONS, ...bad] });
    expect(rows.map((row) => `${row.file}:${row.line}`)).to.deep.equal([
      "stations.csv:5",
      "sessions.csv:7",
      "sessions.csv:8",
      "sessions.csv:9",
    ]);
  });

  it("refuses files without the columns, saying what each layout needs", () => {
    const sessions = messageOf(
      { sessions: ["vehicle,station,start,end", "a,b,c,d"] },
      "E_CSV_COLUMNS",
    );
    expect(sessions).to.include('missing: "energy_kwh"');
    expect(sessions).to.include('"Charging event"');
    const stations = messageOf({ stations: ["name;latitude;longitude;power_kw"] }, "E_CSV_COLUMNS");
    expect(stations).to.include('got "name;latitude;longitude;power_kw"');
    expect(stations).to.include('separated by ";" on line 1: expected commas');
    expect(stations).to.include('like "name,latitude,longitude"');
    expect(stations).to.include('"CP ID"');
  });

  it("refuses the two files swapped", () => {
    messageOf({ stations: SESSIONS, sessions: STATIONS }, "E_CSV_COLUMNS");
  });

  it("refuses empty files, headers alone and files of nothing but bad rows", () => {
    messageOf({ stations: [""] }, "E_CSV_EMPTY");
    messageOf({ sessions: [""] }, "E_CSV_EMPTY");
    messageOf({ stations: STATIONS.slice(0, 1) }, "E_IMPORT_NO_STATION");
    messageOf({ sessions: SESSIONS.slice(0, 1) }, "E_IMPORT_NO_SESSION");
    const none = messageOf({ stations: [STATIONS[0] ?? "", "x,,,7,"] }, "E_IMPORT_NO_STATION");
    expect(none).to.include("line 2").and.to.include("no position");
    const bad = [SESSIONS[0] ?? "", `v,moon,${START_END},5,,,,`];
    const message = messageOf({ sessions: bad }, "E_IMPORT_NO_SESSION");
    for (const part of ["2025-07-10", "line 2", "unknown charge point", "moon"]) {
      expect(message).to.include(part);
    }
  });

  it("refuses a truncated quote and binary data in either file", () => {
    messageOf({ sessions: [...SESSIONS, '"ev-9,depot'] }, "E_CSV_SYNTAX");
    messageOf({ stations: [...STATIONS, "x\0y"] }, "E_CSV_NOT_TEXT");
  });
});
