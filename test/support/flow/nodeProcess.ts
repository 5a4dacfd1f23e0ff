/** A `hardhat node` and single tasks as processes of their own, the way a person runs them. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { mkdir, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const HARDHAT = fileURLToPath(
  new URL("../../../node_modules/hardhat/dist/src/cli.js", import.meta.url),
);

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningNode {
  readonly url: string;
  readonly rpc: (method: string, params: readonly unknown[]) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const JOURNALS = join(ROOT, "ignition/deployments");

/**
 * Starts a node on a free port and waits until it answers. Its first block is no other running
 * node's: deployments are journalled under its hash. The journals go with the node.
 */
export async function startNode(): Promise<RunningNode> {
  const node = await startAnyNode();
  const genesis = await genesisOf(node);
  const claim = join(tmpdir(), `chargeveil-genesis-${genesis}`);
  try {
    await mkdir(claim);
  } catch {
    // Another node began in the same second. This one begins again, later.
    await node.stop();
    return startNode();
  }
  return {
    ...node,
    stop: async () => {
      await node.stop();
      const journals = await readdir(JOURNALS).catch(() => []);
      for (const name of journals.filter((one) => one.includes(genesis.slice(2, 10)))) {
        await rm(join(JOURNALS, name), { recursive: true });
      }
      await rm(claim, { recursive: true });
    },
  };
}

async function genesisOf(node: RunningNode): Promise<string> {
  const block = await node.rpc("eth_getBlockByNumber", ["0x0", false]);
  return z.object({ hash: z.string() }).parse(block).hash;
}

async function startAnyNode(): Promise<RunningNode> {
  const port = await freePort();
  const child = spawn(process.execPath, [HARDHAT, "node", "--port", String(port)], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await said(child, "Started HTTP and WebSocket JSON-RPC server");
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    rpc: (method, params) => call(url, method, params),
    stop: () => stopped(child),
  };
}

/** Runs one task against a node in a process of its own. */
export function runOnNode(url: string, args: readonly string[]): Promise<Ran> {
  return runTask([...args, "--network", "pilot"], { CHARGEVEIL_RPC_URL: url });
}

/** Runs one task in a process of its own. */
export function runTask(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  return ended(started(args, environment));
}

/**
 * The same, with Ctrl-C as soon as a line of stderr contains `phrase`. Tells as well which
 * processes it had started itself by then.
 */
export async function runTaskUntil(
  phrase: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran & { readonly children: readonly number[] }> {
  const child = started(args, environment);
  let heard = "";
  let children: readonly number[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    const isFirst = !heard.includes(phrase);
    heard += chunk.toString();
    if (!isFirst || !heard.includes(phrase)) return;
    children = childrenOf(child.pid ?? 0);
    child.kill("SIGINT");
  });
  return { ...(await ended(child)), children };
}

function started(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [HARDHAT, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Processes that a process has started, as Linux lists them. */
function childrenOf(pid: number): readonly number[] {
  const tasks = `/proc/${pid}/task`;
  const lists = readdirSync(tasks).map((thread) =>
    readFileSync(join(tasks, thread, "children"), "utf8"),
  );
  return lists.flatMap((list) =>
    list
      .split(" ")
      .filter((word) => word.trim() !== "")
      .map(Number),
  );
}

async function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number>((resolve) => {
    child.once("close", (exit) => {
      resolve(exit ?? -1);
    });
  });
  const stderr = Buffer.concat(err).toString();
  if (CONTROLS.some((control) => stderr.includes(control))) {
    throw new Error(`expected lines where stderr is no terminal, got ${JSON.stringify(stderr)}`);
  }
  return { code, stdout: Buffer.concat(out).toString(), stderr };
}

/** What moves a cursor or colours text is of no use in a file. */
const CONTROLS = ["\r", "\b", "\u001b"];

async function call(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== "object" || answer === null || !("result" in answer)) {
    throw new Error(`${method}: expected a result, got ${JSON.stringify(answer)}`);
  }
  return answer.result;
}

function said(child: ChildProcess, phrase: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes(phrase)) resolve();
    });
    child.once("close", (code) => {
      reject(new Error(`the node ended with code ${code} before it listened`));
    });
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => {
      resolve();
    });
    child.kill();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("freePort: expected an address with a port"));
      });
    });
  });
}
