/**
 * The times of a session, TypeScript against the registry: one second inside and outside of every
 * bound, by a synchronised clock and by one that is not, and one step of the register around the
 * energy that the socket can carry in the time.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { certifyMeter } from "../../offchain/core/meter/meterCertificate.ts";
import { chainKey } from "../../offchain/core/meter/meterKey.ts";
import { parseRecord, type OcmfRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { encodeRecord } from "../../offchain/core/meter/prepareRecord.ts";
import { prepareSettlement } from "../../offchain/core/meter/prepareSettlement.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import {
  CLOCK_TOLERANCE_SECONDS,
  CONTRACT_ERRORS,
  RefusedRecordError,
  type Limits,
} from "../../offchain/core/meter/settlementRules.ts";
import {
  meterTransaction,
  newMeter,
  type MeteredTransaction,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { refusalOf } from "../../offchain/chain/refusal.ts";
import { send } from "../../offchain/chain/market.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { counterRng } from "../support/primitives/draws.ts";

const SESSION = id("a session");
const METER = newMeter("secp256r1", "0815", counterRng("session times"));
const RATED_W = 22_000;
const HOUR = 3_600;
const NOON = Date.UTC(2031, 4, 17, 12) / 1000;
const LIMITS: Limits = {
  ratedPowerW: BigInt(RATED_W),
  pluggedInAt: NOON,
  endedAt: NOON + HOUR,
  lastPagination: 0n,
};
const EARLIEST = NOON - CLOCK_TOLERANCE_SECONDS;
const LATEST = NOON + HOUR + CLOCK_TOLERANCE_SECONDS;
/** What the meter writes down: a tenth of a Wh. */
const STEP_MILLI_WH = 100n;
/** At rated power, with the second and the Wh that whole seconds and whole Wh can hide. */
const mostMilliWh = (seconds: number): bigint => {
  const most = (BigInt(RATED_W) * BigInt(seconds * 1000 + 1000)) / 3600n + 1000n;
  return most - (most % STEP_MILLI_WH);
};

type Charge = Partial<Pick<MeteredTransaction, "importMilliWh" | "clock" | "records">> & {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
};
type Row = readonly [what: string, charge: Charge, said: string, limits?: Partial<Limits>];

const OUTSIDE = "MeterOutsideSession";
const TOO_MUCH = "MeterTooMuchEnergy";
const TABLE: readonly Row[] = [
  ["the session itself", { from: NOON, to: NOON + HOUR }, "accepted"],
  ["a begin at the tolerance", { from: EARLIEST, to: NOON }, "accepted"],
  ["a begin one second before it", { from: EARLIEST - 1, to: NOON }, OUTSIDE],
  ["a begin one second within", { from: EARLIEST + 1, to: NOON }, "accepted"],
  ["an end at the tolerance", { from: NOON, to: LATEST }, "accepted"],
  ["an end one second behind it", { from: NOON, to: LATEST + 1 }, OUTSIDE],
  ["an end one second within", { from: NOON, to: LATEST - 1 }, "accepted"],
  ["both at the tolerance", { from: EARLIEST, to: LATEST }, "accepted"],
  ["both outside", { from: EARLIEST - 1, to: LATEST + 1 }, OUTSIDE],
  ["both outside, in two records", { from: EARLIEST - 1, to: LATEST, records: "two" }, OUTSIDE],
  ["both at the tolerance, in two", { from: EARLIEST, to: LATEST, records: "two" }, "accepted"],
  ["the year before", { from: NOON - 365 * 86_400, to: NOON - 364 * 86_400 }, OUTSIDE],
  [
    "all that the socket carries in the record's own time",
    { from: NOON, to: NOON + HOUR, importMilliWh: mostMilliWh(HOUR) },
    "accepted",
  ],
  [
    "a step of the register more",
    { from: NOON, to: NOON + HOUR, importMilliWh: mostMilliWh(HOUR) + STEP_MILLI_WH },
    TOO_MUCH,
  ],
  [
    "all of the session and both tolerances",
    { from: EARLIEST, to: LATEST, importMilliWh: mostMilliWh(HOUR + 2 * CLOCK_TOLERANCE_SECONDS) },
    "accepted",
  ],
  [
    "the session's energy in a moment of it",
    { from: NOON, to: NOON + 1, importMilliWh: mostMilliWh(HOUR) },
    TOO_MUCH,
  ],
  [
    "another year by a clock that is not synchronised, for the session's time",
    { from: 1_000_000_000, to: 1_000_000_001, clock: "R", importMilliWh: mostMilliWh(HOUR) },
    "accepted",
  ],
  [
    "a step more by that clock",
    {
      from: 1_000_000_000,
      to: 1_100_000_000,
      clock: "I",
      importMilliWh: mostMilliWh(HOUR) + STEP_MILLI_WH,
    },
    TOO_MUCH,
  ],
  [
    "energy after the vehicle left at once",
    { from: NOON, to: NOON + HOUR, importMilliWh: mostMilliWh(0) },
    OUTSIDE,
    { endedAt: NOON },
  ],
  [
    "the same by a clock that is not synchronised",
    { from: NOON, to: NOON + HOUR, clock: "U", importMilliWh: mostMilliWh(0) + STEP_MILLI_WH },
    TOO_MUCH,
    { endedAt: NOON },
  ],
  [
    "a session that ends before it begins",
    { from: NOON, to: NOON, clock: "U", importMilliWh: mostMilliWh(0) },
    "accepted",
    { endedAt: NOON - 1 },
  ],
];

