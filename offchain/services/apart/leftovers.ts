/** What is left of the three processes when they are over. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FAULT_FILE } from "../runService.ts";

/**
 * Removes the folders of the parties in `folder`, keys and all. What one of them has written of a
 * fault that was not foreseen stays where it has said that it is. At once: it has to be done before
 * the process ends.
 */
export function removeButFaults(folder: string): void {
  if (!existsSync(folder)) return;
  for (const party of readdirSync(folder)) {
    const own = join(folder, party);
    for (const name of readdirSync(own)) {
      if (name !== FAULT_FILE) rmSync(join(own, name), { recursive: true, force: true });
    }
    removeIfEmpty(own);
  }
  removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
