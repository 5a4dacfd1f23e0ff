/** What is measured of a round, and what a measurement of rounds works with. */
import type { ModeName, RoundKey } from "../messages/roundKey.ts";
import type { PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Rng } from "../primitives/random.ts";
import type { HeavyWork } from "../workers/heavyWork.ts";
import type { BenchProgress } from "./operations.ts";

/** All of it is handed in. */
export interface RoundBench {
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly rng: Rng;
  /** Deals a round's key for a mode. */
  readonly deal: (mode: ModeName) => Promise<{ roundKey: RoundKey; privateKey: PrivateKey }>;
  /** One thread, and all. */
  readonly work: readonly { readonly cores: number; readonly work: HeavyWork }[];
  readonly progress: BenchProgress;
}

/** One round, once. */
export interface Measured {
  /** That were compared: sellers that have left are not. */
  readonly pairs: number;
  readonly seconds: number;
  /** Between the servers. */
  readonly bytes: number;
  /** Of the whole process, worker threads included. */
  readonly peakMiB: number;
}

const MIB = 1_048_576;

/** Resident memory of the process, worker threads included, whenever somebody looks. */
export function watchMemory(): { readonly look: () => void; readonly peakMiB: () => number } {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  return { look, peakMiB: () => peak / MIB };
}
