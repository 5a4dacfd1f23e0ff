/**
 * A line that is opened when it is first used: what a server does before it speaks keeps nobody
 * waiting.
 */
import type { Line } from "../parties/server/line.ts";
import { abortError, type LineError } from "../parties/server/lineError.ts";

/** `open` is called once, by the first exchange; what it throws, every exchange throws. */
export function lateLine(open: () => Promise<Line>): Line {
  const ending = Promise.withResolvers<never>();
  ending.promise.catch(() => undefined);
  let ended: LineError | null = null;
  let opening: Promise<Line> | null = null;
  let line: Line | null = null;
  const opened = async (): Promise<Line> => {
    const found = await open();
    line = found;
    if (ended !== null) {
      found.abort(ended.abort, "expected to be used, was given up before", ended.place, ended);
    }
    return found;
  };
  return {
    exchange: async (type, stream, body) => {
      opening ??= opened();
      const ready = await Promise.race([opening, ending.promise]);
      return ready.exchange(type, stream, body);
    },
    lastIn: (stream) => line?.lastIn(stream) ?? { stream, number: 0 },
    abort: (...reason) => {
      if (line !== null) {
        line.abort(...reason);
        return;
      }
      ended ??= abortError(...reason);
      ending.reject(ended);
    },
    end: () => {
      line?.end();
    },
  };
}
