/**
 * A simulated meter measures a session and signs it. Its clock is the chain's: it begins when the
 * vehicle plugged in, unless another begin is handed in, and runs on for as long as the energy
 * takes, which has to have passed.
 */
import { pendingSeconds, type Market } from "../chain/market.ts";
import type { Bytes32 } from "../core/messages/market.ts";
import type { MeterPublicKey } from "../core/meter/meterKey.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../core/meter/settlementRules.ts";
import { sessionName } from "../core/meter/sessionName.ts";
import {
  meterTransaction,
  newMeter,
  serialNumber,
  type MeterCurve,
  type SimulatedMeter,
} from "../core/meter/simulatedMeter.ts";
import type { Rng } from "../core/primitives/random.ts";
import type { MeterDesk, MeterStore } from "../parties/pile/meterStore.ts";
import {
  chargingTime,
  knownSession,
  requireParty,
  requireState,
  SERVED_STATES,
  type ChargingTime,
  type KnownSession,
} from "./sessions.ts";
import { StepError } from "./stepError.ts";

/** What flows, and what of it the meter writes down. */
export interface Delivery {
  readonly session: Bytes32;
  /** Name of the meter in the pile's store. */
  readonly meter: string;
  readonly energyWh: bigint;
  /** Unix seconds; null for when the session's charging began. */
  readonly beganAt: number | null;
  /** Null for as long as the energy takes at the session's power. */
  readonly seconds: number | null;
  /** Whether the meter signs the session's name: not every station tells it. */
  readonly named: boolean;
  /** Begin and end in one record, or each in its own. */
  readonly records: "one" | "two";
}

/** What a meter has signed about a session. Registers in 1/1000 Wh. */
export interface MeteredDelivery {
  readonly pagination: bigint;
  readonly beginMilliWh: bigint;
  readonly endMilliWh: bigint;
  readonly records: readonly string[];
  readonly publicKey: MeterPublicKey;
}

/** More than any session takes: 10 MWh, and a hundred days. */
const MOST_ENERGY_WH = 10_000_000n;
const MOST_SECONDS = 100 * 86_400;

const MILLI = 1000n;
const MS = 1000;
const SECONDS_PER_HOUR = 3600;

/**
 * Makes a meter and keeps it. Nothing is certified by it.
 * @param importMilliWh what it has counted before it came here
 * @throws StepError E_METER_EXISTS
 */
export async function installMeter(
  store: Pick<MeterStore, "installMeter">,
  name: string,
  curve: MeterCurve,
  rng: Rng,
  importMilliWh = 0n,
): Promise<SimulatedMeter> {
  const meter = { ...newMeter(curve, serialNumber(rng), rng), importMilliWh };
  if (await store.installMeter(name, meter)) return meter;
  const message = `there is a meter ${name} already: name the new one otherwise`;
  throw new StepError("E_METER_EXISTS", message, { meter: name });
}

/**
 * Lets a meter of the pile measure a session that charges or has charged, and keeps what it signs.
 * Run by the pile.
 * @throws StepError E_METER_UNKNOWN, E_METERED for energy or time that no session has,
 *   E_METER_AHEAD for a delivery that the session has had no time for, E_METER_BUSY for a meter
 *   that another run lets sign at once; RefusedError SessionWrongState, SessionNotParty
 */
export async function measureSession(
  market: Market,
  { wallet, store }: MeterDesk,
  delivery: Delivery,
): Promise<MeteredDelivery> {
  const { session, meter: name, energyWh, named, records } = delivery;
  requireMeasurable(delivery);
  const known = await knownSession(market, session);
  requireState(known, SERVED_STATES);
  requireParty(session, await wallet.getAddress(), [known.pile]);
  const before = await installedMeter(store, name);
  const times = timesOf(known, delivery);
  requirePassed(times, await chargingTime(market, known, await pendingSeconds(market)));
  const signed = await meterTransaction(before, {
    ...times,
    identification: named ? sessionName(session) : "",
    importMilliWh: energyWh * MILLI,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records,
  });
  await keepSigned(store, name, before, signed.meter);
  await store.keepRecords(session, signed.records);
  return {
    pagination: signed.meter.pagination,
    beginMilliWh: before.importMilliWh,
    endMilliWh: signed.meter.importMilliWh,
    records: signed.records,
    publicKey: signed.meter.publicKey,
  };
}

/** A meter as it is now. @throws StepError E_METER_UNKNOWN */
export async function installedMeter(
  store: Pick<MeterStore, "meterNamed">,
  name: string,
): Promise<SimulatedMeter> {
  const meter = await store.meterNamed(name);
  if (meter !== undefined) return meter;
  const message = `there is no meter ${name}: install one first`;
  throw new StepError("E_METER_UNKNOWN", message, { meter: name });
}

/**
 * Keeps a meter that has signed, before what it has signed: a record that is lost is a gap, a
 * pagination that is used twice is a fraud.
 * @throws StepError E_METER_BUSY if it has signed something else meanwhile
 */
export async function keepSigned(
  store: Pick<MeterStore, "keepMeter">,
  name: string,
  before: SimulatedMeter,
  after: SimulatedMeter,
): Promise<void> {
  if (!(await store.keepMeter(name, before, after))) throw meterBusy(name, before);
}

function meterBusy(name: string, { pagination }: SimulatedMeter): StepError {
  const signed = `meter ${name} has signed something else after pagination ${pagination}`;
  const message = `${signed}, and this record is dropped: try again`;
  return new StepError("E_METER_BUSY", message, { meter: name, pagination });
}

function requireMeasurable({ energyWh, seconds: given }: Delivery): void {
  const seconds = given ?? 0;
  const isEnergy = energyWh >= 0n && energyWh <= MOST_ENERGY_WH;
  if (isEnergy && seconds >= 0 && seconds <= MOST_SECONDS) return;
  const most = `expected 0 to ${MOST_ENERGY_WH} Wh in 0 to ${MOST_SECONDS} s`;
  const message = `${most}, got ${energyWh} Wh in ${seconds} s`;
  throw new StepError("E_METERED", message, { energyWh, seconds });
}

/** The meter's own clock: unix milliseconds. */
interface MeterTimes {
  readonly beginMs: number;
  readonly endMs: number;
}

function timesOf(
  { pluggedInAt, powerW }: KnownSession,
  { energyWh, beganAt, seconds }: Delivery,
): MeterTimes {
  const beginMs = (beganAt ?? Number(pluggedInAt)) * MS;
  const hours = Number(energyWh) / Number(powerW);
  return { beginMs, endMs: beginMs + (seconds ?? Math.ceil(hours * SECONDS_PER_HOUR)) * MS };
}

/** What would end after the session settles nothing, and would use up a pagination. */
function requirePassed({ beginMs, endMs }: MeterTimes, { endedAt }: ChargingTime): void {
  const endsAt = endMs / MS;
  const isOver = endsAt <= endedAt + CLOCK_TOLERANCE_SECONDS;
  if (isOver) return;
  const seconds = endsAt - endedAt;
  const takes = `the meter would run for ${(endMs - beginMs) / MS} s`;
  const message = `${takes}, and end ${seconds} s after the session as it stands now`;
  throw new StepError("E_METER_AHEAD", message, { seconds, endsAt, endedAt });
}
