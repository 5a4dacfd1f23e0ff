/**
 * The main job with authority, proxy and cloud as processes: the same day, and nobody left when it
 * ends.
 */
import { expect } from "chai";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import type { SimulationTruth } from "../../offchain/study/reports/truth.ts";
import { HAMLET_DAY, hamletDay } from "../support/flow/hamletDay.ts";
import { runTask } from "../support/flow/nodeProcess.ts";

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

  const leftIn = async (out: string) => {
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
    const out = join(folder, "apart");
    const environment = { TMPDIR: join(folder, "tmp") };
    const ran = await runTask([...HAMLET_DAY, "--out", out, "--apart"], environment);
    expect(ran.code, ran.stderr).to.equal(0);
    const apart = await leftIn(out);
    const together = await leftIn((await hamletDay()).out);
    expect(apart.report.oracleAgrees).to.equal(true);
    expect(shared(apart.report)).to.deep.equal(shared(together.report));
    expect(traded(apart.truth)).to.have.deep.members(traded(together.truth));
    expect(apart.truth.bids).to.deep.equal(together.truth.bids);
    // Who comes first in an auction is drawn by chance.
    expect(apart.truth.withoutPile).to.have.deep.members(together.truth.withoutPile);
    expect(worldOf(apart.truth)).to.deep.equal(worldOf(together.truth));
    expect(accountsOf(apart.truth)).to.not.have.any.members(accountsOf(together.truth));
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
