/**
 * The steps that one party takes alone: who may take them, and what a session that stops on the way
 * costs whom.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  authoriseSession,
  chargingTime,
  expireSession,
  knownSession,
  plugInSession,
  startSession,
  unplugSession,
  unpluggedAt,
  waiveSession,
} from "../../../offchain/market/sessions.ts";
import { ratingAllowed } from "../../../offchain/market/reputation.ts";
import { decisionProof } from "../../../offchain/core/messages/decisionTree.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
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

  it("is opened by the vehicle, authorised by the pile, plugged in by the vehicle", async () => {
    const { vehicle, pile, stranger } = world;
    for (const other of [stranger, pile.signer]) {
      expect(await refusalIn(() => start(other))).to.equal("SessionNotParty");
    }
    await start(vehicle.signer);
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

  it("begins to charge in either order, and the vehicle plugs in once", async () => {
    const { vehicle, pile } = world;
    await start(vehicle.signer);
    await plugIn(vehicle.signer);
    const waiting = await knownSession(world.market, trade.decision);
    expect(waiting).to.include({ state: "opened" });
    expect(waiting.pluggedInAt).to.equal(BigInt(await nowSeconds(world)));
    expect(await refusalIn(() => plugIn(vehicle.signer))).to.equal("SessionPluggedIn");
    await authorise(pile.signer);
    const { state, pluggedInAt } = await knownSession(world.market, trade.decision);
    expect(state).to.equal("charging");
    // Of what flowed while the vehicle waited nothing is its own.
    expect(pluggedInAt).to.equal(BigInt(await nowSeconds(world)));
    expect(pluggedInAt > waiting.pluggedInAt).to.equal(true);
  });

  it("costs the pile its bond if the vehicle is there and the pile does not authorise", async () => {
    const { vehicle, pile } = world;
    await start(vehicle.signer);
    await plugIn(vehicle.signer);
    await passDeadline();
    expect(await refusalIn(() => authorise(pile.signer))).to.equal("SessionTooLate");
    await expire();
    expect(await freeUnits(vehicle)).to.equal(FUNDS + BOND);
    const known = await knownSession(world.market, trade.decision);
    expect(await ratingAllowed(world.market, known)).to.include({ most: 1 });
  });

  it("is charged for until the vehicle has left, or until now", async () => {
    const { vehicle, pile } = world;
    const { time } = connection.networkHelpers;
    const charged = async (): Promise<number> => {
      const known = await knownSession(world.market, trade.decision);
      return (await chargingTime(world.market, known, (await nowSeconds(world)) + 7)).endedAt;
    };
    const unplug = (by: By): Promise<void> => unplugSession(world.market, by, trade.decision);
    await start(vehicle.signer);
    await authorise(pile.signer);
    expect(await refusalIn(() => unplug(vehicle.signer))).to.equal("SessionWrongState");
    await plugIn(vehicle.signer);
    await time.increase(600);
    expect(await charged()).to.equal((await nowSeconds(world)) + 7);
    expect(await refusalIn(() => unplug(pile.signer))).to.equal("SessionNotParty");
    await unplug(vehicle.signer);
    const left = await nowSeconds(world);
    await time.increase(600);
    expect(await charged()).to.equal(left);
    const known = await knownSession(world.market, trade.decision);
    expect(known.state).to.equal("unplugged");
    expect(await unpluggedAt(world.market, known)).to.equal(BigInt(left));
    expect(await refusalIn(() => unplug(vehicle.signer))).to.equal("SessionWrongState");
    // Another deadline, or none, does not make it forgotten.
    await waiveSession(world.market, pile.signer, trade.decision);
    const over = await knownSession(world.market, trade.decision);
    expect(over.state).to.equal("expired");
    expect(await unpluggedAt(world.market, over)).to.equal(BigInt(left));
  });

  it("ends at once and costs nobody anything if the pile waives its claim", async () => {
    const { vehicle, pile } = world;
    const waive = (by: By): Promise<void> => waiveSession(world.market, by, trade.decision);
    await start(vehicle.signer);
    await authorise(pile.signer);
    expect(await refusalIn(() => waive(pile.signer))).to.equal("SessionWrongState");
    await plugIn(vehicle.signer);
    expect(await refusalIn(() => waive(vehicle.signer))).to.equal("SessionNotParty");
    await waive(pile.signer);
    expect(await knownSession(world.market, trade.decision)).to.include({ state: "expired" });
    expect(await freeUnits(vehicle)).to.equal(FUNDS);
    expect(await freeUnits(pile)).to.equal(FUNDS);
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
