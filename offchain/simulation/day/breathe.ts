/** Lets timers and signals in between two pieces of synchronous work. Throws the signal's reason when it is aborted. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resume) => {
    setImmediate(resume);
  });
  signal.throwIfAborted();
}
