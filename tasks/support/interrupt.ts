/**
 * Turns Ctrl-C, and the end of the terminal, into an abort that work can end in good order on.
 */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The run was stopped from outside. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly code = "E_INTERRUPTED";
}

/**
 * Runs `work` with a signal that SIGINT, SIGTERM and SIGHUP abort; a second one ends the process as
 * usual.
 * @param left what the interrupt leaves, as the end of a sentence
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  left = "nothing was written",
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(new InterruptedError(`interrupted: ${left}`));
  };
  for (const signal of SIGNALS) process.once(signal, abort);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, abort);
  }
}
