/**
 * What can be said of a single record with its key: whether it parses and verifies, what its
 * readings are, and whether the chain settles on it, alone or as one half, or why not. A good
 * signature is not yet a bill: a meter signs its errors as well.
 */
import type { Curve, MeterPublicKey } from "./meterKey.ts";
import { marksOf, statesOf, type OcmfRecord } from "./ocmfRecord.ts";
import { isChainCurve } from "./prepareRecord.ts";
import {
  readRecord,
  RefusedRecordError,
  requireInSession,
  type Direction,
  type Limits,
  type RecordContent,
  type RefusalCode,
} from "./settlementRules.ts";
import { isSignedBy } from "./signature.ts";

/** What a record is good for on chain: a session by itself, one end of it, or nothing. */
export type Settles = "alone" | "begin" | "end" | "never";

export interface RecordVerdict {
  readonly curve: Curve;
  readonly verifies: boolean;
  /** How many readings there are. */
  readonly readings: number;
  readonly meterStates: readonly string[];
  /** TX of every reading, null where it is omitted. */
  readonly marks: readonly (string | null)[];
  readonly settles: Settles;
  /** Why it settles nothing; null if it settles. */
  readonly refusal: RefusalCode | null;
  /** Null if it settles nothing for its readings. */
  readonly content: RecordContent | null;
}

/**
 * Judges a record. Run by anybody.
 * @param limits of the session that it is to settle; null to judge it by itself
 */
export async function verdictOf(
  record: OcmfRecord,
  key: MeterPublicKey,
  direction: Direction = "import",
  limits: Limits | null = null,
): Promise<RecordVerdict> {
  const verifies = await isSignedBy(record, key);
  const read = contentOf(record, direction, limits);
  const refusal = keyRefusal(key.curve, verifies) ?? read.refusal;
  return {
    curve: key.curve,
    verifies,
    readings: record.readings.length,
    meterStates: statesOf(record),
    marks: marksOf(record),
    settles: refusal === null && read.content !== null ? halfOf(read.content) : "never",
    refusal,
    content: read.content,
  };
}

function keyRefusal(curve: Curve, verifies: boolean): RefusalCode | null {
  if (!isChainCurve(curve)) return "E_CURVE";
  return verifies ? null : "E_SIGNATURE";
}

function contentOf(
  record: OcmfRecord,
  direction: Direction,
  limits: Limits | null,
): Pick<RecordVerdict, "content" | "refusal"> {
  let content: RecordContent | null = null;
  try {
    content = readRecord(record, direction);
    if (limits !== null) requireInSession(content, limits);
    const refusal = (content.begin ?? content.end) ? null : "E_NOT_A_TRANSACTION";
    return { content, refusal };
  } catch (error) {
    if (error instanceof RefusedRecordError) return { content, refusal: error.code };
    throw error;
  }
}

function halfOf({ begin, end }: RecordContent): Settles {
  if (begin !== null && end !== null) return "alone";
  return begin === null ? "end" : "begin";
}
