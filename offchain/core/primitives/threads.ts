/**
 * Worker threads. A job is a function of a file that a thread loads when it is first asked for;
 * what goes in and out is copied between threads. Lists are cut into parts, a few for every thread,
 * so that all have something to do until the end and an interrupted run stops soon.
 */
import { Piscina } from "piscina";
import { inPieces } from "./pieces.ts";

/** `close` ends the threads, whatever they are doing. */
export interface Threads {
  readonly count: number;
  readonly close: () => Promise<void>;
  /**
   * Runs the function `name` of a module. Rejects with the reason of the signal when that aborts.
   */
  readonly run: <Result>(file: URL, name: string, given: unknown) => Promise<Result>;
}

/** Parts of a list for every thread: more share better, fewer cost less copying. */
const PARTS_PER_THREAD = 3;

/** Starts `count` threads. What is running when `signal` aborts rejects with its reason. */
export function startThreads(count: number, signal: AbortSignal): Threads {
  const pool = new Piscina({ minThreads: count, maxThreads: count, maxQueue: Infinity });
  return {
    count,
    close: () => pool.destroy(),
    run: async <Result>({ href }: URL, name: string, given: unknown): Promise<Result> => {
      signal.throwIfAborted();
      try {
        return (await pool.run(given, { filename: href, name, signal })) as Result;
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },
  };
}

/** A list in as many parts as suit the threads. */
export function partsFor<T>({ count }: Threads, items: readonly T[]): readonly (readonly T[])[] {
  return cut(items, count * PARTS_PER_THREAD);
}

/** At most `count` parts of nearly equal length, in order. */
export function cut<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  return inPieces(items, Math.max(1, Math.ceil(items.length / count)));
}

/** Work on the thread of the caller, as a promise: what throws, throws into it. */
export function soon<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(act());
  });
}
