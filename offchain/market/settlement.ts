/**
 * The pile settles on what its meter has signed. Everything that the contract would refuse is
 * refused before it is sent, under the name of the contract's error; the meter is found among those
 * of the pile by its signature.
 */
import type { Signer } from "ethers";
import { pendingSeconds, send, type Market } from "../chain/market.ts";
import { refusedBefore } from "../chain/refusal.ts";
import type { BeginReading, Bytes32 } from "../core/messages/market.ts";
import { signBeginReading, type SignedBeginReading } from "../core/messages/reading.ts";
import type { MeterPublicKey } from "../core/meter/meterKey.ts";
import { parseRecord, type OcmfRecord } from "../core/meter/ocmfRecord.ts";
import { prepareSettlement, type PreparedSettlement } from "../core/meter/prepareSettlement.ts";
import {
  CONTRACT_ERRORS,
  readRecord,
  RefusedRecordError,
  type Limits,
} from "../core/meter/settlementRules.ts";
import { isSignedBy } from "../core/meter/signature.ts";
import type { ConfirmationStore } from "../parties/owner/registerStore.ts";
import type { MeterDesk, MeterStore } from "../parties/pile/meterStore.ts";
import { certifiedMeter, metersOf, type CertifiedMeter } from "./meters.ts";
import {
  chargingTime,
  knownSession,
  requireInTime,
  requireParty,
  requireState,
  SERVED_STATES,
  sessionVenue,
  type ChargingTime,
  type KnownSession,
} from "./sessions.ts";
import { StepError } from "./stepError.ts";

/** What a settlement is on. */
export interface RecordsToSettle {
  readonly session: Bytes32;
  /** One record that holds begin and end, or two; null for those that the pile has kept. */
  readonly records: readonly OcmfRecord[] | null;
  /** Key of the meter; null for the one of the pile's that has signed the records. */
  readonly key: MeterPublicKey | null;
}

/** A begin as the vehicle has found it at the meter, or as a begin record says it. */
export type BeginFound =
  | { readonly record: OcmfRecord }
  | {
      readonly pagination: bigint;
      readonly registerMilliWh: bigint;
      readonly meterKeyId: Bytes32;
    };

/** The vehicle where it confirms a begin. */
export interface ConfirmingDesk {
  readonly wallet: Signer;
  readonly store: ConfirmationStore;
}

/**
 * What stands for the vehicle's signature where the meter has signed the session's name: none is
 * asked for.
 */
export const NO_CONFIRMATION = "0x";

/**
 * Settles a session that charges, or whose vehicle has left. Run by its pile. Returns what was read
 * from the records.
 * @throws RefusedError with the contract's name for what it would refuse; StepError
 *   E_RECORDS_MISSING, E_SESSION_UNKNOWN, E_METER_CURVE; RecordError for what is no record
 */
export async function settleSession(
  market: Market,
  { wallet, store }: MeterDesk,
  { session, records, key }: RecordsToSettle,
): Promise<PreparedSettlement> {
  const known = await knownSession(market, session);
  requireState(known, SERVED_STATES);
  requireParty(session, await wallet.getAddress(), [known.pile]);
  const nowSeconds = await pendingSeconds(market);
  requireInTime(known, nowSeconds);

  const settled = records ?? (await keptRecords(store, session));
  const meter =
    key === null
      ? await signingMeter(market, known.pile, settled)
      : await certifiedMeter(market, key);
  requireInForce(meter, known.pile, nowSeconds);
  const time = await chargingTime(market, known, nowSeconds);
  const prepared = await preparedBy(session, settled, meter, time);
  const confirmation = prepared.namesSession
    ? NO_CONFIRMATION
    : await confirmed(store, known, prepared);
  const { settle } = market.contracts.sessions.connect(wallet);
  await send(market, settle(session, prepared.key, [...prepared.records], confirmation));
  return prepared;
}

/**
 * What a session asks of records that this key has signed: its times, and what the registry knows
 * of the key. Run by anybody.
 * @throws RefusedError SessionWrongState, SessionTooLate, MeterUnknownKey, MeterKeyRevoked,
 *   MeterKeyNotInForce; StepError E_SESSION_UNKNOWN, E_METER_CURVE
 */
export async function settlementLimits(
  market: Market,
  session: Bytes32,
  key: MeterPublicKey,
): Promise<Limits> {
  const known = await knownSession(market, session);
  requireState(known, SERVED_STATES);
  const nowSeconds = await pendingSeconds(market);
  requireInTime(known, nowSeconds);
  const meter = await certifiedMeter(market, key);
  requireInForce(meter, known.pile, nowSeconds);
  return limitsOf(meter, await chargingTime(market, known, nowSeconds));
}

/**
 * The vehicle signs at which reading its session begins, for meters that do not sign for whom they
 * count. It has looked at the meter: with this signature the pile settles alone on a record that
 * begins so. Run by the vehicle.
 * @throws RefusedError SessionWrongState, SessionNotParty, MeterBadSignature or MeterUnknownKey for
 *   a record that no meter of the pile has signed, MeterNotATransaction for one without a begin
 */
