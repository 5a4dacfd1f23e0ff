/**
 * Whether a folder can be written, found out by writing into it: what a system says of rights is
 * not the whole truth (`/proc` grants all of them and takes nothing).
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolders, removeFolders, SECRET_FOLDER } from "../../offchain/services/files.ts";
import { isSystemError, systemReason } from "./systemErrors.ts";

/**
 * Null if a file can be written as deep in the folder as `deepest` is; else why not, in a few
 * words. Whatever it takes to find out, folders that were not there too, is gone afterwards.
 * @param deepest a path in the folder, of nothing that is there
 */
export async function whyNotWritable(folder: string, deepest: string): Promise<string | null> {
  let made: readonly string[] = [];
  try {
    made = await makeFolders(folder, SECRET_FOLDER);
    const probe = await mkdtemp(join(folder, ".probe-"));
    try {
      const file = join(probe, deepest);
      await makeFolders(dirname(file), SECRET_FOLDER);
      await writeFile(file, "probe");
    } finally {
      await rm(probe, { recursive: true });
    }
    return null;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return systemReason(error);
  } finally {
    await removeFolders(made);
  }
}
