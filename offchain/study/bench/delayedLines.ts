/**
 * A line on which every frame is on its way for a while, as between two places; and a count of what
 * passes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Attempt } from "../../core/messages/attempt.ts";
import type { Line } from "../../parties/server/line.ts";
import { pairedLines } from "../../parties/server/pairedLines.ts";

export interface DelayedLines {
  readonly lines: (attempt: Attempt) => readonly [Line, Line];
  /** Exchanges so far, of all attempts. */
  readonly exchanges: () => number;
}

/**
 * Frames take `delayMs` from one server to the other. Both speak at once, so an exchange takes no
 * longer than a frame.
 */
export function delayedLines(delayMs: number): DelayedLines {
  let exchanges = 0;
  const delayed = (line: Line, onExchange: () => void): Line => ({
    ...line,
    exchange: async (...frame) => {
      onExchange();
      const theirs = await line.exchange(...frame);
      if (delayMs > 0) await sleep(delayMs);
      return theirs;
    },
  });
  return {
    exchanges: () => exchanges,
    lines: (attempt) => {
      const [proxy, cloud] = pairedLines(attempt);
      return [delayed(proxy, () => (exchanges += 1)), delayed(cloud, () => undefined)];
    },
  };
}
