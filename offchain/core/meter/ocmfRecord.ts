/**
 * An OCMF record as a station hands it out: `OCMF|payload|signature`. The signature covers the
 * bytes of the payload as they stand between the bars, so they are kept as they came, and numbers
 * keep their digits: a parser that makes a number of 62500.1270 has lost what the meter signed.
 * What a reading omits is as in the reading before it.
 */
import { decomposeValue } from "@road-labs/ocmf";
import { z } from "zod";

/** Marks a number in what was parsed: no JSON can have this key. */
const DIGITS = Symbol("digits");

/** A JSON number as it is written. */
interface NumberText {
  readonly [DIGITS]: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface RecordSignature {
  /** SA, e.g. `ECDSA-secp256r1-SHA256`. */
  readonly algorithm: string;
  /** SD, whatever encoding SE names. */
  readonly bytes: Uint8Array;
}

export interface OcmfRecord {
  /** The whole record. */
  readonly text: string;
  readonly payloadText: string;
  /** What is signed. */
  readonly payload: Uint8Array;
  /** The payload's own members, in their order. */
  readonly fields: Fields;
  /** The readings as they are written. */
  readonly readings: readonly Fields[];
  readonly signature: RecordSignature;
}

/**
 * What is no OCMF record. Messages name the part, never its content: identification is in there.
 */
export class RecordError extends Error {
  override readonly name = "RecordError";
  readonly code = "E_RECORD_FORMAT";
}

const HEADER = "OCMF|";
const HEX = /^(?:[0-9a-f]{2})+$/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** What SA means where it is missing (OCMF, table 22). */
const DEFAULT_ALGORITHM = "ECDSA-secp256r1-SHA256";

const payloadShape = z.looseObject({
  RD: z.array(z.record(z.string(), z.unknown())),
});
const signatureShape = z.object({
  SA: z.string().default(DEFAULT_ALGORITHM),
  SE: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["hex", "base64"]))
    .optional(),
  SD: z.string().min(1),
});

/**
 * Reads a record: as text, or as hexadecimal or base64 of the text, with or without line breaks, in
 * which forms it travels through OCPP and OCPI. Nothing is verified.
 * @throws RecordError E_RECORD_FORMAT
 */
export function parseRecord(input: string): OcmfRecord {
  const text = recordText(input.trim());
  const { payloadData, signature } = sectionsOf(text);
  const fields = shaped("payload", payloadShape, payloadData);
  const { SA, SE, SD } = shaped("signature", signatureShape, signature);
  return {
    text,
    payloadText: payloadData,
    payload: new TextEncoder().encode(payloadData),
    fields,
    readings: fields.RD,
    signature: { algorithm: SA, bytes: signatureBytes(SD, SE) },
  };
}

/** TX of every reading as it is written, null where a reading omits it. */
export function marksOf(record: OcmfRecord): readonly (string | null)[] {
  return record.readings.map(({ TX }) => (typeof TX === "string" ? TX : null));
}

/** Every ST of the record once, in the order of their first appearance. */
export function statesOf(record: OcmfRecord): readonly string[] {
  const states = record.readings.map(({ ST }) => ST).filter((state) => typeof state === "string");
  return [...new Set(states)];
}

/** The number of the record in the context of transactions (`"T17"` ⇒ 17), null for another. */
export function paginationOf(record: OcmfRecord): bigint | null {
  const { PG } = record.fields;
  const digits = typeof PG === "string" ? /^T(\d{1,18})$/.exec(PG)?.[1] : undefined;
  return digits === undefined ? null : BigInt(digits);
}

/** Records in the order in which their meter has signed them, however they were handed in. */
export function inOrderOfMeter(records: readonly OcmfRecord[]): readonly OcmfRecord[] {
  const place = (record: OcmfRecord): bigint => paginationOf(record) ?? 0n;
  return records.toSorted((a, b) => Number(place(a) - place(b)));
}

/** How a number of the payload is written; null for what is no number. */
export function digitsOf(value: unknown): string | null {
  const isNumber = typeof value === "object" && value !== null && DIGITS in value;
  return isNumber ? String(value[DIGITS]) : null;
}

function recordText(input: string): string {
  if (input.startsWith(HEADER)) return input;
  const bare = input.replace(/\s/g, "");
  const encoding = HEX.test(bare) ? "hex" : "base64";
  return Buffer.from(bare, encoding).toString("utf8").trim();
}

function sectionsOf(text: string): ReturnType<typeof decomposeValue> {
  try {
    return decomposeValue(text);
  } catch {
    throw new RecordError("not an OCMF record: expected OCMF|payload|signature, got another form");
  }
}

function shaped<T>(part: string, shape: z.ZodType<T>, text: string): T {
  const result = shape.safeParse(parsed(part, text));
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path.map(String).join(".") ?? "";
  throw new RecordError(
    `not an OCMF record: expected the ${part} of a record, got another at "${path}"`,
  );
}

function parsed(part: string, text: string): unknown {
  try {
    return JSON.parse(text, withDigits);
  } catch {
    throw new RecordError(`not an OCMF record: expected JSON in the ${part}, got something else`);
  }
}

/** The engine tells a reviver how a number was written. */
function withDigits(_key: string, value: unknown, ...[context]: readonly unknown[]): unknown {
  if (typeof value !== "number") return value;
  const source = typeof context === "object" && context !== null && "source" in context;
  if (!source || typeof context.source !== "string") {
    throw new RecordError("an OCMF record: expected an engine that keeps the digits of numbers");
  }
  return { [DIGITS]: context.source } satisfies NumberText;
}

/** Where SE does not say the encoding, the text shows it. */
function signatureBytes(text: string, encoding: "hex" | "base64" | undefined): Uint8Array {
  const bare = text.replace(/\s/g, "");
  const isDigits = /^[0-9a-f]+$/i.test(bare);
  const meant = encoding ?? (isDigits ? "hex" : "base64");
  if (!(meant === "hex" ? HEX : BASE64).test(bare)) {
    throw new RecordError(`not an OCMF record: expected a signature in ${meant}, got another form`);
  }
  return new Uint8Array(Buffer.from(bare, meant));
}
