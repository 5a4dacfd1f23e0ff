/**
 * Everything that a whole run leaves where others can look: what the chain shows for ever (calldata
 * and values, senders, recipients, logs, every word that was written to storage, also one that was
 * overwritten or reverted), what was printed, and every file of the output folder but those of the
 * truth. All of it as bytes: text is its UTF-8.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Market } from "../../../../offchain/chain/market.ts";
import { callOf, eventOf } from "../traffic.ts";

export const SURFACE_KINDS = [
  "calldata",
  "sender",
  "recipient",
  "log",
  "storage",
  "terminal",
  "file",
] as const;
export type SurfaceKind = (typeof SURFACE_KINDS)[number];

export interface Surface {
  readonly kind: SurfaceKind;
  /** Function, event, stream or file. */
  readonly where: string;
  readonly content: Buffer;
}

/** A step of a trace, as far as it is asked for. */
interface Step {
  readonly op: string;
  readonly storage?: Readonly<Record<string, string>>;
}

/**
 * Storage comes with the steps that write it: neither stack nor memory is needed, which makes a
 * trace quick.
 */
const TRACE = { disableMemory: true, disableStack: true, disableStorage: false } as const;

/** What the chain shows from block `from` to the latest. */
export async function chainSurfaces(market: Market, from = 0): Promise<readonly Surface[]> {
  const { provider } = market;
  const latest = await provider.getBlockNumber();
  const surfaces: Surface[] = [];
  for (let height = from; height <= latest; height += 1) {
    const block = await provider.getBlock(height, true);
    for (const transaction of block?.prefetchedTransactions ?? []) {
      const { hash, from: sender, to, data, value } = transaction;
      const where = callOf(market, to, data);
      surfaces.push(
        { kind: "calldata", where, content: bytesOf(data) },
        { kind: "calldata", where: `value of ${where}`, content: bytesOf(wordOf(value)) },
        { kind: "sender", where, content: bytesOf(sender) },
        { kind: "recipient", where, content: bytesOf(to ?? "0x") },
        { kind: "storage", where, content: await storageWritten(market, hash) },
      );
    }
    for (const log of await provider.getLogs({ fromBlock: height, toBlock: height })) {
      const content = Buffer.concat([...log.topics, log.data].map(bytesOf));
      surfaces.push({ kind: "log", where: eventOf(market, log), content });
    }
  }
  return surfaces.filter(({ content }) => content.length > 0);
}

/** Slots and words that a transaction wrote, in its order. */
async function storageWritten({ provider }: Market, hash: string): Promise<Buffer> {
  const trace = await provider.send("debug_traceTransaction", [hash, TRACE]);
  const written = stepsOf(trace)
    .filter(({ op }) => op === "SSTORE")
    .flatMap(({ storage = {} }) => Object.entries(storage).flat());
  return Buffer.concat(written.map(bytesOf));
}

function stepsOf(trace: unknown): readonly Step[] {
  if (typeof trace !== "object" || trace === null || !("structLogs" in trace)) {
    throw new Error("stepsOf: expected a trace with its steps");
  }
  return trace.structLogs as readonly Step[];
}

/** Lines of a terminal, by the name of their stream. */
export function printedSurfaces(printed: Readonly<Record<string, string>>): readonly Surface[] {
  return Object.entries(printed).map(([where, text]) => ({
    kind: "terminal",
    where,
    content: Buffer.from(text),
  }));
}

/** Every file below `folder`, by its path in it, except what lies in folders named `apart`. */
export async function fileSurfaces(folder: string, apart: string): Promise<readonly Surface[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry): Promise<readonly Surface[]> => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      return [{ kind: "file", where: entry.name, content: await readFile(path) }];
    }
    return entry.name === apart ? [] : fileSurfaces(path, apart);
  });
  return (await Promise.all(found)).flat();
}

function wordOf(value: bigint): string {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.slice(2), "hex");
}
