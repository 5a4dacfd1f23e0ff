/** What is measured of a round, and what a measurement of rounds works with. */
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { EverybodysWork } from "../../market/work.ts";
import type { Watch } from "./measure.ts";
import type { BenchProgress } from "./operations.ts";
import type { SecondsPerStage } from "./benchReport.ts";

/** All of it is handed in. */
export interface RoundBench extends Watch {
  readonly rng: Rng;
  /** Deals a round's key. */
  readonly deal: () => Promise<DealtRound>;
  /** This thread, and then all cores. */
  readonly work: readonly Cores[];
  readonly progress: BenchProgress;
}

export interface DealtRound {
  readonly roundKey: RoundKey;
  readonly privateKey: PrivateKey;
}

/** Whoever does the heavy work, on so many cores. */
export interface Cores {
  readonly cores: number;
  readonly work: EverybodysWork;
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
  readonly secondsPerStage?: SecondsPerStage;
}

export const MIB = 1_048_576;

/** Resident memory of the process, worker threads included, whenever somebody looks. */
export function watchMemory(): { readonly look: () => void; readonly peakMiB: () => number } {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  return { look, peakMiB: () => peak / MIB };
}
