/** One day of the hamlet, all in one process: played once for all the tests that look at it. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTask, type Ran } from "./nodeProcess.ts";

/** What the day is played with. */
export const HAMLET_DAY: readonly string[] = [
  ...["market", "run", "--scenario", "hamlet", "--key-bits", "2048"],
  ...["--max-rounds", "2", "--decrement", "30000"],
];

export interface HamletDay extends Ran {
  /** The folder that it has left; nobody writes there. */
  readonly out: string;
}

let day: Promise<HamletDay> | undefined;

/** What the day has printed, the report as JSON, and what it has left. */
export function hamletDay(): Promise<HamletDay> {
  return (day ??= played());
}

async function played(): Promise<HamletDay> {
  const out = await mkdtemp(join(tmpdir(), "chargeveil-hamlet-"));
  process.once("exit", () => {
    rmSync(out, { recursive: true });
  });
  return { ...(await runTask([...HAMLET_DAY, "--out", out, "--json"], {})), out };
}
