/**
 * Lines inside the process that are looked at: how much passes, in how many exchanges, and when the
 * matching runs.
 */
import type { Attempt } from "../../core/messages/attempt.ts";
import { FRAME_TYPES } from "../../parties/server/frames.ts";
import { STREAMS, type Line } from "../../parties/server/line.ts";
import { pairedLines } from "../../parties/server/pairedLines.ts";

export interface Traffic {
  /** Bodies of frames, both ways. */
  bytes: number;
  /** Of the matching: one frame of each server. */
  matchingExchanges: number;
}

/** Told of what the proxy's end does. */
export interface MatchingWatch {
  /** It is about to say who takes part. */
  readonly begins: () => void;
  /** It has got an answer of the matching: the last one ends it. */
  readonly ends: () => void;
}

/** What joins the servers for one attempt. */
export type Lines = (attempt: Attempt) => readonly [Line, Line];

/** The same lines, with everything that passes counted. */
export function countedLines(traffic: Traffic, lines: Lines = pairedLines): Lines {
  return tapped(lines, (stream, body, isProxy) => {
    traffic.bytes += body.length;
    if (isProxy && stream === STREAMS.matching) traffic.matchingExchanges += 1;
  });
}

/** The same lines, with the matching watched at the proxy's end. */
export function watchedLines(watch: MatchingWatch, lines: Lines = pairedLines): Lines {
  return (attempt) => {
    const [proxyEnd, cloudEnd] = lines(attempt);
    const exchange: Line["exchange"] = async (type, stream, body) => {
      if (type === FRAME_TYPES.participants) watch.begins();
      const answer = await proxyEnd.exchange(type, stream, body);
      if (stream === STREAMS.matching) watch.ends();
      return answer;
    };
    return [{ ...proxyEnd, exchange }, cloudEnd];
  };
}

function tapped(
  lines: Lines,
  see: (stream: number, body: Uint8Array, isProxy: boolean) => void,
): Lines {
  return (attempt) => {
    const [proxyEnd, cloudEnd] = lines(attempt);
    const tap = (line: Line, isProxy: boolean): Line => ({
      ...line,
      exchange: (type, stream, body) => {
        see(stream, body, isProxy);
        return line.exchange(type, stream, body);
      },
    });
    return [tap(proxyEnd, true), tap(cloudEnd, false)];
  };
}
