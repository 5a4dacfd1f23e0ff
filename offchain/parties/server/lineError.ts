/** Why a line between the two servers ends before its round does. */

/**
 * Codes of an abort, as one byte of frame 7f: up to 15 a signed frame names who is at fault, from
 * 16 on nobody is named.
 */
export const ABORT_CODES = {
  SIGNATURE: 1,
  FRAME: 2,
  /** Who takes part is not what the chain and signed headers say. */
  INVENTORY: 3,
  /** What was opened is not what was committed to. */
  COMMIT: 5,
  /** The outcome is signed by nobody who has to, or is another. */
  OUTCOME: 6,
  TIMEOUT: 17,
  PACKAGE: 19,
  STOPPED: 32,
} as const;
export type AbortCode = keyof typeof ABORT_CODES;

/** Where on the line a fault was found. */
export interface LinePlace {
  readonly stream: number;
  readonly number: number;
  /** SHA-256 of the frame at fault as it came, 0x-prefixed hexadecimal; none if no frame is. */
  readonly digest?: string;
}

/** The line has ended: nothing is sent or taken any more, and the round has come to nothing. */
export class LineError extends Error {
  override readonly name = "LineError";
  readonly code: `E_LINE_${AbortCode}`;
  readonly abort: AbortCode;
  readonly place: LinePlace;
  /** The other server ended the line: its own end knows why, this one was told or left. */
  readonly fromPeer: boolean;

  constructor(abort: AbortCode, message: string, place: LinePlace = NOWHERE, fromPeer = false) {
    super(`${message}; the round is aborted, a new attempt has to be dealt anew`);
    this.code = `E_LINE_${abort}`;
    this.abort = abort;
    this.place = place;
    this.fromPeer = fromPeer;
  }
}

/** The error of a line that its own side ends, because of `cause` if there is one. */
export function abortError(
  abort: AbortCode,
  why: string,
  place?: LinePlace,
  cause?: unknown,
): LineError {
  if (cause instanceof LineError) return cause;
  const error = new LineError(abort, `line: ${why}`, place);
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** What carried the line is gone, and the other server with it. */
export function goneError(): LineError {
  return new LineError("STOPPED", "line: the other server has gone", undefined, true);
}

const NOWHERE: LinePlace = { stream: 0, number: 0 };

/** The code for a byte of frame 7f; an unknown byte is the fault of the frame. */
export function abortCodeOf(byte: number): AbortCode {
  const names = Object.keys(ABORT_CODES) as AbortCode[];
  return names.find((name) => ABORT_CODES[name] === byte) ?? "FRAME";
}
