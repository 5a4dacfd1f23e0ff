/** Attempts of the servers of single commands: a command that is repeated begins a new one. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
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
});
