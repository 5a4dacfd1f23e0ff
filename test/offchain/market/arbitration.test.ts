/**
 * Disputes: what arbiters give each side, who counts as one, and what is paid when nobody rules.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32, Ruling } from "../../../offchain/core/messages/market.ts";
import { ruleOnSession, type Bench } from "../../../offchain/market/arbitration.ts";
import { measureSession } from "../../../offchain/market/metering.ts";
import {
  disputeSession,
  finaliseSession,
  knownSession,
  sessionVenue,
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
import { quorumSignature } from "../../../offchain/core/messages/quorumSignature.ts";
import { signRuling } from "../../../offchain/core/messages/ruling.ts";

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

    describe("of whom one hands on what is no signature of its own", () => {
      /** Of the true signature: v as some wallets write it, another's, bytes that are none. */
      const LIES: Readonly<Record<string, (own: string, others: string) => string>> = {
        "another form": (own) => `${own.slice(0, -2)}${own.endsWith("1b") ? "00" : "01"}`,
        "another's": (_own, others) => others,
        "no signature": () => `0x${"11".repeat(65)}`,
      };
      const ruling = (): Ruling => ({ sessionId: session, amount: RULED_UNITS });
      const lieOf = async (lie: string): Promise<string> => {
        const venue = await sessionVenue(world.market);
        const [own = "", others = ""] = await Promise.all(
          arbiters.map((arbiter) => signRuling(arbiter, venue, ruling())),
        );
        return LIES[lie]?.(own, others) ?? "";
      };

      it("is ruled by two arbiters, and not by one and a stranger", async () => {
        await dispute();
        const { stranger, market } = world;
        const signature = await signRuling(stranger, await sessionVenue(market), ruling());
        await store.addRuling(ruling(), stranger.address, signature);
        expect(await rule(1, RULED_UNITS)).to.equal(1);
        expect(await rule(2, RULED_UNITS)).to.equal(0);
        expect(await freeUnits()).to.deep.equal([FUNDS - RULED_UNITS, FUNDS + RULED_UNITS]);
      });

      for (const lie of Object.keys(LIES)) {
        it(`is ruled by the two others: ${lie}`, async () => {
          await dispute();
          await store.addRuling(ruling(), bench.arbiters[0] ?? "", await lieOf(lie));
          expect(await rule(1, RULED_UNITS)).to.equal(1);
          expect(await rule(2, RULED_UNITS)).to.equal(0);
          expect(await freeUnits()).to.deep.equal([FUNDS - RULED_UNITS, FUNDS + RULED_UNITS]);
        });

        it(`would be ruled by nobody if all that is handed on were sent: ${lie}`, async () => {
          await dispute();
          const venue = await sessionVenue(world.market);
          const signatures = new Map([[bench.arbiters[0] ?? "", await lieOf(lie)]]);
          for (const arbiter of arbiters.slice(1)) {
            signatures.set(arbiter.address, await signRuling(arbiter, venue, ruling()));
          }
          const { sessions } = world.market.contracts;
          const sent = sessions
            .connect(world.stranger)
            .rule.staticCall(ruling(), quorumSignature(signatures));
          await expect(sent).to.be.revertedWithCustomError(sessions, "SessionBadSignature");
        });
      }
    });
  });
});
