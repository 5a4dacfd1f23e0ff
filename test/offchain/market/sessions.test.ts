/**
 * The steps that one party takes alone: who may take them, and what a session that stops on the way
 * costs whom.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  authoriseSession,
  expireSession,
  knownSession,
  plugInSession,
  startSession,
} from "../../../offchain/market/sessions.ts";
import { decisionProof } from "../../../offchain/core/messages/decisionTree.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { commitTrade, endBidding, postDecisions, type Trade } from "../../support/market/trade.ts";

interface Stage {
  readonly world: MarketWorld;
  readonly trade: Trade;
}

async function stageWithDecision(connection: NetworkConnection): Promise<Stage> {
  const world = await populatedWorld(connection);
  const trade = await commitTrade(world, "a trade");
  await endBidding(world, trade);
  await postDecisions(world, trade, [trade.decision]);
  return { world, trade };
}

/** What everybody has in the escrow before a trade, and what each locks for it, token units. */
const FUNDS = 1_000_000_000n;
const BOND = 5_000_000n;

describe("a session, step by step", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let trade: Trade;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    ({ world, trade } = await connection.networkHelpers.loadFixture(stageWithDecision));
  });

  type By = MarketWorld["stranger"];
  const start = (by: By): Promise<void> =>
    startSession(world.market, by, {
      opening: trade.opening,
      proof: decisionProof([trade.decision], trade.decision),
    });
  const authorise = (by: By): Promise<void> => authoriseSession(world.market, by, trade.decision);
  const plugIn = (by: By): Promise<void> => plugInSession(world.market, by, trade.decision);
  const expire = (): Promise<void> => expireSession(world.market, world.stranger, trade.decision);
  const passDeadline = async (): Promise<void> => {
    const { deadline } = await knownSession(world.market, trade.decision);
    await connection.networkHelpers.time.increaseTo(deadline);
  };
  const freeUnits = async ({ signer }: MarketWorld["pile"]): Promise<bigint> =>
    (await world.market.contracts.escrow.balanceOf(signer.address)).free;

  it("is opened by either party, authorised by the pile, plugged in by the vehicle", async () => {
    const { vehicle, pile, stranger } = world;
    expect(await refusalIn(() => start(stranger))).to.equal("SessionNotParty");
    await start(pile.signer);
    expect(await refusalIn(() => plugIn(vehicle.signer))).to.equal("SessionWrongState");
    expect(await refusalIn(() => authorise(vehicle.signer))).to.equal("SessionNotParty");
    await authorise(pile.signer);
    expect(await refusalIn(() => plugIn(pile.signer))).to.equal("SessionNotParty");
    await plugIn(vehicle.signer);
    expect(await knownSession(world.market, trade.decision)).to.include({
      state: "charging",
      vehicle: vehicle.signer.address,
      pile: pile.signer.address,
      bondUnits: BOND,
    });
  });

  it("costs the pile its bond if it does not authorise, by anybody's call, after the deadline", async () => {
    await start(world.vehicle.signer);
    expect(await refusalIn(expire)).to.equal("SessionTooEarly");
    await passDeadline();
    await expire();
    expect(await freeUnits(world.pile)).to.equal(FUNDS - BOND);
    expect(await freeUnits(world.vehicle)).to.equal(FUNDS + BOND);
    expect(await refusalIn(expire)).to.equal("SessionOver");
  });

  it("costs the vehicle a fee if it does not come", async () => {
    await start(world.vehicle.signer);
    await authorise(world.pile.signer);
    await passDeadline();
    await expire();
    const feeUnits = FUNDS - (await freeUnits(world.vehicle));
    expect(feeUnits > 0n).to.equal(true);
    expect(await freeUnits(world.pile)).to.equal(FUNDS + feeUnits);
  });

  it("costs nobody anything if the pile does not settle", async () => {
    await start(world.vehicle.signer);
    await authorise(world.pile.signer);
    await plugIn(world.vehicle.signer);
    await passDeadline();
    await expire();
    expect(await freeUnits(world.vehicle)).to.equal(FUNDS);
    expect(await freeUnits(world.pile)).to.equal(FUNDS);
  });
});
