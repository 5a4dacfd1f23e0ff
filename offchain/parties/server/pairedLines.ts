/**
 * Two ends of a line inside one process: frames are bytes as between processes, without signatures
 * and without a clock.
 */
import type { Attempt, ServerIndex } from "../../core/messages/attempt.ts";
import { lineEnd, type LineEnd } from "./lineEnd.ts";

/**
 * Both ends, that of server 0 first. In one process transcripts convince nobody; who wants them
 * says so.
 */
export function pairedLines(
  attempt: Attempt,
  keepsTranscripts = false,
): readonly [LineEnd, LineEnd] {
  const ends: LineEnd[] = [];
  const end = (server: ServerIndex): LineEnd =>
    lineEnd({
      attempt,
      server,
      keepsTranscripts,
      send: (bytes) => {
        // The other server hears it as from a wire: after what this one is doing now.
        queueMicrotask(() => {
          ends[1 - server]?.receive(bytes);
        });
      },
    });
  const [first, second] = [end(0), end(1)];
  ends.push(first, second);
  return [first, second];
}
