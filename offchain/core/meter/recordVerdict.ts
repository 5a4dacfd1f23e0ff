/**
 * What can be said of a single record with its key: whether it parses and verifies, what its
 * readings are, and whether the chain settles on it, alone or as one half, or why not. A good
 * signature is not yet a bill: a meter signs its errors as well. What is genuine and can be read,
 * but not by the contract, is left to the signatures of both parties.
 */
import { readField, type FieldReading } from "./fieldReading.ts";
import type { Curve, MeterPublicKey } from "./meterKey.ts";
import { marksOf, statesOf, type OcmfRecord } from "./ocmfRecord.ts";
import { isChainCurve } from "./prepareRecord.ts";
import {
  readRecord,
  readTransaction,
  RefusedRecordError,
  requireHalf,
  WIDEST_LIMITS,
  type Direction,
  type Limits,
  type RecordContent,
  type RefusalCode,
} from "./settlementRules.ts";
import { CHAIN_HASH, formOf, signingHash, type SignatureHash } from "./signature.ts";

/**
 * What a record is good for: on chain a session by itself or one end of it; an agreement of both
 * parties, since the contract cannot read it; or nothing.
 */
export type Settles = "alone" | "begin" | "end" | "agreement" | "never";

/** What somebody who settles on the record should know of it. */
export type RecordNote =
  | "raw signature"
  | "other hash"
  | "name out of reach"
  | "compensated register"
  | "losses counted"
  | "tariff register"
  | "flagged time";

export interface RecordVerdict {
  readonly curve: Curve;
  readonly verifies: boolean;
  /** How many readings there are. */
  readonly readings: number;
  readonly meterStates: readonly string[];
  /** TX of every reading, null where it is omitted. */
  readonly marks: readonly (string | null)[];
  readonly settles: Settles;
  /** Why the chain settles nothing on it; null if it does. */
  readonly refusal: RefusalCode | null;
  /** As the chain reads it; null if it does not. */
  readonly content: RecordContent | null;
  /**
   * As two parties may read it; null where the meter itself says that nothing is to be billed. With
   * the end of a pair, what both records say.
   */
  readonly field: FieldReading | null;
  /** Between begin and end, rounded down; null without both. */
  readonly energyWh: bigint | null;
  readonly notes: readonly RecordNote[];
}

/**
 * What even two parties should not settle on: no socket carries it, or it is not of the session.
 */
const NEVER_AGREED: readonly RefusalCode[] = ["E_TOO_MUCH_ENERGY", "E_OUTSIDE_SESSION"];

/**
 * Judges a record. Run by anybody.
 * @param limits of the session that it is to settle; without them, of any session
 */
export async function verdictOf(
  record: OcmfRecord,
  key: MeterPublicKey,
  direction: Direction = "import",
  limits: Limits = WIDEST_LIMITS,
): Promise<RecordVerdict> {
  const hash = await signingHash(record, key);
  const { content, energyWh, refusal: unread } = chainReading(record, direction, limits);
  const { value: field } = attempted(() => readField([record], direction));
  const refusal = signatureRefusal(hash) ?? curveRefusal(key.curve, unread, field);
  const known = { refusal, content, field };
  return {
    ...known,
    curve: key.curve,
    verifies: hash !== null,
    readings: record.readings.length,
    meterStates: statesOf(record),
    marks: marksOf(record),
    settles: hash === null ? "never" : settlesBy(known),
    energyWh: energyWh ?? field?.energyWh ?? null,
    notes: notesOf(record, hash, known),
  };
}

/**
 * What is left of a genuine record that the chain refuses: it may still be agreed on, unless its
 * readings forbid it.
 */
export function agreedOrNever(field: FieldReading | null, refusal: RefusalCode): Settles {
  return field === null || NEVER_AGREED.includes(refusal) ? "never" : "agreement";
}

/** The value of `read`, or the code of the refusal that it throws. */
export function attempted<T>(
  read: () => T,
):
  | { readonly value: T; readonly refusal: null }
  | { readonly value: null; readonly refusal: RefusalCode } {
  try {
    return { value: read(), refusal: null };
  } catch (error) {
    if (error instanceof RefusedRecordError) return { value: null, refusal: error.code };
    throw error;
  }
}

/** The chain hashes with SHA-256 alone, so that there any other signature is a bad one. */
function signatureRefusal(hash: SignatureHash | null): RefusalCode | null {
  return hash === CHAIN_HASH ? null : "E_SIGNATURE";
}

/** What the chain refuses of a key's readings: of another curve everything. */
function curveRefusal(
  curve: Curve,
  unread: RefusalCode | null,
  field: FieldReading | null,
): RefusalCode | null {
  if (isChainCurve(curve)) return unread;
  const forbidden = unread !== null && agreedOrNever(field, unread) === "never";
  return forbidden ? unread : "E_CURVE";
}

function chainReading(
  record: OcmfRecord,
  direction: Direction,
  limits: Limits,
): Pick<RecordVerdict, "content" | "energyWh" | "refusal"> {
  const { value: content, refusal } = attempted(() => readRecord(record, direction));
  if (content === null) return { content, energyWh: null, refusal };
  if (content.begin === null || content.end === null) {
    const half = attempted(() => {
      requireHalf(content, limits);
    });
    return { content, energyWh: null, refusal: half.refusal };
  }
  const whole = attempted(() => readTransaction([content], limits));
  return { content, energyWh: whole.value?.energyWh ?? null, refusal: whole.refusal };
}

function settlesBy({
  refusal,
  content,
  field,
}: Pick<RecordVerdict, "refusal" | "content" | "field">): Settles {
  if (refusal !== null || content === null) return agreedOrNever(field, refusal ?? "E_FORM");
  if (content.begin !== null && content.end !== null) return "alone";
  return content.begin === null ? "end" : "begin";
}

function notesOf(
  { signature, fields }: OcmfRecord,
  hash: SignatureHash | null,
  { refusal, content, field }: Pick<RecordVerdict, "refusal" | "content" | "field">,
): readonly RecordNote[] {
  const byAgreement = refusal !== null;
  const isCompensated = field?.isCompensated === true;
  const lossesCounted = isCompensated && !byAgreement && field.register !== content?.register;
  const notes: readonly (readonly [RecordNote, boolean])[] = [
    ["raw signature", hash !== null && formOf(signature.bytes) === "raw"],
    ["other hash", hash !== null && hash !== CHAIN_HASH],
    ["name out of reach", content?.identification === null && typeof fields.ID === "string"],
    ["compensated register", isCompensated && !lossesCounted],
    ["losses counted", lossesCounted],
    ["tariff register", byAgreement && field?.isTariff === true],
    ["flagged time", field?.isTimeFlagged === true],
  ];
  return notes.flatMap(([note, holds]) => (holds ? [note] : []));
}
