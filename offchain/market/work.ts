/**
 * The heavy work of everybody in one process: of a played day, of a machine that plays all parties.
 */
import type { Rng } from "../core/primitives/random.ts";
import { startThreads } from "../core/primitives/threads.ts";
import { cloudWork, cloudWorkOn, type CloudWork } from "../parties/cloud/work.ts";
import { ownerWork, ownerWorkOn, type OwnerWork } from "../parties/owner/work.ts";
import { proxyWork, proxyWorkOn, type ProxyWork } from "../parties/proxy/work.ts";

export interface EverybodysWork extends OwnerWork, ProxyWork, CloudWork {}

/** Everything on the thread of the caller, with its generator. */
export function onThisThread(rng: Rng): EverybodysWork {
  return { ...ownerWork(rng), ...proxyWork(rng), ...cloudWork };
}

/** `close` ends the threads, whatever they are doing. */
export interface PooledWork extends EverybodysWork {
  readonly threads: number;
  readonly close: () => Promise<void>;
}

/**
 * Starts `count` threads that everybody shares. What is running when `signal` aborts rejects with
 * its reason.
 */
export function onThreads(count: number, signal: AbortSignal): PooledWork {
  const threads = startThreads(count, signal);
  return {
    threads: threads.count,
    close: threads.close,
    ...ownerWorkOn(threads),
    ...proxyWorkOn(threads),
    ...cloudWorkOn(threads),
  };
}
