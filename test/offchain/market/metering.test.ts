/**
 * A simulated meter on the market: what it signs, what it keeps first, and what it refuses to
 * measure.
 */
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { marksOf, parseRecord } from "../../../offchain/core/meter/ocmfRecord.ts";
import { sessionName } from "../../../offchain/core/meter/sessionName.ts";
import { installMeter, measureSession } from "../../../offchain/market/metering.ts";
import { knownSession } from "../../../offchain/market/sessions.ts";
import { memoryMeters } from "../../../offchain/parties/pile/meterStore.ts";
import {
  anHour,
  chargingSessions,
  METER,
  meteredPile,
  refusalIn,
  type MeteredPile,
} from "../../support/market/charging.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { commitTrade } from "../../support/market/trade.ts";
import { counterRng } from "../../support/primitives/draws.ts";

async function stageWithSession(
  connection: NetworkConnection,
): Promise<{ readonly world: MarketWorld; readonly sessions: readonly Bytes32[] }> {
  const world = await populatedWorld(connection);
  return { world, sessions: await chargingSessions(world, 1) };
}

describe("measuring a session", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let session: Bytes32;
  let pile: MeteredPile;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    const stage = await connection.networkHelpers.loadFixture(stageWithSession);
    world = stage.world;
    [session = ""] = stage.sessions;
    pile = await meteredPile(world);
  });

  it("signs the session's name, begin and end, from plugging in for as long as it takes", async () => {
    const measured = await measureSession(world.market, pile, anHour(session, { seconds: null }));
    const [text = ""] = measured.records;
    const record = parseRecord(text);
    expect(record.fields.ID).to.equal(sessionName(session));
    expect(marksOf(record)).to.deep.equal(["B", "E"]);
    const times = record.readings.map(({ TM }) => momentOf(TM));
    const { pluggedInAt } = await knownSession(world.market, session);
    // 6,000 Wh at 11,000 W.
    expect(times).to.deep.equal([Number(pluggedInAt), Number(pluggedInAt) + 1_964]);
    expect(measured.endMilliWh - measured.beginMilliWh).to.equal(6_000_000n);
    expect(await pile.store.recordsOf(session)).to.deep.equal(measured.records);
  });

  it("counts on from session to session, and never signs a number twice", async () => {
    const first = await measureSession(world.market, pile, anHour(session));
    const second = await measureSession(world.market, pile, anHour(session));
    expect(second.pagination).to.equal(first.pagination + 1n);
    expect(second.beginMilliWh).to.equal(first.endMilliWh);
  });

  it("signs a number once, also of two runs at once: the other one keeps no record", async () => {
    const kept: (readonly string[])[] = [];
    let looking = 0;
    const store = {
      ...pile.store,
      // Neither goes on before both know the meter.
      meterNamed: async (name: string) => {
        const meter = await pile.store.meterNamed(name);
        looking += 1;
        while (looking < 2) await setImmediate();
        return meter;
      },
      keepRecords: (_session: Bytes32, records: readonly string[]) => {
        kept.push(records);
        return Promise.resolve();
      },
    };
    const outcomes = await Promise.all(
      [6_000n, 7_000n].map((energyWh) =>
        refusalIn(() =>
          measureSession(world.market, { ...pile, store }, anHour(session, { energyWh })),
        ),
      ),
    );
    expect(outcomes.toSorted()).to.deep.equal(["E_METER_BUSY", "accepted"]);
    expect(kept).to.have.length(1);
    expect((await pile.store.meterNamed(METER))?.pagination).to.equal(1n);
  });

  it("keeps the meter before the records: what is interrupted is a gap and no fraud", async () => {
    const store = {
      ...pile.store,
      keepRecords: () => Promise.reject(new Error("the disk is full")),
    };
    const interrupted = measureSession(world.market, { ...pile, store }, anHour(session));
    expect(await interrupted.catch(String)).to.equal("Error: the disk is full");
    expect((await pile.store.meterNamed(METER))?.pagination).to.equal(1n);
  });

  it("refuses what it cannot or must not measure, and counts nothing", async () => {
    const { decision } = await commitTrade(world, "not opened");
    const other = { ...pile, wallet: world.otherPile.signer };
    const refusals = [
      await refusalIn(() => measureSession(world.market, pile, anHour(decision))),
      await refusalIn(() => measureSession(world.market, other, anHour(session))),
      await refusalIn(() => measureSession(world.market, pile, anHour(session, { meter: "none" }))),
      await refusalIn(() => measureSession(world.market, pile, anHour(session, { energyWh: -1n }))),
      await refusalIn(() => measureSession(world.market, pile, anHour(session, { seconds: -1 }))),
      await refusalIn(() =>
        measureSession(
          world.market,
          pile,
          anHour(session, { energyWh: 10n ** 19n, seconds: null }),
        ),
      ),
    ];
    expect(refusals).to.deep.equal([
      "E_SESSION_UNKNOWN",
      "SessionNotParty",
      "E_METER_UNKNOWN",
      "E_METERED",
      "E_METERED",
      "E_METERED",
    ]);
    expect((await pile.store.meterNamed(METER))?.pagination).to.equal(0n);
  });
});

describe("installing a meter", () => {
  it("gives it a serial number that says nothing of its pile, the same form for all", async () => {
    const store = memoryMeters();
    const meter = await installMeter(store, "paul", "secp256k1", counterRng("install"), 5n);
    expect(meter.serial).to.match(/^sim-[0-9a-f]{12}$/);
    expect(meter.importMilliWh).to.equal(5n);
    expect(await store.meterNamed("paul")).to.equal(meter);
  });

  it("never replaces one", async () => {
    const store = memoryMeters();
    const first = await installMeter(store, "paul", "secp256r1", counterRng("first"));
    const again = () => installMeter(store, "paul", "secp256r1", counterRng("second"));
    expect(await refusalIn(again)).to.equal("E_METER_EXISTS");
    expect(await store.meterNamed("paul")).to.equal(first);
  });
});

/** Unix seconds of an OCMF time. */
function momentOf(time: unknown): number {
  const text = String(time)
    .replace(",", ".")
    .replace(/ S$/, "")
    .replace(/(\d\d)$/, ":$1");
  return Date.parse(text) / 1000;
}
