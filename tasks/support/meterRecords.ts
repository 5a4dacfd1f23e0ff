/**
 * Signed records in files, as they are handed out. Each is read by itself: what is wrong with one
 * hides nothing of the others.
 */
import { readFile } from "node:fs/promises";
import {
  MeterKeyError,
  parseMeterKey,
  type MeterPublicKey,
} from "../../offchain/core/meter/meterKey.ts";
import { parseRecord, RecordError, type OcmfRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { curveNamed, isOtherScheme } from "../../offchain/core/meter/signature.ts";
import { foreignKind, shownName } from "./foreignRecord.ts";
import { InputError } from "./outcome.ts";
import { entriesOf, type RecordEntry } from "./recordEntries.ts";

export interface FiledRecord {
  readonly record: OcmfRecord;
  /** The key that came with it, which says nothing about whose meter it is. */
  readonly key: MeterPublicKey | null;
  /** Why the key that came with it is none; null if it is one, or none came. */
  readonly keyFault: string | null;
}

/** What is no OCMF record with an ECDSA signature, and why. */
export interface FiledFault {
  readonly record: null;
  readonly fault: string;
}

/** Every record of a file, in their order, read or not. @throws InputError */
export async function everythingInFile(
  path: string,
): Promise<readonly (FiledRecord | FiledFault)[]> {
  const bytes = await readFile(path).catch(() => {
    throw new InputError(`cannot read records from ${path}: name a file that is there`);
  });
  const entries = entriesOf(path, bytes);
  if (entries.length === 0)
    throw new InputError(
      `${path} holds no record: name the file that the meter or its reader wrote`,
    );
  return entries.map(filed);
}

/** Records of a file, in their order. @throws InputError naming file and record */
export async function recordsInFile(path: string): Promise<readonly FiledRecord[]> {
  const everything = await everythingInFile(path);
  return everything.map((one, k) => {
    if (one.record !== null) return one;
    throw new InputError(`${path}, record ${k + 1}: ${one.fault}`);
  });
}

/**
 * The records of several files with commas between them: those of one transaction. Keys beside them
 * are not looked at: whose records they are, only a certificate says.
 */
export async function recordsInFiles(paths: string): Promise<readonly OcmfRecord[]> {
  const files = await Promise.all(paths.split(",").map((path) => recordsInFile(path.trim())));
  return files.flat().map(({ record }) => record);
}

function filed(entry: RecordEntry): FiledRecord | FiledFault {
  try {
    const record = parseRecord(entry.text);
    const { algorithm } = record.signature;
    if (!isOtherScheme(algorithm)) return { record, ...keyBeside(entry, record) };
    return {
      record: null,
      fault: `signed with ${shownName(algorithm)}, and only ECDSA can be judged`,
    };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    const kind = foreignKind(entry);
    return { record: null, fault: kind === null ? error.message : `${kind}, not OCMF` };
  }
}

/** A bare point is of the curve that the record names. */
function keyBeside(
  { publicKey }: RecordEntry,
  { signature }: OcmfRecord,
): Pick<FiledRecord, "key" | "keyFault"> {
  if (publicKey === null) return { key: null, keyFault: null };
  try {
    const curve = curveNamed(signature.algorithm) ?? undefined;
    return { key: parseMeterKey(publicKey, curve), keyFault: null };
  } catch (error) {
    if (error instanceof MeterKeyError) return { key: null, keyFault: error.message };
    throw error;
  }
}