describe("times of a session, off chain and on chain", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
    world = await connection.networkHelpers.loadFixture(meteredWorld);
  });
  after(() => connection.close());

  it("have the same tolerance", async () => {
    const { meters } = world.market.contracts;
    expect(await meters.CLOCK_TOLERANCE_SECONDS()).to.equal(BigInt(CLOCK_TOLERANCE_SECONDS));
  });

  for (const [what, charge, said, others] of TABLE) {
    it(`say of ${what}: ${said}`, async () => {
      const limits = { ...LIMITS, ...others };
      const records = await signed(charge);
      expect(await onChain(world, records, limits), "on chain").to.equal(said);
      expect(await offChain(records, limits), "off chain").to.equal(said);
    });
  }
});

async function meteredWorld(connection: NetworkConnection): Promise<MarketWorld> {
  const world = await populatedWorld(connection);
  const { market, authority, pile } = world;
  const { meters } = market.contracts;
  const now = await nowSeconds(world);
  const { certificate, signature } = await certifyMeter(
    authority,
    { chainId: market.chainId, meters: await meters.getAddress() },
    {
      participantId: pile.id,
      key: chainKey(METER.publicKey),
      ratedPowerW: RATED_W,
      lastPagination: 0n,
    },
    { validFrom: now, validUntil: now + HOUR, relayBy: now + HOUR },
    1,
  );
  await send(market, meters.certify(certificate, signature));
  return world;
}

async function signed({ from, to, ...others }: Charge): Promise<readonly OcmfRecord[]> {
  const { records } = await meterTransaction(METER, {
    identification: sessionName(SESSION),
    beginMs: from * 1000,
    endMs: to * 1000,
    importMilliWh: 0n,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records: "one",
    ...others,
  });
  return records.map(parseRecord);
}

/** "accepted", or the name of the registry's error. */
async function onChain(
  { market, pile }: MarketWorld,
  records: readonly OcmfRecord[],
  { pluggedInAt, endedAt }: Limits,
): Promise<string> {
  const { meters } = market.contracts;
  const query = {
    ...{ sessionId: SESSION, pile: pile.signer.address, direction: 0n },
    ...{ pluggedInAt, endedAt },
  };
  const chained = records.map((record) => encodeRecord(record, METER.publicKey).record);
  try {
    await meters.read(query, chainKey(METER.publicKey), chained);
    return "accepted";
  } catch (error) {
    const refusal = refusalOf(error, [{ name: "MeterRegistry", interface: meters.interface }]);
    if (refusal === null) throw error;
    return refusal.reason;
  }
}

/** The same of the twin. */
async function offChain(records: readonly OcmfRecord[], limits: Limits): Promise<string> {
  try {
    const question = { sessionId: SESSION, direction: "import" as const, ...limits };
    await prepareSettlement(records, METER.publicKey, question);
    return "accepted";
  } catch (error) {
    if (!(error instanceof RefusedRecordError)) throw error;
    const [name] = CONTRACT_ERRORS[error.code];
    return name;
  }
}
