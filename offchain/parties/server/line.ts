/** The line between the two servers as each of them sees it. */
import type { FrameType } from "./frames.ts";
import type { AbortCode, LinePlace } from "./lineError.ts";
import { MOST_WAVES } from "./waves.ts";

/**
 * Stream 0 is for what concerns the round, 1 for the matching, 2 for offers, 3 + w for requests of
 * wave w.
 */
export const STREAMS = { control: 0, matching: 1, offers: 2, requests: 3 } as const;
/** Those of the largest round. */
export const MOST_STREAMS = STREAMS.requests + MOST_WAVES;

export interface Line {
  /**
   * One frame of each server of the same stream, number and type; the other's body is the result.
   * Who has nothing to say sends an empty body. In a stream one exchange follows the other; streams
   * are independent.
   * @throws LineError if the line has ended, or ends before the other server has answered
   */
  readonly exchange: (type: FrameType, stream: number, body: Uint8Array) => Promise<Uint8Array>;
  /**
   * The other server's last frame in a stream that was paired with one's own: what a fault in its
   * body names. Of a line without signatures it has no digest.
   */
  readonly lastIn: (stream: number) => LinePlace;
  /**
   * Ends the line for both servers with frame 7f: whatever waits for an answer is refused. Does
   * nothing when it has ended.
   * @param place the frame that is at fault, if one is
   * @param cause what has gone wrong on this side; it stays here
   */
  readonly abort: (code: AbortCode, why: string, place?: LinePlace, cause?: unknown) => void;
  /**
   * Ends the line after the last exchange; a frame that comes later is a fault.
   * @throws LineError if one has come already
   */
  readonly end: () => void;
}
