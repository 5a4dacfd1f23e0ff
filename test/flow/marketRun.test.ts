/**
 * The main job: what it leaves behind, and how it refuses. The run and a refusal are
 * processes of their own.
 */
import { expect } from "chai";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verdictOf } from "../../offchain/core/meter/recordVerdict.ts";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import { TRUTH_NOTICE, type SimulationTruth } from "../../offchain/study/reports/truth.ts";
import { recordsInFile } from "../../tasks/support/meterRecords.ts";
import { hamletDay } from "../support/flow/hamletDay.ts";
import { runHere } from "../support/flow/inProcess.ts";
import { runTask, type Ran } from "../support/flow/nodeProcess.ts";

const FIELDS = [
  "requests",
  "offers",
  "maxRounds",
  "decrement",
  "bids",
  "improvedBids",
  "firstMeanPricePerKwh",
  "lastMeanPricePerKwh",
  "comparedPairs",
  "matched",
  "settled",
  "unusableRows",
  "energyWh",
  "depositedUnits",
  "paidUnits",
  "refundedUnits",
  "forfeitedUnits",
  "escrowBalanceUnits",
];

describe("market run", function () {
  this.timeout(300_000);

  let folder: string;
  /** What the day of the hamlet has left. */
  let left: string;

  before(async () => {
    left = (await hamletDay()).out;
    folder = await mkdtemp(join(tmpdir(), "chargeveil-run-"));
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  const runWith = (keyBits: string, ...args: string[]): Promise<Ran> =>
    runHere(["market", "run", "--key-bits", keyBits, ...args]);

  const run = (...args: string[]): Promise<Ran> =>
    runWith("2048", "--out", join(folder, "out"), ...args);

  const refused = async (sentence: RegExp, ...args: string[]): Promise<void> => {
    expectRefusal(await run(...args), sentence);
  };

  const expectRefusal = ({ code, stdout, stderr }: Ran, sentence: RegExp): void => {
    expect(code, stderr).to.equal(1);
    expect(stderr.trim()).to.match(sentence);
    expect(stderr.trim().split("\n"), "one sentence").to.have.lengthOf(1);
    expect(stdout).to.equal("");
  };

  it("runs a scenario and prints the report as JSON, progress on stderr", async () => {
    const { code, stdout, stderr } = await hamletDay();
    expect(code, stderr).to.equal(0);
    const report = JSON.parse(stdout) as MarketReport & Record<string, unknown>;
    for (const field of FIELDS) expect(report[field], field).to.be.a("number");
    expect(report.oracleAgrees).to.equal(true);
    expect(report.settled).to.be.greaterThan(0);
    expect(report.escrowBalanceUnits).to.equal(0);
    expect(report.depositedUnits).to.equal(
      report.paidUnits + report.refundedUnits + report.forfeitedUnits,
    );
    expect(report.trades.reduce((sum, { paidUnits }) => sum + paidUnits, 0)).to.equal(
      report.paidUnits,
    );
    expect(stderr).to.contain("matched");
    // Fewer than k join in any slot: nobody is hidden by a bucket, and nobody says where it is.
    const { requests, privacy } = report;
    const anywhere = { requestsFromBuckets: 0, requestsFromAnywhere: requests, buckets: 0 };
    expect(privacy).to.include({ k: 5, l: 2, sessionAccounts: requests, ...anywhere });
  });

  it("leaves report, tables and figures", async () => {
    const files = await readdir(left);
    expect(files).to.have.members([
      "gas.csv",
      "gas.json",
      "gas.svg",
      "records.json",
      "report.json",
      "trades.csv",
      "truth",
    ]);
    const gas = JSON.parse(await readFile(join(left, "gas.json"), "utf8")) as object[];
    expect(gas[0]).to.have.all.keys("contract", "function", "calls", "min", "avg", "max");
  });

  it("keeps what only the simulation knows apart, for its owner alone", async () => {
    const apart = join(left, "truth");
    const files = await readdir(apart);
    expect(files).to.have.members([
      "map.svg",
      "without-pile.csv",
      "trades.csv",
      "truth.json",
      "unusable-rows.csv",
    ]);
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    expect(await modeOf(apart)).to.equal(0o700);
    for (const file of files) expect(await modeOf(join(apart, file)), file).to.equal(0o600);
    expect(await readFile(join(apart, "map.svg"), "utf8")).to.match(/^<svg /);
    const truth = JSON.parse(await readFile(join(apart, "truth.json"), "utf8")) as object;
    expect(Object.entries(truth)[0]).to.deep.equal(["notice", TRUTH_NOTICE]);
  });

  it("tells in the truth who traded, and where", async () => {
    const read = (file: string): Promise<string> => readFile(join(left, file), "utf8");
    const truth = JSON.parse(await read("truth/truth.json")) as SimulationTruth;
    const report = JSON.parse(await read("report.json")) as MarketReport;
    const named = new Map(truth.trades.map((trade) => [trade.session, trade]));
    expect([...named.keys()]).to.have.members(report.trades.map(({ session }) => session));
    for (const { session, vehicle, pile } of report.trades) {
      const trade = named.get(session);
      expect([trade?.vehicleAccount, trade?.pileAccount]).to.deep.equal([vehicle, pile]);
      const trip = truth.trips.find((one) => one.trip === trade?.trip);
      expect([trip?.account, trip?.vehicle]).to.deep.equal([vehicle, trade?.vehicle]);
    }
    const withoutPile = report.withoutPile.reduce((sum, { requests }) => sum + requests, 0);
    expect(truth.withoutPile).to.have.lengthOf(withoutPile);
    expect(truth.bids).to.have.lengthOf(report.bids);
  });

  it("leaves what the meters have signed, and it verifies", async () => {
    const records = await recordsInFile(join(left, "records.json"));
    const report = JSON.parse(await readFile(join(left, "report.json"), "utf8")) as MarketReport;
    const sold = report.trades.filter(({ outcome }) => outcome === "settled");
    const verdicts = await Promise.all(
      records.map(({ record, key }) => {
        if (key === null) throw new Error("expected a key beside every record");
        return verdictOf(record, key);
      }),
    );
    expect(sold).to.not.deep.equal([]);
    expect(verdicts.map(({ settles }) => settles)).to.deep.equal(sold.map(() => "alone"));
  });

  it("has as many rounds as it may, and goes as low as it is told", async () => {
    const report = JSON.parse(await readFile(join(left, "report.json"), "utf8")) as MarketReport;
    expect([report.maxRounds, report.decrement]).to.deep.equal([2, 30_000]);
    expect(report.improvedBids).to.be.greaterThan(0);
    expect(report.bids).to.equal(report.offers + report.improvedBids);
    for (const { converged, rounds } of report.auctions) {
      expect(rounds).to.have.lengthOf(2);
      expect(converged).to.equal(rounds[1]?.newBids === 0);
    }
  });

  it("refuses an unknown scenario, half a pair of files, a short key, a bad slot, bad rounds and a bad rule", async () => {
    await refused(/town/, "--scenario", "metropolis");
    await refused(/--sessions: expected a file, .* name both/, "--stations", "stations.csv");
    expectRefusal(await runWith("1024"), /even size from 2048 .* got 1024/);
    await refused(/divide 24/, "--slot-hours", "5");
    await refused(/^--l: expected a whole number in 1\.\.5, which is k, got 6$/, "--l", "6");
    await refused(/--max-rounds: expected 1 to 16, got 17/, "--max-rounds", "17");
    await refused(/--decrement: expected at least 1, got 0/, "--decrement", "0");
  });

  it("refuses a folder that it could not write, before it begins", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    expectRefusal(
      await runTask(["market", "run", "--out", join(file, "out")], {}),
      /folder that can be written, got .*file.out: a file is in the way$/,
    );
    await mkdir(join(folder, "half"));
    await writeFile(join(folder, "half", "truth"), "");
    const half = ["--out", join(folder, "half")];
    expectRefusal(await runWith("2048", ...half), /folder that can be written, got .*half.truth:/);
  });

  it("refuses files that are not there or lack a column, naming both", async () => {
    const stations = join(folder, "stations.csv");
    const sessions = join(folder, "sessions.csv");
    await writeFile(stations, "name,latitude\nhome,56.4\n");
    await writeFile(sessions, "vehicle,station,start,end,energy_kwh\n");
    const files = ["--stations", stations, "--sessions", sessions];
    await refused(/stations\.csv.*longitude/, ...files);
    await refused(
      /nowhere\.csv/,
      "--stations",
      join(folder, "nowhere.csv"),
      "--sessions",
      sessions,
    );
  });
});
