/**
 * The attacker of P7, who keeps what was sent once and sends it again in its own name or in a later
 * round, without knowing what is in it.
 */

/** What became of each upload that was sent again: "accepted", or the code of the refusal. */
export async function replayAll<T>(
  captured: readonly T[],
  submit: (upload: T) => unknown,
): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const upload of captured) outcomes.push(await outcomeOf(() => submit(upload)));
  return outcomes;
}

async function outcomeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return "accepted";
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}
