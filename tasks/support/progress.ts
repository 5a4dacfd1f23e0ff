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

/** A bar on a terminal; otherwise only what is said. */
export function progressOn(stream: NodeJS.WriteStream): ProgressBar {
  return stream.isTTY ? barOn(stream) : linesOn(stream);
}

function linesOn(stream: NodeJS.WriteStream): ProgressBar {
  return {
    say: (line) => stream.write(`${line}\n`),
    update: () => undefined,
    stop: () => undefined,
  };
}

function barOn(stream: NodeJS.WriteStream): ProgressBar {
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
