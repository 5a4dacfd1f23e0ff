import { expect } from "chai";

import { ImportError } from "../../../../offchain/study/importers/importError.ts";
import { isInside } from "../../../../offchain/study/worlds/geography.ts";
import { readPortoTrips } from "../../../../offchain/study/importers/portoTrips.ts";
import { countByReason, MAX_COORDINATE_M } from "../../../../offchain/study/worlds/world.ts";
import { expectNear } from "../../../support/near.ts";
import { expectError } from "../../../support/importers/errors.ts";
import {
  findPorto,
  temporaryFolder,
  type TemporaryFolder,
} from "../../../support/importers/files.ts";

const HEADER =
  '"TRIP_ID","CALL_TYPE","ORIGIN_CALL","ORIGIN_STAND","TAXI_ID","TIMESTAMP","DAY_TYPE","MISSING_DATA","POLYLINE"';

function trip(taxi: string, timestamp: string, polyline: string, missing = "False"): string {
  return `"1","C","","","${taxi}","${timestamp}","A","${missing}","${polyline}"`;
}

describe("the Porto layout", () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => {
    folder.remove();
  });
  const read = (...rows: readonly string[]) =>
    readPortoTrips(folder.write("trips.csv", [HEADER, ...rows, ""].join("\n")));

  it("turns trips into metres, longitude first", () => {
    const { tracks } = read(trip("7", "1372636858", "[[-8.62,41.15],[-8.62,41.16],[-8.61,41.16]]"));
    expect(tracks.map(({ vehicle, startSeconds }) => [vehicle, startSeconds])).to.deep.equal([
      ["7", 1_372_636_858],
    ]);
    const [a, b, c] = tracks[0]?.places ?? [];
    if (a === undefined || b === undefined || c === undefined) throw new Error("expected 3 places");
    expect(b.xM).to.equal(a.xM);
    expectNear(b.yM - a.yM, 1_112, 1);
    expect(c.yM).to.equal(b.yM);
    expectNear(c.xM - b.xM, 837, 1);
  });

  it("lists rows that give nothing, each with its reason", () => {
    const { tracks, unusableRows } = read(
      trip("1", "1372636858", "[[-8.62,41.15],[-8.62,41.15]]"),
      trip("2", "1372636858", "[]"),
      trip("3", "soon", "[[-8.62,41.15]]"),
      trip("4", "1372636858", "[[-8.62,41.15]"),
      trip("5", "1372636858", "[[-8.62]]"),
      trip("6", "1372636858", "[[41.15,141.15]]"),
      trip("7", "1372636858", "[[-8.62,41.15]]", "True"),
      trip("8", "1372636858", "[[-8.62,51.15]]"),
      trip("", "1372636858", "[[-8.62,41.15]]"),
    );
    expect(tracks).to.have.length(1);
    expect(unusableRows.map(({ line, reason }) => `${line} ${reason}`).sort()).to.deep.equal([
      "10 taxi is blank",
      "3 no position",
      "4 malformed timestamp",
      "5 malformed polyline",
      "6 malformed polyline",
      "7 implausible position",
      "8 missing points",
      "9 far from all others",
    ]);
  });

  it("are attributed to the data set only where they are of its city and its year", () => {
    const place = "[[-8.62,41.15]]";
    const ours = read(trip("1", "1372636858", place));
    expect(ours.attribution).to.match(/ECML PKDD 2015/);
    expect(ours.file).to.equal("trips.csv");
    expect(read(trip("1", "1372636858", "[[-2.97,56.46]]")).attribution).to.equal(null);
    expect(read(trip("1", "1752134400", place)).attribution).to.equal(null);
    const mixed = read(trip("1", "1372636858", place), trip("2", "1752134400", place));
    expect(mixed.attribution).to.equal(null);
  });

  it("refuses other layouts and files without a trip", () => {
    const other = folder.write("other.csv", "a,b\n1,2\n");
    expectError(() => readPortoTrips(other), ImportError, "E_CSV_COLUMNS");
    expectError(() => read(trip("2", "1", "[]")), ImportError, "E_IMPORT_NO_TRIP");
    expectError(() => read(), ImportError, "E_IMPORT_NO_TRIP");
    expectError(() => readPortoTrips("/nowhere.csv"), ImportError, "E_CSV_UNREADABLE");
  });

  describe("as published", () => {
    const path = findPorto();
    before(function () {
      if (path !== null) return;
      console.log("      skipped: the taxi trips of Porto are not beside the project");
      this.skip();
    });

    it("gives nearly all of 999 trips, all of them in the city", () => {
      const { tracks, unusableRows, attribution } = readPortoTrips(path ?? "");
      expect(attribution).to.match(/CC BY 4.0/);
      expect(tracks.length + unusableRows.length).to.equal(999);
      const reasons = countByReason(unusableRows).map(({ reason, rows }) => `${rows} ${reason}`);
      expect(reasons).to.deep.equal(["10 far from all others", "1 no position"]);
      expect(new Set(tracks.map(({ vehicle }) => vehicle)).size).to.be.within(300, 309);
      const plane = { widthM: MAX_COORDINATE_M, heightM: MAX_COORDINATE_M };
      const frame = { ...plane, centre: { latitude: 0, longitude: 0 }, westM: 0, southM: 0 };
      const places = tracks.flatMap((track) => track.places);
      expect(places.length).to.be.above(45_000);
      expect(places.every((place) => isInside(frame, place))).to.equal(true);
    });
  });
});
