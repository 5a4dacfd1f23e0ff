/**
 * Tasks in the process of the test, with arguments that Hardhat's own command line parses: the same
 * answer as from a process of its own, without two seconds of start a command. Nothing but the
 * state folder and the node is carried from one command to the next.
 */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatUserConfig } from "hardhat/config";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { isResult } from "hardhat/utils/result";
import config from "../../../hardhat.config.ts";
// Hardhat exports no parser of its command line; its version is pinned.
import {
  parseRawArguments,
  parseTask,
  parseTaskArguments,
} from "../../../node_modules/hardhat/dist/src/internal/cli/parser.js";
import { ROOT, type Ran } from "./nodeProcess.ts";

/** Output is caught from the whole process: one command at a time. */
let last: Promise<unknown> = Promise.resolve();

/** Runs one task against a node. */
export function runHereOn(url: string, args: readonly string[]): Promise<Ran> {
  return inTurn(async () => {
    const networks = { ...config.networks, pilot: { type: "http", url } } as const;
    const hre = await environment({ ...config, networks }, "pilot");
    const ran = await runIn(hre, args);
    await (await hre.network.getOrCreate()).close();
    return ran;
  });
}

/** Runs one task that needs no node. */
export function runHere(args: readonly string[]): Promise<Ran> {
  return inTurn(async () => runIn(await environment(config), args));
}

function inTurn(run: () => Promise<Ran>): Promise<Ran> {
  const ran = last.then(run);
  last = ran.catch(() => undefined);
  return ran;
}

/** A runtime of its own for every command, as a process would have. */
function environment(
  userConfig: HardhatUserConfig,
  network?: string,
): Promise<HardhatRuntimeEnvironment> {
  const globalOptions = network === undefined ? {} : { network };
  return createHardhatRuntimeEnvironment(userConfig, globalOptions, ROOT);
}

async function runIn(hre: HardhatRuntimeEnvironment, args: readonly string[]): Promise<Ran> {
  const [out, err] = [caught(process.stdout), caught(process.stderr)];
  let code = 1;
  try {
    code = await codeOf(hre, args);
  } catch (error) {
    err.texts.push(error instanceof Error ? `${error.stack ?? error.message}\n` : String(error));
  } finally {
    out.release();
    err.release();
  }
  return { code, stdout: out.texts.join(""), stderr: err.texts.join("") };
}

async function codeOf(hre: HardhatRuntimeEnvironment, args: readonly string[]): Promise<number> {
  const words = parseRawArguments([...args]);
  const used = words.map(() => false);
  const task = parseTask(words, used, hre.tasks.rootTasks);
  if (Array.isArray(task)) throw new Error(`expected a task, got ${task.join(" ")}`);
  const result: unknown = await task.run(parseTaskArguments(words, used, task));
  return isResult(result) && !result.success ? 1 : 0;
}

interface Caught {
  readonly texts: string[];
  readonly release: () => void;
}

/** What is written to a stream until it is released. */
function caught(stream: NodeJS.WriteStream): Caught {
  const texts: string[] = [];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array): boolean => {
    texts.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
    return true;
  };
  return {
    texts,
    release: () => {
      stream.write = write;
    },
  };
}
