/** What `session show` says can be done next. */
import { expect } from "chai";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateIn } from "../../../tasks/stores/state.ts";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { decisionProof } from "../../../offchain/core/messages/decisionTree.ts";
import {
  expireSession,
  knownSession,
  plugInSession,
  startSession,
} from "../../../offchain/market/sessions.ts";
import { sessionFacts } from "../../../tasks/support/sessions.ts";
import { nowSeconds, populatedWorld } from "../../support/market/deployed.ts";
import { commitTrade, endBidding, postDecisions } from "../../support/market/trade.ts";

describe("a session as it is shown", () => {
  let connection: NetworkConnection;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  it("tells a vehicle that was there in time that it can rate, when nobody has settled", async () => {
    const folder = join(tmpdir(), "no-such-state");
    const world = await populatedWorld(connection);
    const { market, stranger, vehicle } = world;
    const trade = await commitTrade(world, "a trade that is shown");
    await endBidding(world, trade);
    await postDecisions(world, trade, [trade.decision]);
    const { decision: session, opening } = trade;
    const proof = decisionProof([session], session);
    await startSession(market, vehicle.signer, { opening, proof });
    await plugInSession(market, vehicle.signer, session);
    const shown = (): ReturnType<typeof sessionFacts> =>
      sessionFacts({ market, now: () => nowSeconds(world), state: stateIn(folder) }, session);
    const kept = `--state ${folder}`;
    expect(await shown()).to.include({
      state: "opened",
      next: `pile: npx hardhat session authorise --as PILE`,
    });

    const { deadline } = await knownSession(market, session);
    await connection.networkHelpers.time.increaseTo(deadline);
    expect(await shown()).to.include({
      state: "opened",
      next: `anybody: npx hardhat session expire --as NAME ${kept}`,
    });
    await expireSession(market, stranger, session);
    expect(await shown()).to.include({
      state: "expired",
      next: `vehicle, if it was there in time: npx hardhat reputation rate --rating 1 --as VEHICLE`,
    });
  });
});
