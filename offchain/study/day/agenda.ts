/**
 * What is still to happen on a simulated day, in order of time. An event may put further events on
 * the agenda; events for the same moment happen in the order in which they were put there.
 */
export interface Agenda {
  readonly at: (seconds: number, act: () => Promise<void>) => void;
  /** Runs until nothing is left. `before` is called with the time of each event. */
  readonly run: (before: (seconds: number) => Promise<void>) => Promise<void>;
}

interface Entry {
  readonly seconds: number;
  readonly order: number;
  readonly act: () => Promise<void>;
}

/** An empty agenda. Times are unix seconds. */
export function agenda(): Agenda {
  let entries: Entry[] = [];
  let order = 0;
  return {
    at: (seconds, act) => {
      entries.push({ seconds, order, act });
      order += 1;
    },
    run: async (before) => {
      for (;;) {
        const next = earliest(entries);
        if (next === undefined) return;
        entries = entries.filter((entry) => entry !== next);
        await before(next.seconds);
        await next.act();
      }
    },
  };
}

function earliest(entries: readonly Entry[]): Entry | undefined {
  return entries.reduce<Entry | undefined>(
    (first, entry) => (first === undefined || isBefore(entry, first) ? entry : first),
    undefined,
  );
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.seconds === b.seconds ? a.order < b.order : a.seconds < b.seconds;
}
