/**
 * An observer that reads nothing and counts bytes: how often it guesses what is in a sealed message
 * from how long the message is.
 */

/** A message as the observer sees it, with what it would like to know. */
export interface Counted {
  /** What is public about the message; lengths are compared within it. */
  readonly among: string;
  readonly bytes: number;
  readonly secret: string;
}

export interface Guesses {
  /** Share of right guesses, 0 to 1. */
  readonly success: number;
  /** The same for who guesses without having seen the message. */
  readonly blind: number;
  readonly trials: number;
}

/**
 * The observer knows the secrets of the first half, and guesses those of the second: whatever was
 * most frequent among the messages whose length was nearest.
 */
export function guessesByLength(messages: readonly Counted[]): Guesses {
  const half = messages.length >> 1;
  const [known, unknown] = [messages.slice(0, half), messages.slice(half)];
  const shareOf = (distance: (one: Counted, seen: Counted) => number): number => {
    const right = unknown.filter((seen) => {
      const alike = known.filter(({ among }) => among === seen.among);
      const least = Math.min(...alike.map((one) => distance(one, seen)));
      const nearest = alike.filter((one) => distance(one, seen) === least);
      return seen.secret === mostFrequent(nearest);
    });
    return right.length / unknown.length;
  };
  return {
    success: shareOf((one, seen) => Math.abs(one.bytes - seen.bytes)),
    blind: shareOf(() => 0),
    trials: unknown.length,
  };
}

function mostFrequent(messages: readonly Counted[]): string | null {
  const counts = new Map<string, number>();
  for (const { secret } of messages) counts.set(secret, 1 + (counts.get(secret) ?? 0));
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? null;
}
