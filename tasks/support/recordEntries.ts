/**
 * Where signed records stand in the files in which they are handed out, and the keys beside them:
 * OCMF text, one record after the other, as it is or in hexadecimal or base64; the XML of
 * transparency software; and JSON of many kinds: messages of OCPP 1.6 and 2.0.1 with signed values,
 * charge detail records of OCPI, and cases of records with keys. Nothing is read here of what they
 * say.
 */
import { JSDOM } from "jsdom";
import { InputError } from "./outcome.ts";

export interface RecordEntry {
  readonly text: string;
  /** The key that stands beside it, in whatever form. */
  readonly publicKey: string | null;
  /** What the file calls the record's format; null if it does not. */
  readonly format: string | null;
}

/** What a file begins with that is not in UTF-8; a shell of Windows writes the first kind. */
const UTF_16: readonly (readonly [mark: string, encoding: string])[] = [
  ["fffe", "utf-16le"],
  ["feff", "utf-16be"],
];
/**
 * The last line break before a record: `OCMF|` as it is, in base64, in hexadecimal. No line is
 * looked at twice, however many are empty.
 */
const BETWEEN_RECORDS = /\n(?=[^\S\n]*(?:OCMF\||T0NNR|4[fF]434[dD]46))/;
/** Members under which OCPP, OCPI, back offices and our own files have a record. */
const RECORD_MEMBERS = ["record", "signedMeterData", "signedMeterValue", "signed_data"] as const;
const KEY_MEMBERS = ["public_key", "publicKey"] as const;
/** Values within values; no message and no case is half as deep. */
const DEEPEST = 64;

/** The records of a file's content, in their order. @throws InputError for broken XML and JSON */
export function entriesOf(path: string, bytes: Buffer): readonly RecordEntry[] {
  const text = textOf(bytes).trim();
  if (text.startsWith("<")) return xmlEntries(path, bytes);
  if (text.startsWith("{") || text.startsWith("[")) return jsonEntries(path, text);
  const parts = text.split(BETWEEN_RECORDS).map((part) => part.trim());
  const records = parts.filter((part) => part !== "");
  return records.map((part) => ({ text: part, publicKey: null, format: null }));
}

/** Without the mark that tells the order of bytes. */
function textOf(bytes: Buffer): string {
  const begin = bytes.toString("hex", 0, 2);
  const [, encoding] = UTF_16.find(([mark]) => mark === begin) ?? [];
  return new TextDecoder(encoding).decode(bytes);
}

/** The bytes, not the text: what encoding they are in is for the parser to find. */
function xmlEntries(path: string, bytes: Buffer): readonly RecordEntry[] {
  const { document } = parsedXml(path, bytes).window;
  const values = [...document.querySelectorAll("value")];
  const root = document.documentElement;
  if (values.length === 0 && root.localName === "signedMeterValue") {
    return [{ text: root.outerHTML, publicKey: null, format: null }];
  }
  return values.map((value) => {
    const data = value.querySelector("signedData, encodedData");
    const format = data?.getAttribute("format") ?? null;
    return {
      text: data?.textContent ?? "",
      publicKey: textOrNull(value.querySelector("publicKey")?.textContent),
      format: data?.localName === "encodedData" ? "encodedData" : format,
    };
  });
}

function parsedXml(path: string, bytes: Buffer): JSDOM {
  try {
    return new JSDOM(bytes, { contentType: "text/xml" });
  } catch {
    throw new InputError(`${path} is not the XML that it begins like: export it again`);
  }
}

function jsonEntries(path: string, text: string): readonly RecordEntry[] {
  const entries = entriesIn(parsedJson(path, text), null, DEEPEST);
  if (entries.length > 0) return entries;
  const known = `a member ${RECORD_MEMBERS.join(", ")}, or a value whose format is SignedData`;
  throw new InputError(`${path} is JSON, but holds no signed record: expected ${known}`);
}

function parsedJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${path} is JSON that breaks off or is malformed: export it again`);
  }
}

/**
 * @param key the one that stands beside or above
 * @param levels how many more of them may follow
 * @throws InputError for JSON that is nested deeper
 */
function entriesIn(value: unknown, key: string | null, levels: number): readonly RecordEntry[] {
  if (typeof value === "string") return value.startsWith("OCMF|") ? [entry(value, key)] : [];
  if (typeof value !== "object" || value === null) return [];
  if (levels === 0) {
    throw new InputError(
      `JSON is nested in more than ${DEEPEST} levels: hand in the records alone`,
    );
  }
  const inside = (values: readonly unknown[], own: string | null): readonly RecordEntry[] =>
    values.flatMap((one) => entriesIn(one, own, levels - 1));
  if (Array.isArray(value)) return inside(value, key);
  const members = new Map<string, unknown>(Object.entries(value));
  const own = textAmong(members, KEY_MEMBERS) ?? key;
  if (members.get("format") === "SignedData") {
    return sampledEntries(members.get("value"), own, levels - 1);
  }
  const record = textAmong(members, RECORD_MEMBERS);
  if (record !== null) return [entry(record, own, textAmong(members, ["encodingMethod"]))];
  return inside([...members.values()], own);
}

/** OCPP 1.6 has the signed value as text: a record, or JSON that holds one. */
function sampledEntries(
  value: unknown,
  key: string | null,
  levels: number,
): readonly RecordEntry[] {
  if (typeof value !== "string") return entriesIn(value, key, levels);
  if (!value.trim().startsWith("{")) return [entry(value, key)];
  return entriesIn(parsedJson("a value whose format is SignedData", value), key, levels);
}

function entry(text: string, publicKey: string | null, format: string | null = null): RecordEntry {
  return { text, publicKey, format };
}

function textAmong(members: ReadonlyMap<string, unknown>, names: readonly string[]): string | null {
  const found = names.map((name) => members.get(name)).find((value) => typeof value === "string");
  return textOrNull(found);
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text?.trim() === "" ? null : text;
}
