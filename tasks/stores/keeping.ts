/**
 * Whether a state folder can keep what a task is going to leave in it: asked before anything is
 * sent, since what is on chain and not kept is lost.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { whyNotWritable } from "../support/writable.ts";
import { StateError } from "./state.ts";

/** All folders that a state folder has (`state.ts` says what is in them). */
const FOLDERS = [
  ...["people", "certificates", "credentials", "cases", "auctions", "servers", "public"],
  ...["meters", "records", "confirmations", "readings", "rulings", "parcels"],
];
/** Longer than any path in a state folder, with what is written beside a file first. */
const DEEPEST = ["a", "b", "c"].map((letter) => letter.repeat(85)).join("/");

/** @throws StateError if the folder, or one in it, cannot be written; nothing has changed */
export async function requireKeeping(folder: string): Promise<void> {
  const reason = (await inTheWay(folder)) ?? (await whyNotWritable(folder, DEEPEST));
  if (reason === null) return;
  throw new StateError(`--state: nothing can be kept in ${folder}: ${reason}; name another folder`);
}

/** What lies where a folder of the state belongs. */
async function inTheWay(folder: string): Promise<string | null> {
  for (const name of FOLDERS) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && !found.isDirectory()) return `${name} in it is a file and not a folder`;
  }
  return null;
}
