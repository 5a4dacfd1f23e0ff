/** Two ends of a line inside one process: frames are bytes as between processes, without signatures and without a clock. */
import { lineEnd, type LineEnd } from "./lineEnd.ts";
import type { Attempt, ServerIndex } from "./lineTranscript.ts";

/** Both ends, that of server 0 first. */
export function pairedLines(attempt: Attempt): readonly [LineEnd, LineEnd] {
  const ends: LineEnd[] = [];
  const end = (server: ServerIndex): LineEnd =>
    lineEnd({
      attempt,
      server,
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
