/** Output files of a run: all of them are computed before the first is written. */
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "../../offchain/services/files.ts";
import { InputError } from "./outcome.ts";
import { isSystemError, systemReason } from "./systemErrors.ts";
import { whyNotWritable } from "./writable.ts";

/** As the process' own mask leaves it. */
const PUBLIC_FOLDER = 0o777;

/**
 * Writes `files` (name → content) into `folder`.
 * @throws InputError if the folder cannot be written
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await makeFolders(folder, PUBLIC_FOLDER);
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content);
    }
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** Readable by nobody but who runs this. */
const OWN_FILE = 0o600;
const OWN_FOLDER = 0o700;

/**
 * The same for what nobody else should read. What is there already is closed before it is written.
 * @throws InputError
 */
export async function writeOwnFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await makeFolders(folder, OWN_FOLDER);
    await chmod(folder, OWN_FOLDER);
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content, { mode: OWN_FILE });
      await chmod(join(folder, name), OWN_FILE);
    }
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

function cannotWrite(folder: string, error: unknown): InputError {
  const message = error instanceof Error ? error.message : String(error);
  const reason = isSystemError(error) ? systemReason(error) : message;
  return new InputError(`--out: cannot write to ${folder}: ${reason}`);
}

/** As long as the name of any file of a run. */
const LONGEST_NAME = "a".repeat(40);

/**
 * Refuses a folder that cannot be written, before long work begins. Leaves nothing.
 * @throws InputError with the reason
 */
export async function requireWritable(folder: string): Promise<void> {
  const reason = await whyNotWritable(folder, LONGEST_NAME);
  if (reason === null) return;
  throw new InputError(`--out: expected a folder that can be written, got ${folder}: ${reason}`);
}
