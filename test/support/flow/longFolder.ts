/** Folders in folders, of which a path becomes so long that not much more fits into it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

const STEP = 200;

/** A new folder in `folder` whose path has so many characters, at least 250 more than `folder`. */
export async function longFolder(folder: string, length: number): Promise<string> {
  let path = folder;
  while (path.length + 2 * STEP < length) path = join(path, "d".repeat(STEP - 1));
  path = join(path, "e".repeat(length - path.length - 1 - STEP), "f".repeat(STEP - 1));
  await mkdir(path, { recursive: true });
  return path;
}
