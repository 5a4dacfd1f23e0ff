/**
 * Signed records in files, as they are handed out: OCMF text, one record after the other; the XML
 * of transparency software, which brings keys along; and JSON cases of records with their keys.
 */
import { JSDOM } from "jsdom";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import {
  MeterKeyError,
  parseMeterKey,
  type MeterPublicKey,
} from "../../offchain/core/meter/meterKey.ts";
import { parseRecord, RecordError, type OcmfRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { InputError } from "./outcome.ts";

export interface FiledRecord {
  readonly record: OcmfRecord;
  /** The key that came with it, which says nothing about whose meter it is. */
  readonly key: MeterPublicKey | null;
}

interface Entry {
  readonly record: string;
  readonly publicKey: string | null;
}

const casesShape = z.object({
  cases: z.array(z.object({ record: z.string(), public_key: z.string() })),
});
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Records of a file, in their order. @throws InputError naming file and record */
export async function recordsInFile(path: string): Promise<readonly FiledRecord[]> {
  const bytes = await readFile(path).catch(() => {
    throw new InputError(`cannot read records from ${path}`);
  });
  const entries = entriesOf(path, bytes);
  if (entries.length === 0) throw new InputError(`${path} holds no record`);
  return entries.map((entry, k) => filed(entry, `${path}, record ${k + 1}`));
}

function filed({ record, publicKey }: Entry, where: string): FiledRecord {
  try {
    return {
      record: parseRecord(record),
      key: publicKey === null ? null : parseMeterKey(publicKey),
    };
  } catch (error) {
    if (error instanceof RecordError || error instanceof MeterKeyError) {
      throw new InputError(`${where}: ${error.message}`);
    }
    throw error;
  }
}

/** The records of several files with commas between them: those of one transaction. */
export async function recordsInFiles(paths: string): Promise<readonly OcmfRecord[]> {
  const files = await Promise.all(paths.split(",").map((path) => recordsInFile(path.trim())));
  return files.flat().map(({ record }) => record);
}

function entriesOf(path: string, bytes: Buffer): readonly Entry[] {
  const text = bytes.toString("utf8").replace(BYTE_ORDER_MARK, "").trim();
  if (text.startsWith("<")) return xmlEntries(path, bytes);
  if (text.startsWith("{")) return jsonEntries(path, text);
  const separator = text.startsWith("OCMF|") ? /\r?\n(?=OCMF\|)/ : /\r?\n/;
  const parts = text.split(separator).map((record) => ({ record, publicKey: null }));
  return parts.filter(({ record }) => record.trim() !== "");
}

/** The bytes, not the text: what encoding they are in is for the parser to find. */
function xmlEntries(path: string, bytes: Buffer): readonly Entry[] {
  const { document } = parsedXml(path, bytes).window;
  return [...document.querySelectorAll("value")].map((value) => ({
    record: value.querySelector("signedData")?.textContent ?? "",
    publicKey: value.querySelector("publicKey")?.textContent ?? null,
  }));
}

function parsedXml(path: string, bytes: Buffer): JSDOM {
  try {
    return new JSDOM(bytes, { contentType: "text/xml" });
  } catch {
    throw new InputError(`${path} is not the XML that it begins like`);
  }
}

function jsonEntries(path: string, text: string): readonly Entry[] {
  try {
    const { cases } = casesShape.parse(JSON.parse(text));
    return cases.map(({ record, public_key: publicKey }) => ({ record, publicKey }));
  } catch {
    throw new InputError(`${path} is JSON, but holds no cases of records and keys`);
  }
}
