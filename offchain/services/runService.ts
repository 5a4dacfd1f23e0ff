/**
 * The life of a service's process: it answers calls on its pipes, and ends when whoever started it
 * closes them. What goes wrong in a way that nobody has foreseen is written into its own folder: it
 * may name what only the service may know.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { isCodedError } from "../core/primitives/codedError.ts";
import { answerCalls, type Call } from "./calls.ts";

export interface RunningService {
  readonly calls: Readonly<Record<string, Call>>;
  readonly close: () => Promise<void>;
}

/** In the folder of a service. */
export const FAULT_FILE = "fault.txt";

/** Starts a service in the folder that is the only argument, and runs it until stdin ends. */
export async function runService(
  start: (folder: string) => Promise<RunningService>,
): Promise<void> {
  const folder = folderArgument();
  process.on("uncaughtException", (fault) => {
    keepFault(folder, fault);
    process.exit(1);
  });
  // Ctrl-C and a terminal that closes are for whoever started it, who ends it in good order.
  for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined);
  const { calls, close } = await start(folder);
  try {
    await answerCalls(calls, process.stdin, process.stdout);
  } catch (error) {
    // What came in is no call: whoever sent it has to know.
    if (!isCodedError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
  await close();
  process.exit();
}

function folderArgument(): string {
  const [, , folder] = process.argv;
  if (folder !== undefined) return folder;
  throw new Error("expected the folder of the service as the argument, got none");
}

function keepFault(folder: string, fault: Error): void {
  const file = join(folder, FAULT_FILE);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${inspect(fault)}\n`, { mode: 0o600 });
  process.stderr.write(`a fault that was not foreseen is described in ${file}\n`);
}
