import type { Attempt } from "../core/messages/attempt.ts";
import type { Rng } from "../core/primitives/random.ts";
import type { Line } from "../parties/server/line.ts";
import { SILENCE_MS } from "./line.ts";
import { availableParallelism } from "node:os";
import { systemRng } from "../core/primitives/random.ts";

/** What the process of a server is made of. */
export interface ServerOptions {
  readonly folder: string;
  readonly rng: Rng;
  /** Worker threads for heavy work; none: on the thread of the calls. */
  readonly threads: number;
  /** How long the other server, or the authority, may be silent. */
  readonly timeoutMs: number;
  /** Stands between a round and its line. */
  readonly wrapLine: (line: Line, attempt: Attempt) => Line;
}

/** As a server runs: on all processors, with the system's generator. */
export function serverOptions(folder: string): ServerOptions {
  return {
    folder,
    rng: systemRng,
    threads: availableParallelism(),
    timeoutMs: SILENCE_MS,
    wrapLine: (line) => line,
  };
}
