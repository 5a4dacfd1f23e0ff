/**
 * Timing several ways of doing the same work, side by side. A machine that others use as well is
 * now quick and now slow, so the sides take turns in one run, the order of the turns alternates,
 * and what is believed is the ratio of their medians. Short work is repeated within one sample
 * until the clock can see it, and quick sides take more turns than slow ones, until the budget of
 * time is spent. Nothing is concluded from a time here.
 */
import { breathe } from "../../core/primitives/breathe.ts";

/** One way of doing the work. */
export interface Side {
  /** Does it; a promise is waited for, and the result dropped. */
  readonly run: () => unknown;
  /** How many operations one run does: times are given for one operation. */
  readonly operations: number;
}

/** At least so many rounds, and then more until so much time is spent. */
export interface Effort {
  readonly rounds: number;
  readonly milliseconds: number;
}

export interface Watch {
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

export interface Measurement {
  /** For one operation. */
  readonly medianMs: number;
  readonly samples: number;
}

/** Caches are filled and code is compiled after so long, or so many runs. */
const WARM_UP_MS = 20;
const WARM_UP_RUNS = 64;
/** What a sample takes at least, by repeating the run, though not more often than this. */
const SAMPLE_MS = 1;
const MOST_RUNS = 200;
/**
 * A quick side may take this part of the time of the slowest one for further turns of a round, up
 * to so many turns.
 */
const FURTHER_SHARE = 1 / 4;
const MOST_TURNS = 8;

/** A side, and how it is sampled. */
interface Lane {
  readonly side: Side;
  /** Runs in a sample. */
  readonly runs: number;
  /** What a sample took when the side was warm. */
  readonly sampleMs: number;
  /** Milliseconds of one operation. */
  readonly samples: number[];
}

/** A side that does one operation a run. */
export function sideOf(run: () => unknown): Side {
  return { run, operations: 1 };
}

/**
 * The median time of every side; to be asked by side.
 * @throws what a side throws, and the reason of the signal as soon as a sample ends.
 */
export async function measureSideBySide(
  sides: readonly Side[],
  { rounds, milliseconds }: Effort,
  watch: Watch,
): Promise<(side: Side) => Measurement> {
  const lanes: Lane[] = [];
  for (const side of sides) lanes.push(await warmLane(side, watch));
  const turns = turnsOf(lanes);
  const from = watch.nowMs();
  for (let round = 0; round < rounds || watch.nowMs() - from < milliseconds; round++) {
    for (const lane of round % 2 === 0 ? turns : turns.toReversed()) await takeSample(lane, watch);
  }
  return (side) => {
    const { samples = [] } = lanes.find((lane) => lane.side === side) ?? {};
    return { medianMs: median(samples), samples: samples.length };
  };
}

/** The middle of the values in their order, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const [low = NaN, high = low] = ordered.slice(
    Math.ceil(ordered.length / 2) - 1,
    Math.floor(ordered.length / 2) + 1,
  );
  return (low + high) / 2;
}

async function warmLane(side: Side, watch: Watch): Promise<Lane> {
  const from = watch.nowMs();
  let runMs = 0;
  for (let runs = 0; runs < WARM_UP_RUNS && watch.nowMs() - from < WARM_UP_MS; runs++) {
    runMs = await timed(side, 1, watch);
  }
  const runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(SAMPLE_MS / runMs)));
  return { side, runs, sampleMs: runs * runMs, samples: [] };
}

/** The turns of a round: everybody's first, then the second of those who are quick, and so on. */
function turnsOf(lanes: readonly Lane[]): readonly Lane[] {
  const slowestMs = Math.max(...lanes.map(({ sampleMs }) => sampleMs));
  const count = ({ sampleMs }: Lane): number => 1 + (FURTHER_SHARE * slowestMs) / sampleMs;
  return Array.from({ length: MOST_TURNS }, (_, turn) =>
    lanes.filter((lane) => turn === 0 || turn + 1 <= count(lane)),
  ).flat();
}

async function takeSample({ side, runs, samples }: Lane, watch: Watch): Promise<void> {
  samples.push((await timed(side, runs, watch)) / (runs * side.operations));
}

/** Milliseconds of all `runs` together. */
async function timed(side: Side, runs: number, { nowMs, signal }: Watch): Promise<number> {
  await breathe(signal);
  const from = nowMs();
  for (let k = 0; k < runs; k++) {
    const result = side.run();
    if (result instanceof Promise) await result;
  }
  return nowMs() - from;
}
