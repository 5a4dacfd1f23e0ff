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
  rmdir,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, resolve } from "node:path";

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

/**
 * Creates a folder, and those that it lies in, and returns the new ones, the outermost first; all
 * of them or none. Where a system takes no folders at all (`/proc`), Node's own recursion never
 * ends.
 */
export async function makeFolders(folder: string, mode: number): Promise<readonly string[]> {
  const path = resolve(folder);
  const alone = await unless("ENOENT", () => madeIn(path, mode));
  if (alone !== undefined || dirname(path) === path) return alone ?? [];
  const above = await makeFolders(dirname(path), mode);
  try {
    return [...above, ...(await madeIn(path, mode))];
  } catch (error) {
    await removeFolders(above);
    throw error;
  }
}

/** Takes new folders away again, but none that somebody uses meanwhile. */
export async function removeFolders(made: readonly string[]): Promise<void> {
  for (const path of made.toReversed()) await rmdir(path).catch(() => undefined);
}

/** None if it was there. */
async function madeIn(path: string, mode: number): Promise<readonly string[]> {
  try {
    await mkdir(path, { mode });
    return [path];
  } catch (error) {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true) return [];
    throw error;
  }
}

/** Acts on a new file beside `path`, which no other writer has, and leaves nothing of it. */
async function withBeside<T>(
  path: string,
  text: string,
  mode: number,
  act: (beside: string) => Promise<T>,
): Promise<T> {
  const beside = `${path}.${process.pid}-${randomUUID()}.new`;
  await makeFolders(dirname(path), SECRET_FOLDER);
  try {
    await writeFile(beside, text, { mode, flush: true });
    await chmod(beside, mode);
    return await act(beside);
  } finally {
    await rm(beside, { force: true });
  }
}
