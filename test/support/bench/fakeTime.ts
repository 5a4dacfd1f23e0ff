/** A clock that only moves when work is done, and work that moves it. */
import { sideOf, type Side, type Watch } from "../../../offchain/study/bench/measure.ts";

export interface FakeTime {
  readonly watch: Watch;
  /** Names of the sides that ran, in order. */
  readonly log: readonly string[];
  /** Lets time pass. */
  readonly pass: (ms: number) => void;
  /** A side whose k-th run takes the k-th of the times, the last one from then on. */
  readonly side: (name: string, ...times: readonly number[]) => Side;
}

export function fakeTime(signal: AbortSignal = new AbortController().signal): FakeTime {
  let nowMs = 0;
  const log: string[] = [];
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return {
    watch: { nowMs: () => nowMs, signal },
    log,
    pass,
    side: (name, ...times) => {
      let runs = 0;
      return sideOf(() => {
        log.push(name);
        pass(times[Math.min(runs++, times.length - 1)] ?? 0);
      });
    },
  };
}
