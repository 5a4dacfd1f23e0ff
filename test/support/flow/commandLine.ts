/**
 * The command line against a node, as a person uses it: what is done says so in JSON, what is
 * refused in one sentence. Commands run in the process of the test; with `npm run deep:flow` each
 * in a process of its own.
 */
import { expect } from "chai";
import { faultsIn } from "./jsonForms.ts";
import { runHereOn } from "./inProcess.ts";
import { runOnNode, type Ran, type RunningNode } from "./nodeProcess.ts";

const runCommand = process.env.DEEP === "1" ? runOnNode : runHereOn;

/** What a task prints with `--json`. */
export type Facts = Readonly<Record<string, unknown>>;

export interface CommandLine {
  readonly run: (...args: string[]) => Promise<Ran>;
  /** Expects exit code 0, and values in the forms of `jsonForms.ts`. */
  readonly done: (...args: string[]) => Promise<Facts>;
  /** Expects exit code 1, one sentence on stderr, and nothing on stdout. */
  readonly refused: (sentence: RegExp, ...args: string[]) => Promise<void>;
  /** As `done`, of a command that another one has printed as what can come next. */
  readonly paste: (line: string) => Promise<Facts>;
  /** Moves the node's clock. */
  readonly passTime: (seconds: number) => Promise<void>;
}

/** `node` and `state` are asked for when a command runs: a suite has them only after its hooks. */
export function commandLine(node: () => RunningNode, state: () => string): CommandLine {
  const run = (...args: string[]): Promise<Ran> =>
    runCommand(node().url, [...args, "--state", state()]);

  const done = async (...args: string[]): Promise<Facts> => {
    const { code, stdout, stderr } = await run(...args, "--json");
    expect(code, `${args.join(" ")}: ${stderr}`).to.equal(0);
    const facts = JSON.parse(stdout) as Facts;
    expect(faultsIn(facts), args.join(" ")).to.deep.equal([]);
    return facts;
  };

  const refused = async (sentence: RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(" ")}: ${stdout}`).to.equal(1);
    expect(stderr.trim()).to.match(sentence);
    expect(stderr.trim().split("\n"), "one sentence").to.have.lengthOf(1);
    expect(stdout).to.equal("");
  };

  const passTime = async (seconds: number): Promise<void> => {
    await node().rpc("evm_increaseTime", [seconds]);
    await node().rpc("evm_mine", []);
  };

  const paste = (line: string): Promise<Facts> => {
    const [, command = ""] = line.split("npx hardhat ");
    expect(command, line).to.contain(` --state ${state()}`);
    return done(...command.replace(` --state ${state()}`, "").split(" "));
  };

  return { run, done, refused, paste, passTime };
}
