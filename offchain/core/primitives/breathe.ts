/** A pause in long synchronous work, in which timers, messages and an abort can arrive. */
import { setImmediate } from "node:timers/promises";

/** Gives the event loop a turn. @throws the reason of the signal, once it is aborted */
export async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