export async function confirmBegin(
  market: Market,
  { wallet, store }: ConfirmingDesk,
  session: Bytes32,
  found: BeginFound,
): Promise<SignedBeginReading> {
  const known = await knownSession(market, session);
  requireState(known, SERVED_STATES);
  requireParty(session, await wallet.getAddress(), [known.vehicle]);
  const begin = { sessionId: session, ...(await beginOf(market, known, found)) };
  const signature = await signBeginReading(wallet, await sessionVenue(market), begin);
  const confirmation = { ...begin, signature };
  await store.keepConfirmation(confirmation);
  return confirmation;
}

/**
 * The meter of a pile that signed these records: among all that were certified for it, whatever
 * became of their keys.
 * @throws RefusedError MeterUnknownKey if the pile has no meter, MeterBadSignature if none has
 *   signed all of them
 */
async function signingMeter(
  market: Market,
  pile: string,
  records: readonly OcmfRecord[],
): Promise<CertifiedMeter> {
  const meters = await metersOf(market, pile);
  for (const meter of meters) {
    if (await isSignedByAll(records, meter.key)) return meter;
  }
  if (meters.length === 0) {
    const why = `no meter is certified for pile ${pile}: let the authority register one`;
    throw refusedBefore("MeterUnknownKey", { pile }, why);
  }
  const remedy = "hand in the records as the meter wrote them";
  const why = `no meter that is certified for pile ${pile} has signed these records: ${remedy}`;
  throw refusedBefore("MeterBadSignature", { pile }, why);
}

async function keptRecords(store: MeterStore, session: Bytes32): Promise<readonly OcmfRecord[]> {
  const kept = await store.recordsOf(session);
  if (kept !== undefined) return kept.map(parseRecord);
  const message = `the pile has kept no records of session ${session}: hand in what its meter signed`;
  throw new StepError("E_RECORDS_MISSING", message, { session });
}

async function isSignedByAll(
  records: readonly OcmfRecord[],
  key: MeterPublicKey,
): Promise<boolean> {
  const signed = await Promise.all(records.map((record) => isSignedBy(record, key)));
  return signed.every(Boolean);
}

function requireInForce(meter: CertifiedMeter, expected: string, nowSeconds: number): void {
  const { keyId, pile, issue, revoked, validFrom, validUntil } = meter;
  if (pile !== expected || issue === 0n) {
    throw refusedBefore("MeterUnknownKey", { keyId, pile: expected });
  }
  if (revoked) throw refusedBefore("MeterKeyRevoked", { keyId });
  const now = BigInt(nowSeconds);
  if (now >= validFrom && now < validUntil) return;
  throw refusedBefore("MeterKeyNotInForce", { keyId, validFrom, validUntil, nowSeconds });
}

function preparedBy(
  session: Bytes32,
  records: readonly OcmfRecord[],
  meter: CertifiedMeter,
  time: ChargingTime,
): Promise<PreparedSettlement> {
  return inContractWords(() =>
    prepareSettlement(records, meter.key, {
      sessionId: session,
      direction: "import",
      ...limitsOf(meter, time),
    }),
  );
}

function limitsOf(
  { ratedPowerW, lastPagination }: CertifiedMeter,
  { pluggedInAt, endedAt }: ChargingTime,
): Limits {
  return { ratedPowerW, lastPagination, pluggedInAt, endedAt };
}

/** The vehicle's word that these records begin where its session did. */
async function confirmed(
  store: ConfirmationStore,
  { session, vehicle }: KnownSession,
  { keyId, transaction }: PreparedSettlement,
): Promise<string> {
  const known = await store.confirmationOf(session);
  const begins =
    known?.meterKeyId === keyId &&
    known.pagination === transaction.beginPagination &&
    known.registerMilliWh === transaction.beginMilliWh;
  if (begins) return known.signature;
  const which = known === undefined ? "no begin reading" : "another begin reading";
  const unnamed = "the meter has not signed the name of this session";
  const remedy = "let it confirm the begin that the records have, or agree with it on the reading";
  const why = `${unnamed}, and its vehicle ${vehicle} has confirmed ${which}: ${remedy}`;
  throw refusedBefore("SessionBadSignature", { sessionId: session, signer: vehicle }, why);
}

async function beginOf(
  market: Market,
  { pile }: KnownSession,
  found: BeginFound,
): Promise<Omit<BeginReading, "sessionId">> {
  if (!("record" in found)) return found;
  const { keyId } = await signingMeter(market, pile, [found.record]);
  const { pagination, begin } = await inContractWords(() => readRecord(found.record, "import"));
  if (begin === null) {
    const why = `record ${pagination} has no begin: hand in the one that the meter signed first`;
    throw refusedBefore("MeterNotATransaction", { pagination }, why);
  }
  return { meterKeyId: keyId, pagination, registerMilliWh: begin.microWh / 1000n };
}

/** Runs what judges records, and gives its refusals the names of the contract's errors. */
async function inContractWords<T>(judge: () => T | Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof RefusedRecordError)) throw error;
    const { code, expected } = error;
    const [reason, ...others] = CONTRACT_ERRORS[code];
    const also = others.length === 0 ? "" : ` (or ${others.join(", ")})`;
    const remedy = "hand in the meter's records of this session, or agree on the reading";
    const why = `the contract would not pay on these records${also}, expected ${expected}: ${remedy}`;
    throw refusedBefore(reason, { expected }, why);
  }
}
