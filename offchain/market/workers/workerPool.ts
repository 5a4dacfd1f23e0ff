/**
 * Heavy work on worker threads. Lists are cut into parts, a few for every thread, so that all have something to do until
 * the end and an interrupted run stops soon. Threads draw from the system's generator.
 */
import { Piscina } from "piscina";
import type { HeavyWork } from "./heavyWork.ts";
import type { Jobs } from "./jobs.ts";

/** `close` ends the threads, whatever they are doing. */
export interface PooledWork extends HeavyWork {
  readonly threads: number;
  readonly close: () => Promise<void>;
}

/** Parts of a list for every thread: more share better, fewer cost less copying. */
const PARTS_PER_THREAD = 3;

type Given<Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];
type Result<Name extends keyof Jobs> = ReturnType<Jobs[Name]>;

/** Starts `threads` threads. What is running when `signal` aborts rejects with its reason. */
export function onWorkers(threads: number, signal: AbortSignal): PooledWork {
  const pool = new Piscina({
    filename: new URL("./worker.ts", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    maxQueue: Infinity,
  });
  const run = async <Name extends keyof Jobs>(
    name: Name,
    given: Given<Name>,
  ): Promise<Result<Name>> => {
    signal.throwIfAborted();
    try {
      return (await pool.run(given, { name, signal })) as Result<Name>;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
  const parts = <T>(items: readonly T[]): readonly (readonly T[])[] =>
    cut(items, threads * PARTS_PER_THREAD);
  return {
    threads,
    close: () => pool.destroy(),
    encryptProven: (...given) => run("encryptProven", given),
    signedHashes: async (venue, uploads) => {
      const hashes = parts(uploads).map((part) => run("signedHashes", [venue, part]));
      return (await Promise.all(hashes)).flat();
    },
    refusedUploads: async (roundKey, layout, uploads) => {
      // The more proofs are checked at once, the less each costs; requests and offers are at the same time.
      const shares = cut(uploads, Math.ceil(threads / 2));
      const refused = await Promise.all(
        shares.map((part) => run("refusedUploads", [roundKey, layout, part])),
      );
      const before = (k: number) => shares.slice(0, k).reduce((sum, part) => sum + part.length, 0);
      return refused.flatMap((places, k) => places.map((place) => before(k) + place));
    },
    maskRecords: async (shortKey, layout, records) => {
      const masked = parts(records).map((part) => run("maskRecords", [shortKey, layout, part]));
      return (await Promise.all(masked)).flat();
    },
    openRecords: async ({ p, q }, layout, records) => {
      const opened = parts(records).map((part) => run("openRecords", [{ p, q }, layout, part]));
      return (await Promise.all(opened)).flat();
    },
  };
}

/** At most `count` parts of nearly equal length, in order. */
function cut<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const length = Math.max(1, Math.ceil(items.length / count));
  return Array.from({ length: Math.ceil(items.length / length) }, (_, k) =>
    items.slice(k * length, (k + 1) * length),
  );
}
