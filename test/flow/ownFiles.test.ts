/**
 * `market run` on files of one's own: which forms of times are read, and what is said of others, of
 * other separators, of swapped coordinates and of the day that was chosen.
 */
import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import { runHere } from "../support/flow/inProcess.ts";
import type { Ran } from "../support/flow/nodeProcess.ts";

const STATIONS = [
  "name,latitude,longitude,power_kw,price_per_kwh",
  "home,56.4620,-2.9707,22,0.30",
  "work,56.4655,-2.9802,11,0.30",
  "turned,-2.9750,56.4670,50,0.30",
];
const SESSIONS = [
  "vehicle,station,start,end,energy_kwh,latitude,longitude,max_price_per_kwh,max_distance_m",
  "ada,home,2025-07-10T08:15,2025-07-10T10:00,12.5,56.4625,-2.9710,0.90,2000",
  "bob,work,2025-07-10 08:16:30,2025-07-10 09:59:59,8.1,56.4650,-2.9800,0.90,2000",
  "cyd,home,2025-07-10T08:17:30.250,2025-07-10T10:00:00.5,5,56.4625,-2.9710,0.90,2000",
  "dan,work,2025-07-10T08:18Z,2025-07-10T10:00Z,5,56.4650,-2.9800,0.90,2000",
  "eli,home,2025-07-10 08:19:54+02:00,2025-07-10 10:11:15+0200,5,56.4625,-2.9710,0.90,2000",
  "fay,work,10.07.2025 08:20,10.07.2025 10:00,5,56.4650,-2.9800,0.90,2000",
  "gus,work,2025-07-11T08:15,2025-07-11T10:00,5,56.4650,-2.9800,0.90,2000",
  "hal,work,2025-07-10T08:15,2025-07-10T10:00,0,56.4650,-2.9800,0.90,2000",
  "ada,work,2025-07-10T08:45,2025-07-10T09:30,3,56.4650,-2.9800,0.90,2000",
];
/** Who stands in the files. */
const PEOPLE = /\b(ada|bob|cyd|dan|eli|fay|gus|hal|home|work|turned)\b/;

describe("market run on own files", function () {
  this.timeout(300_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-own-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  const run = async (
    stations: readonly string[],
    sessions: readonly string[],
    ...more: readonly string[]
  ): Promise<Ran> => {
    const [here, there] = [join(folder, "stations.csv"), join(folder, "sessions.csv")];
    await writeFile(here, `${stations.join("\n")}\n`);
    await writeFile(there, `${sessions.join("\n")}\n`);
    const files = ["--stations", here, "--sessions", there, "--out", join(folder, "out")];
    return runHere(["market", "run", ...files, ...more]);
  };
  const refused = async (
    sentence: RegExp,
    stations: readonly string[],
    sessions: readonly string[],
  ): Promise<void> => {
    const { code, stderr } = await run(stations, sessions);
    expect(code).to.equal(1);
    expect(stderr.trim().split("\n").at(-1)).to.match(sentence);
  };
  const separatedBy = (mark: string, lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replaceAll(",", mark));

  it("names another separator, where it stands, and an example with commas", async () => {
    const example = /stations.csv: .* on line 1: expected commas, like "name,latitude,longitude"/;
    for (const mark of [";", "\t"]) {
      const shown = mark === "\t" ? /separated by a tab/ : /separated by ";"/;
      await refused(shown, separatedBy(mark, STATIONS), SESSIONS);
      await refused(example, separatedBy(mark, STATIONS), SESSIONS);
      await refused(/like "vehicle,station,start"/, STATIONS, separatedBy(mark, SESSIONS));
    }
  });

  it("names another form of time with its value, its line and an example", async () => {
    const [header = "", first = ""] = SESSIONS;
    for (const [start, end] of [
      ["10.07.2025 08:15", "10.07.2025 10:00"],
      ["07/10/2025 08:15 AM", "07/10/2025 10:00 AM"],
      ["1752135300", "1752141600"],
      ["2025-07-10", "2025-07-10"],
    ] as const) {
      const row = first.replace("2025-07-10T08:15", start).replace("2025-07-10T10:00", end);
      const { stderr, code } = await run(STATIONS, [header, row]);
      expect(code).to.equal(1);
      expect(stderr).to.contain("line 2").and.to.contain("not like 2025-07-10T08:15");
      expect(stderr).to.contain(start);
    }
  });

  it("reads the forms of ISO 8601, and points out what it chose and could not read", async () => {
    const quick = ["--key-bits", "2048", "--max-rounds", "1", "--json"];
    const { code, stderr, stdout } = await run(STATIONS, SESSIONS, ...quick);
    expect(code, stderr).to.equal(0);
    const report = JSON.parse(stdout) as MarketReport;
    expect(report).to.include({ date: "2025-07-10", trips: 6, unusableRows: 3, otherDayRows: 1 });
    expect(report).to.include({ matched: 2, oracleAgrees: true });
    expect(stderr).to.match(/no --date: the day is 2025-07-10, the first of 2/);
    const listed = await readFile(join(folder, "out", "truth", "unusable-rows.csv"), "utf8");
    expect(listed).to.match(/stations.csv,4,latitude and longitude swapped\?/);
    expect(listed).to.match(/sessions.csv,7,"?malformed start, not like .*10.07.2025 08:20/);
    // Every row is found again: a second wish in one slot, too, and the station that was no use.
    const { requests, tripsWithoutRequest, unusableRows, otherDayRows } = report;
    expect(tripsWithoutRequest).to.equal(1);
    const rows = SESSIONS.slice(1).length + 1;
    expect(requests + tripsWithoutRequest + unusableRows + otherDayRows).to.equal(rows);
    expect(stdout + stderr).not.to.match(PEOPLE);
    expect(await readFile(join(folder, "out", "truth", "truth.json"), "utf8")).to.match(PEOPLE);
  });
});
