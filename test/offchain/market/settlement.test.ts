/**
 * Settlement on what a meter has signed: how the meter is found, and everything that is refused
 * before it is sent.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { chainKey, meterKeyId } from "../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../offchain/core/meter/ocmfRecord.ts";
import { newMeter } from "../../../offchain/core/meter/simulatedMeter.ts";
import { eventsOf } from "../../../offchain/chain/events.ts";
import { chainSeconds, send } from "../../../offchain/chain/market.ts";
import { measureSession } from "../../../offchain/market/metering.ts";
import { revokeMeter } from "../../../offchain/market/meters.ts";
import { finaliseSession, knownSession } from "../../../offchain/market/sessions.ts";
import {
  confirmBegin,
  NO_CONFIRMATION,
  settleSession,
  type RecordsToSettle,
} from "../../../offchain/market/settlement.ts";
import { memoryConfirmations } from "../../../offchain/parties/owner/registerStore.ts";
import { memoryMeters } from "../../../offchain/parties/pile/meterStore.ts";
import {
  anHour,
  certifiedMeterIn,
  chargingSessions,
  ENERGY_WH,
  METER,
  METERED_UNITS,
  meteredPile,
  refusalBeforehand,
  refusalIn,
  sentBy,
  type MeteredPile,
} from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { commitTrade, endBidding, postDecisions } from "../../support/market/trade.ts";
import { counterRng } from "../../support/primitives/draws.ts";

interface Stage {
  readonly world: MarketWorld;
  readonly sessions: readonly Bytes32[];
}

const DAY_SECONDS = 86_400;

async function stageWithSessions(connection: NetworkConnection): Promise<Stage> {
  const world = await populatedWorld(connection);
  return { world, sessions: await chargingSessions(world, 2) };
}

describe("settling a session", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let session: Bytes32;
  let other: Bytes32;
  let pile: MeteredPile;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    const stage = await connection.networkHelpers.loadFixture(stageWithSessions);
    world = stage.world;
    [session = "", other = ""] = stage.sessions;
    pile = await meteredPile(world);
  });

  const settle = (values: Partial<RecordsToSettle> = {}, desk = pile): Promise<unknown> =>
    settleSession(world.market, desk, { session, records: null, key: null, ...values });

  const measure = (values: Parameters<typeof anHour>[1] = {}): Promise<unknown> =>
    measureSession(world.market, pile, anHour(session, values));

  /** Expects the refusal, and that nothing was sent and no record spent. */
  const expectRefused = async (reason: string, action: () => Promise<unknown>): Promise<void> => {
    const sent = await sentBy(world, world.pile.signer);
    expect(await refusalBeforehand(action)).to.equal(reason);
    expect(await sentBy(world, world.pile.signer)).to.equal(sent);
    const { meters } = world.market.contracts;
    const consumed = await eventsOf(meters, meters.filters.RecordsConsumed(undefined, session));
    expect(consumed).to.deep.equal([]);
  };

  it("pays for the energy that the meter of the pile has signed", async () => {
    await measure();
    const { transaction, namesSession } = await settleSession(world.market, pile, {
      ...{ session, records: null, key: null },
    });
    expect(transaction.energyWh).to.equal(ENERGY_WH);
    expect(namesSession).to.equal(true);
    expect(await knownSession(world.market, session)).to.include({
      state: "settled",
      energyWh: ENERGY_WH,
      amountUnits: METERED_UNITS,
    });
  });

  it("hands over no bytes for a confirmation where the meter signs the session's name", async () => {
    await measure();
    await settle();
    const { sessions } = world.market.contracts;
    const latest = await world.market.provider.getBlock("latest", true);
    const data = latest?.prefetchedTransactions[0]?.data ?? "";
    const [, , , confirmation] = sessions.interface.decodeFunctionData("settle", data);
    expect(confirmation).to.equal(NO_CONFIRMATION);
    expect(NO_CONFIRMATION).to.equal("0x");
  });

  it("finds the meter among several of the pile by its signature, also an older one", async () => {
    await certifiedMeterIn(world, pile, "newer");
    await measure();
    const { keyId } = await settleSession(world.market, pile, {
      ...{ session, records: null, key: null },
    });
    expect(keyId).to.equal(meterKeyId(chainKey(pile.key)));
  });

  it("settles on two records, and on records and a key that are handed in", async () => {
    const { records } = await measureSession(
      world.market,
      pile,
      anHour(session, { records: "two" }),
    );
    const desk = { ...pile, store: memoryMeters() };
    const handedIn = { session, records: records.map(parseRecord), key: pile.key };
    await settleSession(world.market, desk, handedIn);
    expect((await knownSession(world.market, session)).amountUnits).to.equal(METERED_UNITS);
  });

  it("settles once", async () => {
    await measure();
    await settle();
    expect(await refusalIn(settle)).to.equal("SessionWrongState");
    expect(await refusalIn(() => finaliseSession(world.market, world.stranger, session))).to.equal(
      "SessionWrongState",
    );
  });

  describe("is refused before it is sent", () => {
    it("for a session that was never opened", async () => {
      const unknown = () => settle({ session: id("no session") });
      await expectRefused("E_SESSION_UNKNOWN", unknown);
    });

    it("for a session that is not charging", async () => {
      const trade = await commitTrade(world, "not plugged in");
      await endBidding(world, trade);
      await postDecisions(world, trade, [trade.decision]);
      const { sessions } = world.market.contracts;
      const { decision, opening } = trade;
      await send(world.market, sessions.connect(world.vehicle.signer).start(opening, []));
      await expectRefused("SessionWrongState", () => settle({ session: decision }));
    });

    it("by anybody but the session's pile", async () => {
      await measure();
      const stranger = { ...pile, wallet: world.otherPile.signer };
      await expectRefused("SessionNotParty", () => settle({}, stranger));
    });

    it("after the session's deadline", async () => {
      await measure();
      const { deadline } = await knownSession(world.market, session);
      await connection.networkHelpers.time.increaseTo(deadline);
      await expectRefused("SessionTooLate", settle);
    });

    it("without records", async () => {
      await expectRefused("E_RECORDS_MISSING", settle);
      await expectRefused("MeterRecordCount", () => settle({ records: [], key: pile.key }));
    });

    it("without a meter that is certified for the pile", async () => {
      const uncertified = newMeter("secp256r1", "another", counterRng("another"));
      await measure();
      const named = { records: null, key: uncertified.publicKey };
      await expectRefused("MeterUnknownKey", () => settle(named));
      const store = memoryMeters();
      await store.installMeter(METER, uncertified);
      const desk = { ...pile, store };
      await measureSession(world.market, desk, anHour(session));
      await expectRefused("MeterBadSignature", () => settle({}, desk));
    });

    it("with a key that was revoked", async () => {
      await measure();
      await revokeMeter(world.market, world.authority, meterKeyId(chainKey(pile.key)));
      await expectRefused("MeterKeyRevoked", settle);
    });

    it("with a certificate that has ended", async () => {
      const store = memoryMeters();
      const desk = { ...pile, store };
      await certifiedMeterIn(world, desk, "short", 1);
      await measureSession(world.market, desk, anHour(session, { meter: "short" }));
      const now = await chainSeconds(world.market);
      await connection.networkHelpers.time.increaseTo(now + DAY_SECONDS);
      expect((await knownSession(world.market, session)).deadline > now + DAY_SECONDS).to.equal(
        true,
      );
      await expectRefused("MeterKeyNotInForce", () => settle({}, desk));
    });

    it("with records that another session was settled on", async () => {
      const { records } = await measureSession(world.market, pile, anHour(other));
      await settle({ session: other });
      await expectRefused("MeterPaginationSpent", () =>
        settle({ records: records.map(parseRecord) }),
      );
    });

    it("with more energy than the socket carries", async () => {
      await measure({ energyWh: 30_000n });
      await expectRefused("MeterTooMuchEnergy", settle);
    });

    it("with a record that names no session and that the vehicle has not confirmed", async () => {
      await measure({ named: false });
      await expectRefused("SessionBadSignature", settle);
    });

    it("with a confirmation of another begin", async () => {
      await measure({ named: false });
      const confirming = { wallet: world.vehicle.signer, store: pile.store };
      const found = {
        meterKeyId: meterKeyId(chainKey(pile.key)),
        pagination: 1n,
        registerMilliWh: 1n,
      };
      await confirmBegin(world.market, confirming, session, found);
      await expectRefused("SessionBadSignature", settle);
    });
  });

  describe("on a meter that names no session", () => {
    it("is confirmed by the vehicle from a record, and by nobody else", async () => {
      const unnamed = anHour(session, { named: false });
      const { records } = await measureSession(world.market, pile, unnamed);
      const [record = ""] = records;
      const found = { record: parseRecord(record) };
      const confirm = (wallet: MarketWorld["stranger"]): Promise<unknown> =>
        confirmBegin(world.market, { wallet, store: pile.store }, session, found);
      expect(await refusalIn(() => confirm(world.pile.signer))).to.equal("SessionNotParty");
      await confirm(world.vehicle.signer);
      await settle();
      expect((await knownSession(world.market, session)).amountUnits).to.equal(METERED_UNITS);
    });

    it("confirms no record of a foreign meter, and none without a begin", async () => {
      const store = memoryConfirmations();
      const desk = { wallet: world.vehicle.signer, store };
      const unnamed = anHour(session, { named: false, records: "two" });
      const { records } = await measureSession(world.market, pile, unnamed);
      const confirm = (text = ""): Promise<unknown> =>
        confirmBegin(world.market, desk, session, { record: parseRecord(text) });
      expect(await refusalIn(() => confirm(records[1]))).to.equal("MeterNotATransaction");

      const elsewhere = memoryMeters();
      await elsewhere.installMeter(METER, newMeter("secp256r1", "x", counterRng("x")));
      const foreign = await measureSession(world.market, { ...pile, store: elsewhere }, unnamed);
      expect(await refusalIn(() => confirm(foreign.records[0]))).to.equal("MeterBadSignature");
      expect(await store.confirmationOf(session)).to.equal(undefined);
    });
  });
});
