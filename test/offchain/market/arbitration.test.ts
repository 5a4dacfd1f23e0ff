/**
 * Disputes: what arbiters give each side, who counts as one, and what is paid when nobody rules.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { send } from "../../../offchain/chain/market.ts";
import { quorumSignature } from "../../../offchain/core/messages/quorumSignature.ts";
import { signRuling } from "../../../offchain/core/messages/ruling.ts";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { ruleOnSession, type Bench } from "../../../offchain/market/arbitration.ts";
import { measureSession } from "../../../offchain/market/metering.ts";
import {
  disputeSession,
  finaliseSession,
  knownSession,
} from "../../../offchain/market/sessions.ts";
import { settleSession } from "../../../offchain/market/settlement.ts";
import { memoryRulings, type RulingStore } from "../../../offchain/parties/arbiter/rulingStore.ts";
import {
  anHour,
  chargingSessions,
  METERED_UNITS,
  meteredPile,
  refusalIn,
} from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";

const DISPUTE_SECONDS = 3_600;
const ARBITRATION_SECONDS = 7_200;
const RULED_UNITS = 1_000_000n;
const WINDOWS = { disputeSeconds: DISPUTE_SECONDS, arbitrationSeconds: ARBITRATION_SECONDS };

interface Metered {
  readonly world: MarketWorld;
  readonly session: Bytes32;
  readonly arbiters: readonly MarketWorld["stranger"][];
}

async function judgedByOne(connection: NetworkConnection): Promise<Metered> {
  const [arbiter] = await arbitersOf(connection);
  if (arbiter === undefined) throw new Error("judgedByOne: expected an account");
  return metered(connection, [arbiter], 1);
}

async function judgedByTwoOfThree(connection: NetworkConnection): Promise<Metered> {
  const arbiters = await arbitersOf(connection);
  return metered(connection, arbiters, 2);
}

async function arbitersOf({
  ethers,
}: NetworkConnection): Promise<readonly MarketWorld["stranger"][]> {
  return (await ethers.getSigners()).slice(10, 13);
}

async function metered(
  connection: NetworkConnection,
  arbiters: Metered["arbiters"],
  quorum: number,
): Promise<Metered> {
  const bench = { arbiters: arbiters.map(({ address }) => address), quorum };
  const world = await populatedWorld(connection, undefined, { ...WINDOWS, ...bench });
  const [session = ""] = await chargingSessions(world, 1);
  const pile = await meteredPile(world);
  await measureSession(world.market, pile, anHour(session));
  await settleSession(world.market, pile, { session, records: null, key: null });
  return { world, session, arbiters };
}

describe("a dispute", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let session: Bytes32;
  let bench: Bench;
  let store: RulingStore;
  let arbiters: Metered["arbiters"];

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());

  const begin = async (stage: (at: NetworkConnection) => Promise<Metered>): Promise<void> => {
    ({ world, session, arbiters } = await connection.networkHelpers.loadFixture(stage));
    const quorum = arbiters.length === 1 ? 1 : 2;
    bench = { arbiters: arbiters.map(({ address }) => address), quorum };
    store = memoryRulings();
  };

  const rule = (place: number, amountUnits: bigint): Promise<number> =>
    ruledBy(arbiters[place] ?? world.stranger, amountUnits);
  const ruledBy = (arbiter: MarketWorld["stranger"], amountUnits: bigint): Promise<number> => {
    const desk = { arbiter, store, relayer: world.stranger };
    return ruleOnSession(world.market, bench, desk, { session, amountUnits });
  };
  const dispute = (): Promise<void> => disputeSession(world.market, world.vehicle.signer, session);
  const finalise = (): Promise<void> => finaliseSession(world.market, world.stranger, session);
  const freeUnits = async (): Promise<readonly bigint[]> => {
    const { escrow } = world.market.contracts;
    const accounts = [world.vehicle, world.pile].map(({ signer }) => signer.address);
    const balances = await Promise.all(accounts.map((account) => escrow.balanceOf(account)));
    return balances.map(({ free }) => free);
  };
  const FUNDS = 1_000_000_000n;

  describe("before one arbiter", () => {
    beforeEach(() => begin(judgedByOne));

    it("gives the pile what was ruled, and the vehicle the rest", async () => {
      await dispute();
      expect(await rule(0, RULED_UNITS)).to.equal(0);
      expect(await knownSession(world.market, session)).to.include({
        state: "settled",
        amountUnits: RULED_UNITS,
      });
      expect(await freeUnits()).to.deep.equal([FUNDS - RULED_UNITS, FUNDS + RULED_UNITS]);
    });

    it("ends with what was metered when nobody rules in time, and not before", async () => {
      await dispute();
      expect(await refusalIn(finalise)).to.equal("SessionTooEarly");
      await connection.networkHelpers.time.increase(ARBITRATION_SECONDS);
      expect(await refusalIn(() => rule(0, RULED_UNITS))).to.equal("SessionTooLate");
      await finalise();
      expect(await freeUnits()).to.deep.equal([FUNDS - METERED_UNITS, FUNDS + METERED_UNITS]);
    });

    it("comes too late after its window, which pays what was metered", async () => {
      await connection.networkHelpers.time.increase(DISPUTE_SECONDS);
      expect(await refusalIn(dispute)).to.equal("SessionTooLate");
      await finalise();
      expect((await knownSession(world.market, session)).amountUnits).to.equal(METERED_UNITS);
    });

    it("is ruled on by nobody but the arbiter, within what was metered, and once disputed", async () => {
      expect(await refusalIn(() => rule(0, RULED_UNITS))).to.equal("SessionWrongState");
      await dispute();
      expect(await refusalIn(() => ruledBy(world.stranger, RULED_UNITS))).to.equal("E_NOT_ARBITER");
      expect(await refusalIn(() => rule(0, METERED_UNITS + 1n))).to.equal("SessionRulingTooHigh");
      expect(await refusalIn(() => rule(0, -1n))).to.equal("E_RULING");
      expect(await refusalIn(() => rule(0, METERED_UNITS))).to.equal("accepted");
    });
  });

  describe("before two of three", () => {
    beforeEach(() => begin(judgedByTwoOfThree));

    it("is ruled when two have signed the same amount", async () => {
      await dispute();
      expect(await rule(0, RULED_UNITS)).to.equal(1);
      // The same arbiter again is not a second one, and another amount does not count for this one.
      expect(await rule(0, RULED_UNITS)).to.equal(1);
      expect(await rule(2, 0n)).to.equal(1);
      expect((await knownSession(world.market, session)).state).to.equal("disputed");
      expect(await rule(2, RULED_UNITS)).to.equal(0);
      expect(await freeUnits()).to.deep.equal([FUNDS - RULED_UNITS, FUNDS + RULED_UNITS]);
    });

    it("is ruled by two also when the third hands in junk, or a stranger anything", async () => {
      await dispute();
      const [, , liar = world.stranger] = arbiters;
      const ruling = { sessionId: session, amount: RULED_UNITS };
      await store.addRuling(ruling, liar.address, "0x00");
      await store.addRuling(ruling, world.stranger.address, "0x00");
      expect(await rule(0, RULED_UNITS), "junk is no second signature").to.equal(1);
      // Straw man: who sends along whatever came is refused.
      const { sessions } = world.market.contracts;
      const venue = { chainId: world.market.chainId, sessions: await sessions.getAddress() };
      const given = await Promise.all(
        arbiters.map(async (one) => [one.address, await signRuling(one, venue, ruling)] as const),
      );
      const all = quorumSignature(new Map([...given, [liar.address, "0x00"]]));
      const relay = (): Promise<unknown> => send(world.market, sessions.rule(ruling, all));
      expect(await refusalIn(relay)).to.equal("SessionBadSignature");
      expect(await rule(1, RULED_UNITS)).to.equal(0);
      expect(await freeUnits()).to.deep.equal([FUNDS - RULED_UNITS, FUNDS + RULED_UNITS]);
    });
  });
});
