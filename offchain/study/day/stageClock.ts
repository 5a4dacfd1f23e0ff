/** Seconds that each stage of a run took, wall clock, added up over the day. */
export interface StageClock {
  /**
   * Adds the time of `work` to `stage`. Stages are not nested; those that run side by side count
   * both.
   */
  readonly time: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
  readonly seconds: () => Readonly<Record<string, number>>;
}

/** @param nowMs a clock that only goes forward */
export function stageClock(nowMs: () => number): StageClock {
  const spent = new Map<string, number>();
  return {
    time: async (stage, work) => {
      const from = nowMs();
      try {
        return await work();
      } finally {
        spent.set(stage, (spent.get(stage) ?? 0) + nowMs() - from);
      }
    },
    seconds: () =>
      Object.fromEntries([...spent].map(([stage, ms]) => [stage, Math.round(ms) / 1000])),
  };
}
