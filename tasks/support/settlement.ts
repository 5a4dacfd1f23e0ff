/**
 * A settlement on records, looked at as the contract will, before anything is sent: what it would refuse is refused here
 * under the name of its error.
 */
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import type { MeterPublicKey } from "../../offchain/core/meter/meterKey.ts";
import type { OcmfRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import {
  prepareSettlement,
  type PreparedSettlement,
} from "../../offchain/core/meter/prepareSettlement.ts";
import { CONTRACT_ERRORS, RefusedRecordError } from "../../offchain/core/meter/settlementRules.ts";
import { isSignedBy } from "../../offchain/core/meter/signature.ts";
import { RefusedError } from "../../offchain/chain/refusal.ts";
import type { Connected } from "./connection.ts";
import { keyInFile, meterKnown, metersOf, type CertifiedMeter } from "./meters.ts";
import { confirmationSchema } from "../stores/state.ts";

/** What a settlement is about, as the chain has it. */
export interface ChargingFacts {
  readonly session: Bytes32;
  readonly pile: string;
  readonly pluggedInAt: bigint;
}

export type ReadySettlement = PreparedSettlement & {
  /** Signature of the vehicle over the begin reading; empty where the meter signed the session's name. */
  readonly confirmation: string;
};

/**
 * Prepares what `ChargingSession.settle` takes.
 * @throws RefusedError with the contract's name for what it would refuse
 */
export async function readySettlement(
  connected: Connected,
  facts: ChargingFacts,
  records: readonly OcmfRecord[],
  keyFile: { readonly keyFile: string | undefined; readonly curve: string },
): Promise<ReadySettlement> {
  const meter =
    keyFile.keyFile === undefined
      ? await signingMeter(connected, facts.pile, records)
      : await meterKnown(connected, await keyInFile(keyFile.keyFile, keyFile.curve));
  requireCertified(meter, facts.pile);
  const prepared = await preparedBy(connected, facts, records, meter);
  const confirmation = prepared.namesSession ? "0x" : await confirmed(connected, facts, prepared);
  return { ...prepared, confirmation };
}

/** The meter of a pile that signed these records. @throws RefusedError if none did */
export async function signingMeter(
  connected: Connected,
  pile: string,
  records: readonly OcmfRecord[],
): Promise<CertifiedMeter> {
  const meters = await metersOf(connected, pile);
  for (const meter of meters) {
    if (await isSignedByAll(records, meter.key)) return meter;
  }
  const reason = meters.length === 0 ? "MeterUnknownKey" : "MeterBadSignature";
  const why =
    meters.length === 0
      ? "no meter is certified for this pile"
      : "no meter that is certified for this pile has signed these records";
  throw refusedBefore(reason, why);
}

/** A refusal that has cost nothing. */
export function refusedBefore(reason: string, why: string): RefusedError {
  return new RefusedError(reason, `refused before sending: ${reason}, ${why}`);
}

/** Runs what judges records, and gives its refusals the names of the contract's errors. */
export async function inContractWords<T>(judge: () => T | Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof RefusedRecordError)) throw error;
    const [first] = CONTRACT_ERRORS[error.code];
    const names = CONTRACT_ERRORS[error.code].join(" or ");
    const why = error.message.replace(/^\w+: /, "").replace(/, got a record without$/, "");
    throw new RefusedError(first, `refused before sending: ${names}, ${why}`);
  }
}

async function isSignedByAll(
  records: readonly OcmfRecord[],
  key: MeterPublicKey,
): Promise<boolean> {
  const signed = await Promise.all(records.map((record) => isSignedBy(record, key)));
  return signed.every(Boolean);
}

function requireCertified({ keyId, pile, revoked }: CertifiedMeter, expected: string): void {
  if (pile !== expected) {
    throw refusedBefore("MeterUnknownKey", `meter key ${keyId} is not certified for this pile`);
  }
  if (revoked) throw refusedBefore("MeterKeyRevoked", `meter key ${keyId} is revoked`);
}

async function preparedBy(
  connected: Connected,
  { session, pluggedInAt }: ChargingFacts,
  records: readonly OcmfRecord[],
  meter: CertifiedMeter,
): Promise<PreparedSettlement> {
  const windowSeconds = (await connected.now()) - Number(pluggedInAt);
  return inContractWords(() =>
    prepareSettlement(records, meter.key, {
      sessionId: session,
      direction: "import",
      ratedPowerW: meter.ratedPowerW,
      windowSeconds,
      lastPagination: meter.lastPagination,
    }),
  );
}

/** Where the vehicle's signature over the begin reading of a session is. */
export function confirmationPath(session: Bytes32): string {
  return `confirmations/${session}.json`;
}

/** The vehicle's word that these records begin where its session did. */
async function confirmed(
  { state }: Connected,
  { session }: ChargingFacts,
  { keyId, transaction }: PreparedSettlement,
): Promise<string> {
  const path = confirmationPath(session);
  const unnamed = "the meter has not signed the name of this session";
  if (!(await state.has(path))) {
    const why = `${unnamed}, and the vehicle has confirmed no begin reading`;
    throw refusedBefore("SessionBadSignature", why);
  }
  const known = await state.read(path, confirmationSchema);
  const begins =
    known.meterKeyId === keyId &&
    known.pagination === transaction.beginPagination &&
    known.registerMilliWh === transaction.beginMilliWh;
  if (begins) return known.signature;
  const why = `${unnamed}, and the vehicle has confirmed another begin reading`;
  throw refusedBefore("SessionBadSignature", why);
}
