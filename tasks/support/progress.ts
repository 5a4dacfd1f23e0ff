/**
 * Progress of long work, on stderr only: a bar where somebody watches, lines where the output is
 * kept.
 */
import cliProgress from "cli-progress";
import type { Progress } from "../../offchain/study/day/context.ts";

export interface ProgressBar extends Progress {
  /** Takes the bar away. */
  readonly stop: () => void;
}

/** Where progress is shown. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** So long nothing is said of work that goes on (milliseconds). */
const SILENCE_MS = 10_000;

/**
 * A bar on a terminal; otherwise what is said, and a line about work that has gone on in silence.
 * @param nowMs a clock that only goes forward
 */
export function progressOn(
  stream: ProgressStream,
  nowMs: () => number = () => performance.now(),
): ProgressBar {
  return stream.isTTY === true ? barOn(stream) : linesOn(stream, nowMs);
}

function linesOn(stream: ProgressStream, nowMs: () => number): ProgressBar {
  let lastMs = nowMs();
  const say = (line: string): void => {
    lastMs = nowMs();
    stream.write(`${line}\n`);
  };
  return {
    say,
    update: (stage, done, total) => {
      if (nowMs() - lastMs >= SILENCE_MS) say(`${stage}: ${done} of ${total}`);
    },
    stop: () => undefined,
  };
}

function barOn(stream: ProgressStream): ProgressBar {
  const bar = new cliProgress.SingleBar({
    stream,
    format: "{bar} {value}/{total} {stage}",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  });
  let running = false;
  const stop = (): void => {
    if (running) bar.stop();
    running = false;
  };
  return {
    say: (line) => {
      stop();
      stream.write(`${line}\n`);
    },
    update: (stage, done, total) => {
      if (!running) bar.start(total, done, { stage });
      running = true;
      bar.setTotal(total);
      bar.update(done, { stage });
      if (done >= total) stop();
    },
    stop,
  };
}
