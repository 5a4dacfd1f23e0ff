/** Output files of a run: all of them are computed before the first is written. */
import { constants } from "node:fs";
import { access, chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "./outcome.ts";

/**
 * Writes `files` (name → content) into `folder`.
 * @throws InputError if the folder cannot be written
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
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
    await mkdir(folder, { recursive: true, mode: OWN_FOLDER });
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
  const reason = error instanceof Error ? error.message : String(error);
  return new InputError(`--out: cannot write to ${folder}: ${reason}`);
}

/**
 * Refuses a folder that could not be written, before long work begins. Creates nothing.
 * @throws InputError if it, or what it would be created in, is no folder or not ours to write
 */
export async function requireWritable(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found === null && dirname(folder) !== folder) {
    await requireWritable(dirname(folder));
    return;
  }
  const mayWrite = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (found?.isDirectory() === true && mayWrite) return;
  throw new InputError(`--out: expected a folder that can be written, got ${folder}`);
}
