/** Attempts of the servers of single commands: a command that is repeated begins a new one. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { id } from "ethers";
import { attemptOf } from "../../../offchain/core/messages/attempt.ts";
import { FIRST_ROUND } from "../../../offchain/core/messages/market.ts";
import { serverStoresIn } from "../../../tasks/stores/servers.ts";
import { AUCTION_ID } from "../../support/matching/crowdRound.ts";
import { rehearseRound, runRound } from "../../support/matching/rounds.ts";

const NOBODY = { requests: [], offers: [] };
const SERVERS = ["proxy", "cloud"] as const;

describe("attempts of a state folder", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "attempts-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are counted over commands, for each server, and taken once", async () => {
    await rehearseRound(NOBODY, { stores: serverStoresIn({ folder }) });
    await runRound(NOBODY, { stores: serverStoresIn({ folder }) });
    const name = `${AUCTION_ID}-${FIRST_ROUND}`;
    for (const server of SERVERS) {
      const taken = join(folder, "servers", server, "attempts");
      expect(await readdir(taken)).to.have.members([`${name}-1`, `${name}-2`]);
      expect((await stat(join(taken, `${name}-1`))).mode & 0o777).to.equal(0o600);
      const store = serverStoresIn({ folder })[server];
      expect(await store.nextAttempt(AUCTION_ID, FIRST_ROUND)).to.equal(3);
      expect(await store.takeAttempt(attemptOf(AUCTION_ID, FIRST_ROUND, 2))).to.equal(false);
      expect(await store.nextAttempt(AUCTION_ID, FIRST_ROUND + 1n)).to.equal(1);
    }
  });

  it("keep who has won a wave first, over commands, and of two at once one", async () => {
    const [first, second] = [1, 2].map((number) => attemptOf(AUCTION_ID, FIRST_ROUND, number));
    if (first === undefined || second === undefined) throw new Error("expected two attempts");
    for (const server of SERVERS) {
      const before = serverStoresIn({ folder })[server];
      const both = await Promise.all([
        before.keepWinners(first, 0, [id("one"), null]),
        before.keepWinners(second, 0, [id("two"), null]),
      ]);
      expect(both[0]).to.deep.equal(both[1]);
      const after = serverStoresIn({ folder })[server];
      expect(await after.keepWinners(second, 0, [null, null])).to.deep.equal(both[0]);
      expect(await after.keepWinners(second, 1, [null])).to.deep.equal([null]);
      const nextRound = attemptOf(AUCTION_ID, FIRST_ROUND + 1n, 1);
      expect(await after.keepWinners(nextRound, 0, [null])).to.deep.equal([null]);
    }
  });

  it("add what is said of uploads one after the other, and change nothing of it", async () => {
    for (const server of SERVERS) {
      const store = serverStoresIn({ folder })[server];
      const said = [null, "missing"] as const;
      const kept = await Promise.all(
        said.map((one, k) =>
          store.keepSaid(
            AUCTION_ID,
            new Map([
              [id("both"), one],
              [id(`only ${k}`), one],
            ]),
          ),
        ),
      );
      expect(kept.map((all) => all.get(id("both")))).to.deep.equal([null, null]);
      expect([...(await store.saidIn(AUCTION_ID)).keys()]).to.have.lengthOf(3);
    }
  });
});
