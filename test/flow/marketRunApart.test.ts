/**
 * The main job with authority, proxy and cloud as processes: the same day, and nobody left when it
 * ends.
 */
import { expect } from "chai";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import type { SimulationTruth } from "../../offchain/study/reports/truth.ts";
import { HARDHAT, ROOT, runTask } from "../support/flow/nodeProcess.ts";

const DAY = ["market", "run", "--scenario", "hamlet", "--key-bits", "2048"];
/** Which accounts somebody has, and how long something takes, no two runs have in common. */
const OWN: readonly (keyof MarketReport)[] = [
  "secondsPerStage",
  "peakMemoryMiB",
  "gasPerFunction",
  "trades",
];

describe("market run --apart", function () {
  this.timeout(300_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-apart-"));
    await mkdir(join(folder, "tmp"));
  });

  after(() => rm(folder, { recursive: true }));

  const dayIn = async (name: string, ...more: string[]) => {
    const out = join(folder, name);
    const ran = await runTask([...DAY, "--out", out, ...more], { TMPDIR: join(folder, "tmp") });
    expect(ran.code, ran.stderr).to.equal(0);
    const read = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(join(out, file), "utf8"));
    return {
      report: (await read("report.json")) as MarketReport,
      truth: (await read("truth/truth.json")) as SimulationTruth,
    };
  };

  /** Folders of parties; what loads TypeScript has one of its own. */
  const leftBehind = async (): Promise<readonly string[]> => {
    const names = await readdir(join(folder, "tmp"));
    return names.filter((name) => name.startsWith("chargeveil-"));
  };

  it("plays the same day for a seed, in the same world under other accounts", async () => {
    const apart = await dayIn("apart", "--apart");
    const together = await dayIn("together");
    expect(apart.report.oracleAgrees).to.equal(true);
    expect(shared(apart.report)).to.deep.equal(shared(together.report));
    expect(traded(apart.truth)).to.have.deep.members(traded(together.truth));
    expect(apart.truth.bids).to.deep.equal(together.truth.bids);
    // Who comes first in an auction is drawn by chance.
    expect(apart.truth.refusals).to.have.deep.members(together.truth.refusals);
    expect(worldOf(apart.truth)).to.deep.equal(worldOf(together.truth));
    expect(accountsOf(apart.truth)).to.not.have.any.members(accountsOf(together.truth));
    expect(await leftBehind()).to.deep.equal([]);
  });

  it("ends all its processes when it is interrupted", async () => {
    const environment = { ...process.env, TMPDIR: join(folder, "tmp") };
    const args = [HARDHAT, ...DAY, "--apart", "--out", join(folder, "interrupted")];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let heard = "";
    let children: readonly number[] = [];
    child.stderr.on("data", (chunk: Buffer) => {
      const begun = heard.includes("slot 0:");
      heard += chunk.toString();
      if (begun || !heard.includes("slot 0:")) return;
      void childrenOf(child.pid ?? 0).then((found) => {
        children = found;
        child.kill("SIGINT");
      });
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).to.equal(1);
    expect(heard.trim().split("\n").at(-1)).to.match(
      /^interrupted: the report in .*interrupted.partial is partial, of 1 of 4 slots$/,
    );
    expect(children).to.have.length(3);
    for (const pid of children) expect(() => process.kill(pid, 0), `${pid}`).to.throw("ESRCH");
    expect(await leftBehind()).to.deep.equal([]);
  });
});

/** What two runs have in common; of standings how many have which, not whose they are. */
function shared({ pileStandings, ...report }: MarketReport): object {
  const standings = pileStandings.map(({ rating, ratings }) => ({ rating, ratings }));
  const others = Object.entries(report).filter(([key]) => !OWN.includes(key as keyof MarketReport));
  return {
    ...Object.fromEntries(others),
    standings: standings.toSorted((a, b) => a.rating - b.rating || a.ratings - b.ratings),
  };
}

/** Where everybody is and what everybody wants. */
function worldOf({ trips, piles }: SimulationTruth): object {
  return {
    piles: piles.map((pile) => ({ ...pile, account: "", participantId: "" })),
    trips: trips.map((trip) => ({ ...trip, account: "" })),
  };
}

function accountsOf({ trips, piles }: SimulationTruth): readonly (string | null)[] {
  return [...trips, ...piles].map(({ account }) => account);
}

/** Who traded with whom. */
function traded({ trades }: SimulationTruth): object[] {
  return trades.map(({ trip, pile }) => ({ trip, pile }));
}

/** Processes that a process has started, as Linux lists them. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8")),
  );
  return lists.flatMap((list) =>
    list
      .split(" ")
      .filter((word) => word.trim() !== "")
      .map(Number),
  );
}
