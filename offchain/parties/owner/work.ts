/**
 * The heavy work of an owner: encrypting a record with the proof of its ranges, here or on worker
 * threads.
 */
import { encryptProven, type EncryptProven } from "../../core/messages/provenRecord.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { soon, type Threads } from "../../core/primitives/threads.ts";

export interface OwnerWork {
  readonly encryptProven: EncryptProven;
}

/** On the thread of the caller, with its generator. */
export function ownerWork(rng: Rng): OwnerWork {
  return { encryptProven: (...given) => soon(() => encryptProven(...given, rng)) };
}

const WORKER = new URL("./worker.ts", import.meta.url);

/** On worker threads, which draw from the system's generator. */
export function ownerWorkOn(threads: Threads): OwnerWork {
  return { encryptProven: (...given) => threads.run(WORKER, "encrypt", given) };
}
