/**
 * People with a state folder each, on a node that signs for nobody: the keys of operator and
 * authority are in the environment, each only while its owner acts.
 */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id, Wallet } from "ethers";
import { commandLine, type CommandLine, type Facts } from "./commandLine.ts";
import { lockedNode } from "./lockedNode.ts";
import { startNode, type RunningNode } from "./nodeProcess.ts";

/** The first account of every `hardhat node`. */
const FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** Of an account without money. */
export const AUTHORITYS_KEY = id("the authority's key");

export interface People {
  readonly node: RunningNode;
  /** Where everybody's folders are, and files on their way. */
  readonly folder: string;
  readonly of: (name: string) => CommandLine;
  /** Loses the answer to what is sent next. */
  readonly loseNextAnswer: () => void;
  /** What the operator does, in a folder of its own. */
  readonly operator: (...args: string[]) => Promise<Facts>;
  /** What the authority does, in another. */
  readonly authority: (...args: string[]) => Promise<Facts>;
  /** What it is refused, sentence and arguments. */
  readonly authorityRefused: CommandLine["refused"];
  /** A file on its way from one to another. */
  readonly file: (name: string) => string;
  readonly stop: () => Promise<void>;
}

/** Deploys a market, and gives everybody who is named its addresses. */
export async function peopleApart(...names: string[]): Promise<People> {
  const node = await startNode();
  const locked = await lockedNode(node.url);
  const folder = await mkdtemp(join(tmpdir(), "chargeveil-people-"));
  const file = (name: string): string => join(folder, name);
  const of = (name: string): CommandLine =>
    commandLine(
      () => ({ ...node, url: locked.url }),
      () => file(name),
    );
  /** Somebody whose key is there for as long as a command runs. */
  const withKey = async <T>(
    [name, variable, key]: readonly [string, string, string],
    act: (line: CommandLine) => Promise<T>,
  ): Promise<T> => {
    process.env[variable] = key;
    try {
      return await act(of(name));
    } finally {
      Reflect.deleteProperty(process.env, variable);
    }
  };
  const operator: People["operator"] = (...args) =>
    withKey(["operator", "CHARGEVEIL_KEY_OPERATOR", FIRST_KEY], ({ done }) => done(...args));
  const asAuthority = ["authority", "CHARGEVEIL_KEY_AUTHORITY", AUTHORITYS_KEY] as const;
  const authority: People["authority"] = (...args) =>
    withKey(asAuthority, ({ done }) => done(...args));
  const authorityRefused: People["authorityRefused"] = (sentence, ...args) =>
    withKey(asAuthority, ({ refused }) => refused(sentence, ...args));
  const { address } = new Wallet(AUTHORITYS_KEY);
  await operator("market", "deploy", "--corner", "56.40,-3.10", "--authority", address);
  for (const name of ["authority", ...names]) {
    await mkdir(file(name));
    await copyFile(join(file("operator"), "deployment.json"), join(file(name), "deployment.json"));
  }
  const stop = async (): Promise<void> => {
    await locked.stop();
    await node.stop();
    await rm(folder, { recursive: true });
  };
  const { loseNextAnswer } = locked;
  return { node, folder, of, loseNextAnswer, operator, authority, authorityRefused, file, stop };
}
