/**
 * Frames of the line between the two servers.
 *
 *   length u32 (bytes after this word) ‖ type u8 ‖ stream u32 ‖ number u32 ‖ body
 *
 * Numbers are big-endian. On a line between processes an Ed25519 signature of 64 bytes follows the
 * body, and the length counts it; transcripts and signatures are over the frame without it, and
 * with the length of the frame without it.
 */
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import {
  ABORT_CODES,
  LineError,
  abortCodeOf,
  type AbortCode,
  type LinePlace,
} from "./lineError.ts";

export interface Frame extends LinePlace {
  readonly type: FrameType;
  readonly body: Uint8Array;
}

/** What a frame is about. Later circuits change bodies, and add types. */
export const FRAME_TYPES = {
  /** Kind of the round, and of everybody whom the chain names the header or why it is absent. */
  headers: 0x07,
  /** Root of who takes part, of both. */
  participants: 0x04,
  /** What one's own coins hash to. */
  coinCommit: 0x0a,
  /** The coins. */
  coins: 0x0b,
  /** Masked records, from the proxy. */
  records: 0x02,
  /** Numbers opened modulo 2^64. */
  rings: 0x10,
  /** Opened bits. */
  bits: 0x11,
  /** Boxes of the cloud. */
  deliveries: 0x32,
  /** The cloud's summand of the sum of the prices that lead. */
  priceSum: 0x33,
  /** Price and salts of a rehearsal, from the proxy. */
  standings: 0x34,
  /** The round is over on this side; that of the cloud is its signature. */
  outcome: 0x30,
  abort: 0x7f,
} as const;
export type FrameType = (typeof FRAME_TYPES)[keyof typeof FRAME_TYPES];

const LENGTH_BYTES = 4;
const HEADER_BYTES = 9;
const TYPE_AT = LENGTH_BYTES;
const STREAM_AT = TYPE_AT + 1;
const NUMBER_AT = STREAM_AT + 4;
const BODY_AT = LENGTH_BYTES + HEADER_BYTES;
/** In front of a frame in memory, never sent. */
const PADDING_BYTES = 3;
const SIGNATURE_BYTES = 64;
/** A whole frame is never longer, its length word and signature included. */
export const MAX_FRAME_BYTES = 16 * 1_024 * 1_024;
export const MAX_BODY_BYTES = MAX_FRAME_BYTES - LENGTH_BYTES - HEADER_BYTES - SIGNATURE_BYTES;

/** Bytes of a frame without a signature. @throws LineError FRAME for a body above the bound */
export function encodeFrame({ type, stream, number, body }: Frame): Uint8Array {
  if (body.length > MAX_BODY_BYTES) {
    const message = `line: expected a body of at most ${MAX_BODY_BYTES} bytes, got ${body.length}`;
    throw new LineError("FRAME", message, { stream, number });
  }
  // From Node's pool, and with the body at a place in memory that a number of 64 bits can have:
  // frames are many and small.
  const room = Buffer.allocUnsafe(PADDING_BYTES + BODY_AT + body.length);
  room.writeUInt32BE(HEADER_BYTES + body.length, PADDING_BYTES);
  room.writeUInt8(type, PADDING_BYTES + TYPE_AT);
  room.writeUInt32BE(stream, PADDING_BYTES + STREAM_AT);
  room.writeUInt32BE(number, PADDING_BYTES + NUMBER_AT);
  room.set(body, PADDING_BYTES + BODY_AT);
  return new Uint8Array(room.buffer, room.byteOffset + PADDING_BYTES, BODY_AT + body.length);
}

/**
 * Bytes of the frame that begins with this length word, the word included: for whoever cuts frames
 * out of a stream.
 * @throws LineError FRAME for a length that no frame has, before anything of that length is kept
 */
export function wholeLength(lengthWord: Uint8Array): number {
  const whole = LENGTH_BYTES + u32At(lengthWord, 0);
  if (whole >= LENGTH_BYTES + HEADER_BYTES && whole <= MAX_FRAME_BYTES) return whole;
  const bounds = `${LENGTH_BYTES + HEADER_BYTES} to ${MAX_FRAME_BYTES} bytes`;
  throw new LineError("FRAME", `line: expected a frame of ${bounds}, got one of ${whole}`);
}

/**
 * Reads a frame without a signature.
 * @throws LineError FRAME for another length or an unknown type
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < LENGTH_BYTES || wholeLength(bytes) !== bytes.length) {
    throw new LineError("FRAME", `line: expected one whole frame, got ${bytes.length} other bytes`);
  }
  const type = bytes[TYPE_AT] ?? 0;
  const place = { stream: u32At(bytes, STREAM_AT), number: u32At(bytes, NUMBER_AT) };
  if (!isFrameType(type)) {
    throw new LineError("FRAME", `line: expected a known type of frame, got ${type}`, place);
  }
  return { type, ...place, body: bytes.subarray(BODY_AT) };
}

/** The same frame with its signature behind it. */
export function signedFrame(frame: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frame.length + SIGNATURE_BYTES);
  bytes.set(frame);
  bytes.set(signature, frame.length);
  viewOf(bytes).setUint32(0, frame.length - LENGTH_BYTES + SIGNATURE_BYTES);
  return bytes;
}

/** Takes a signed frame apart. @throws LineError FRAME if it is too short to have a signature */
export function unsignedFrame(bytes: Uint8Array): {
  readonly frame: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
} {
  const length = bytes.length - SIGNATURE_BYTES;
  if (length < LENGTH_BYTES + HEADER_BYTES || wholeLength(bytes) !== bytes.length) {
    throw new LineError("FRAME", `line: expected a signed frame, got ${bytes.length} other bytes`);
  }
  const frame = bytes.slice(0, length);
  viewOf(frame).setUint32(0, length - LENGTH_BYTES);
  return { frame, signature: bytes.slice(length) };
}

/* ABORT */

/** code u8 ‖ stream u32 ‖ number u32 ‖ SHA-256 of the frame at fault, or zeros */
const ABORT_BODY_BYTES = 41;

/** Frame 7f: it is answered by nothing. */
export function abortFrame(code: AbortCode, { stream, number, digest }: LinePlace): Frame {
  const body = new Uint8Array(ABORT_BODY_BYTES);
  const view = viewOf(body);
  view.setUint8(0, ABORT_CODES[code]);
  view.setUint32(1, stream);
  view.setUint32(5, number);
  if (digest !== undefined) body.set(hexToBytes(digest), 9);
  return { type: FRAME_TYPES.abort, stream: 0, number: 0, body };
}

/** What the other server says in frame 7f. */
export function readAbort({ body }: Frame): LineError {
  if (body.length !== ABORT_BODY_BYTES) {
    return new LineError("FRAME", "line: the other server has aborted, in a frame of another form");
  }
  const place = placeIn(body);
  const code = abortCodeOf(body[0] ?? 0);
  const where = `stream ${place.stream}, exchange ${place.number}`;
  return new LineError(code, `line: the other server has aborted (${code}, ${where})`, place, true);
}

function placeIn(body: Uint8Array): LinePlace {
  const place = { stream: u32At(body, 1), number: u32At(body, 5) };
  const digest = body.subarray(9);
  return digest.every((byte) => byte === 0) ? place : { ...place, digest: bytesToHex(digest) };
}

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(FRAME_TYPES));

function isFrameType(type: number): type is FrameType {
  return KNOWN_TYPES.has(type);
}

function u32At(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return a * 2 ** 24 + ((b << 16) | (c << 8) | d);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
