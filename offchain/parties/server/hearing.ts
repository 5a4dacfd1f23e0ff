/**
 * How a server reads what the other one has said: what is wrong with it is the fault of its frame.
 */
import { CandidatesError } from "../../core/matching/candidates.ts";
import { PaillierError } from "../../core/primitives/paillier/publicKey.ts";
import { BodyError, NO_BODY } from "./body.ts";
import type { FrameType } from "./frames.ts";
import type { Line } from "./line.ts";
import { LineError } from "./lineError.ts";

/**
 * One exchange, and what `read` makes of the other server's body. Who has nothing to say itself
 * leaves `mine` away.
 * @throws LineError FRAME, which names the frame, for a body of another form
 */
export async function hear<T>(
  line: Line,
  type: FrameType,
  stream: number,
  read: (body: Uint8Array) => T,
  mine: Uint8Array = NO_BODY,
): Promise<T> {
  const body = await line.exchange(type, stream, mine);
  return readHeard(line, stream, () => read(body));
}

/**
 * Reads what the last frames of a stream have brought.
 * @throws LineError FRAME, which names the last of them, for what is of another form
 */
export function readHeard<T>(line: Line, stream: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isFormFault(error)) throw error;
    throw new LineError("FRAME", `line: ${error.message}`, line.lastIn(stream));
  }
}

/** All that reading throws for what has come over the line; anything else is one's own fault. */
function isFormFault(error: unknown): error is Error {
  return [BodyError, CandidatesError, PaillierError].some((kind) => error instanceof kind);
}
