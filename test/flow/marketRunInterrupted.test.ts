/** Ctrl-C in the main job: before the first slot nothing is left, after it what was done. */
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertConsistent } from "../../offchain/study/reports/consistency.ts";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import { ROOT, runTaskUntil } from "../support/flow/nodeProcess.ts";

describe("market run, interrupted", function () {
  this.timeout(300_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-interrupted-"));
    await mkdir(join(folder, "tmp"));
  });

  after(() => rm(folder, { recursive: true }));

  const runUntil = (phrase: string, out: string, ...more: string[]) => {
    const options = ["--scenario", "hamlet", "--key-bits", "2048", "--out", out, ...more];
    return runTaskUntil(phrase, ["market", "run", ...options], { TMPDIR: join(folder, "tmp") });
  };
  const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

  it("before the first slot is done: one sentence, and nothing is left", async () => {
    const { code, stdout, stderr } = await runUntil("vehicles join", join(folder, "early"));
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr).to.match(/^5 piles and 6 vehicles join$/m);
    expect(lastLine(stderr)).to.equal("interrupted: nothing was written");
    expect(await readdir(folder)).to.deep.equal(["tmp"]);
  });

  describe("when two slots are done, with authority, proxy and cloud apart", () => {
    let ran: Awaited<ReturnType<typeof runUntil>>;
    let partial: string;
    let report: MarketReport;
    const read = (name: string): Promise<string> => readFile(join(partial, name), "utf8");

    before(async () => {
      const out = join(folder, "late");
      await mkdir(out);
      await writeFile(join(out, "report.json"), "of a whole run");
      ran = await runUntil("slot 4:", out, "--apart");
      partial = join(out, "partial");
      report = JSON.parse(await read("report.json")) as MarketReport;
      // What a whole run has left stays.
      expect(await readFile(join(out, "report.json"), "utf8")).to.equal("of a whole run");
    });

    it("says which report it leaves, and of how much", () => {
      expect(ran.code).to.equal(1);
      expect(ran.stderr).to.match(/^the modulus for range proofs is dealt$/m);
      expect(lastLine(ran.stderr)).to.match(
        /^interrupted: the report in .*partial is partial, of 2 of 4 slots$/,
      );
    });

    it("ends all its processes, and leaves no folder of theirs", async () => {
      expect(ran.children).to.have.length(3);
      for (const pid of ran.children)
        expect(() => process.kill(pid, 0), `${pid}`).to.throw("ESRCH");
      const names = await readdir(join(folder, "tmp"));
      expect(names.filter((name) => name.startsWith("chargeveil-"))).to.deep.equal([]);
    });

    it("marks report, tables and figures as partial", async () => {
      expect(report.partial).to.include({ slotsDone: 2, slots: 4, tripsNotReached: 3 });
      const mark = "PARTIAL: interrupted, 2 of 4 slots";
      expect(ran.stdout.split("\n")[0]).to.equal(mark);
      expect(await read("gas.svg")).to.contain(mark);
      expect(await read("truth/map.svg")).to.contain(mark);
      expect(await readdir(partial)).to.include.members(["trades.csv", "gas.csv", "records.json"]);
    });

    it("counts what was done and loses no money and no trip of it", () => {
      const { auctions, matched, trades, trips, requests, tripsWithoutRequest } = report;
      expect(auctions.map(({ slot }) => slot)).to.deep.equal([0, 4]);
      assertConsistent(report);
      expect(trips).to.equal(
        requests + tripsWithoutRequest + (report.partial?.tripsNotReached ?? 0),
      );
      expect(trades.length + (report.partial?.sessionsUnfinished ?? 0)).to.equal(matched);
      // What the pile of slot 0 has earned is still there.
      const { paidUnits, forfeitedUnits, escrowBalanceUnits } = report;
      expect(paidUnits).to.be.greaterThan(0);
      expect(report.partial?.earnedInEscrowUnits).to.equal(paidUnits + forfeitedUnits);
      expect(escrowBalanceUnits).to.equal(report.depositedUnits);
    });

    it("is refused by the check of reports, and for nothing but that", () => {
      const check = ["scripts/checkReport.ts", join(partial, "report.json"), "1"];
      const { status, stdout } = spawnSync(process.execPath, check, {
        cwd: ROOT,
        encoding: "utf8",
      });
      expect(status).to.equal(1);
      expect(stdout).to.contain("the day was interrupted: the report is partial");
      expect(stdout).to.not.contain("money in is not money out");
    });
  });
});
