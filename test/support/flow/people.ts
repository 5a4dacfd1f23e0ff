/**
 * People with a state folder each, on a node that signs for nobody: the operator's key is in the
 * environment, and only while the operator acts.
 */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, type CommandLine, type Facts } from "./commandLine.ts";
import { lockedNode } from "./lockedNode.ts";
import { startNode, type RunningNode } from "./nodeProcess.ts";

/** The first account of every `hardhat node`. */
export const FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

export interface People {
  readonly node: RunningNode;
  /** Where everybody's folders are, and files on their way. */
  readonly folder: string;
  readonly of: (name: string) => CommandLine;
  /** What the operator does, in a folder of its own. */
  readonly operator: (...args: string[]) => Promise<Facts>;
  /** The same of what it is refused, sentence and arguments. */
  readonly operatorRefused: CommandLine["refused"];
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
  const withKey = async <T>(act: (line: CommandLine) => Promise<T>): Promise<T> => {
    process.env.CHARGEVEIL_KEY_OPERATOR = FIRST_KEY;
    try {
      return await act(of("operator"));
    } finally {
      delete process.env.CHARGEVEIL_KEY_OPERATOR;
    }
  };
  const operator: People["operator"] = (...args) => withKey(({ done }) => done(...args));
  const operatorRefused: People["operatorRefused"] = (sentence, ...args) =>
    withKey(({ refused }) => refused(sentence, ...args));
  await operator("market", "deploy", "--corner", "56.40,-3.10");
  for (const name of names) {
    await mkdir(file(name));
    await copyFile(join(file("operator"), "deployment.json"), join(file(name), "deployment.json"));
  }
  const stop = async (): Promise<void> => {
    await locked.stop();
    await node.stop();
    await rm(folder, { recursive: true });
  };
  return { node, folder, of, operator, operatorRefused, file, stop };
}
