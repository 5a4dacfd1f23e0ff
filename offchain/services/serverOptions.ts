/** What the process of a server is made of, and what it is when it runs. */
import { availableParallelism } from "node:os";
import { systemRng, type Rng } from "../core/primitives/random.ts";
import type { Line } from "../parties/server/line.ts";
import { SILENCE_MS } from "./line.ts";

export interface ServerOptions {
  readonly folder: string;
  readonly rng: Rng;
  /** Worker threads for heavy work; none: on the thread of the calls. */
  readonly threads: number;
  /** How long the other server, or the authority, may be silent. */
  readonly timeoutMs: number;
  /** Stands between a round and its line. */
  readonly wrapLine: (line: Line) => Line;
}

/** On all processors, with the system's generator. */
export function serverOptions(folder: string): ServerOptions {
  return {
    folder,
    rng: systemRng,
    threads: availableParallelism(),
    timeoutMs: SILENCE_MS,
    wrapLine: (line) => line,
  };
}
