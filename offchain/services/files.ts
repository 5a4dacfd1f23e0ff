/**
 * Files that are written whole or not at all, whoever writes at once and whenever a process ends:
 * what is written is on disk when the call is done.
 */
import { randomUUID } from "node:crypto";
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname } from "node:path";

/** Nobody else's to read. */
export const SECRET_FILE = 0o600;
export const SECRET_FOLDER = 0o700;

/** Of several that replace a file at once, the file of one stays. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  await withBeside(path, text, mode, (beside) => rename(beside, path));
}

/** False if there was such a file, which stays: of several that create it at once, one is first. */
export function createFile(path: string, text: string, mode: number): Promise<boolean> {
  return withBeside(path, text, mode, async (beside) => {
    // A link is made whole or not at all, and never over another file.
    return (await unless("EEXIST", () => link(beside, path).then(() => true))) ?? false;
  });
}

/** False if there was no such file. */
export async function removeFile(path: string): Promise<boolean> {
  return (await unlessMissing(() => unlink(path).then(() => true))) ?? false;
}

/** Undefined if there is no such file. */
export function textOf(path: string): Promise<string | undefined> {
  return unlessMissing(() => readFile(path, "utf8"));
}

/** Names in a folder, in no order; none if there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await unlessMissing(() => readdir(folder))) ?? [];
}

/** Undefined if the system answers with this code; whatever else it answers goes on. */
export async function unless<T>(code: string, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === code) return undefined;
    throw error;
  }
}

/** Nor is there a file in what is no folder. */
function unlessMissing<T>(act: () => Promise<T>): Promise<T | undefined> {
  return unless("ENOTDIR", () => unless("ENOENT", act));
}

/** Acts on a new file beside `path`, which no other writer has, and leaves nothing of it. */
async function withBeside<T>(
  path: string,
  text: string,
  mode: number,
  act: (beside: string) => Promise<T>,
): Promise<T> {
  const beside = `${path}.${process.pid}-${randomUUID()}.new`;
  await mkdir(dirname(path), { recursive: true, mode: SECRET_FOLDER });
  try {
    await writeFile(beside, text, { mode, flush: true });
    await chmod(beside, mode);
    return await act(beside);
  } finally {
    await rm(beside, { force: true });
  }
}
