/**
 * One server's end of the line, whatever carries its bytes: it numbers frames, pairs each with the
 * other server's, keeps the transcript of every stream and refuses what has no place in it. The
 * first fault ends the line on both sides.
 */
import type { Attempt, ServerIndex } from "../../core/messages/attempt.ts";
import { createHash } from "node:crypto";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import {
  abortFrame,
  decodeFrame,
  encodeFrame,
  FRAME_TYPES,
  readAbort,
  signedFrame,
  unsignedFrame,
  type Frame,
  type FrameType,
} from "./frames.ts";
import { MOST_STREAMS, type Line } from "./line.ts";
import { abortError, LineError, type LinePlace } from "./lineError.ts";
import { firstTranscript, frameDigest, nextTranscript } from "./lineTranscript.ts";

/** Signs one's own frames and checks the other server's; digests as `frameDigest`. */
export interface FrameSigner {
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly verify: (digest: Uint8Array, signature: Uint8Array) => boolean;
}

/** How long the other server may be silent while something is waited for. */
export interface Silence {
  readonly timeoutMs: number;
  /** Calls `act` after `ms`, unless it is called off. */
  readonly after: (ms: number, act: () => void) => { readonly callOff: () => void };
}

export interface LineEndOptions {
  readonly attempt: Attempt;
  /** Of this end. */
  readonly server: ServerIndex;
  /** Takes one whole frame, in order. */
  readonly send: (bytes: Uint8Array) => void;
  /** Between processes; without one, frames have no signature. */
  readonly signer?: FrameSigner;
  /**
   * Keeps the transcript of every stream, as a signer does: it costs as much as all else that a
   * line does.
   */
  readonly keepsTranscripts?: boolean;
  /** Without one, the other server may take its time. */
  readonly silence?: Silence;
  /** Called once, when the line has ended by a fault of either side. */
  readonly onAbort?: (error: LineError) => void;
}

export interface LineEnd extends Line {
  /** Takes one whole frame of the other server. Never throws: a fault ends the line. */
  readonly receive: (bytes: Uint8Array) => void;
  /** Ends the line by what was found where its bytes are carried, unless it has ended. */
  readonly fail: (error: LineError) => void;
  /** The transcript of a stream. @throws RangeError if none are kept */
  readonly transcriptOf: (stream: number) => Uint8Array;
}

/**
 * What has come in and was not asked for yet takes at most so many bytes: four frames of the
 * longest kind.
 */
const MAX_WAITING_BYTES = 64 * 1_024 * 1_024;
/** A stream, between two exchanges or within one. */
interface Stream {
  number: number;
  t: Uint8Array;
  mine: Pending | null;
  theirs: Received | null;
  last: LinePlace;
}

interface Pending {
  readonly type: FrameType;
  readonly frame: Uint8Array;
  readonly settle: {
    readonly done: (body: Uint8Array) => void;
    readonly failed: (e: Error) => void;
  };
}

interface Received {
  readonly frame: Frame;
  /** Without a signature: what transcripts are over. */
  readonly bytes: Uint8Array;
  /** As it came: what an abort names. */
  readonly given: Uint8Array;
}

export function lineEnd(options: LineEndOptions): LineEnd {
  const { attempt, server, send, signer, silence, onAbort } = options;
  const keeps = options.keepsTranscripts === true || signer !== undefined;
  const streams = new Map<number, Stream>();
  let ended: LineError | null = null;
  let isOver = false;
  let waitingBytes = 0;
  let waiting = 0;
  // Either server may be an exchange ahead when it aborts: what is signed then depends on no
  // exchange.
  const abortTranscript = firstTranscript(attempt, 0);
  let alarm: ReturnType<Silence["after"]> | null = null;

  const streamOf = (stream: number): Stream => {
    const known = streams.get(stream);
    if (known !== undefined) return known;
    if (streams.size >= MOST_STREAMS) {
      throw new LineError("FRAME", `line: expected at most ${MOST_STREAMS} streams, got another`);
    }
    const t = firstTranscript(attempt, stream);
    const last = { stream, number: 0 };
    const fresh: Stream = { number: 0, t, mine: null, theirs: null, last };
    streams.set(stream, fresh);
    return fresh;
  };

  /** The clock runs while something is waited for, and begins anew with every frame that comes. */
  const watch = (): void => {
    alarm?.callOff();
    alarm = null;
    if (silence === undefined || waiting === 0 || ended !== null) return;
    alarm = silence.after(silence.timeoutMs, () => {
      const message = `line: expected a frame within ${silence.timeoutMs} ms, got none`;
      fail(new LineError("TIMEOUT", message));
    });
  };

  const fail = (error: LineError, digest = error.place.digest): void => {
    if (ended !== null) return;
    ended = error;
    alarm?.callOff();
    if (!error.fromPeer) sayAbort(error, digest);
    for (const stream of streams.values()) {
      stream.theirs = null;
      stream.mine?.settle.failed(error);
      stream.mine = null;
    }
    onAbort?.(error);
  };

  const sayAbort = ({ abort, place }: LineError, digest: string | undefined): void => {
    const named = digest === undefined ? place : { ...place, digest };
    const bytes = encodeFrame(abortFrame(abort, named));
    send(signer === undefined ? bytes : signed(signer, abortTranscript, bytes));
  };

  const signed = (by: FrameSigner, t: Uint8Array, bytes: Uint8Array): Uint8Array =>
    signedFrame(bytes, by.sign(frameDigest(t, server, bytes)));

  /** Both frames of an exchange are there. */
  const pair = (stream: Stream, place: LinePlace): void => {
    const { mine, theirs } = stream;
    if (mine === null || theirs === null) return;
    if (mine.type !== theirs.frame.type) {
      const types = `expected a frame of type ${mine.type}, got one of ${theirs.frame.type}`;
      fail(new LineError("FRAME", `line: ${types}`, place), digestOf(theirs.given));
      return;
    }
    const [first, second] = server === 0 ? [mine.frame, theirs.bytes] : [theirs.bytes, mine.frame];
    if (keeps) stream.t = nextTranscript(stream.t, first, second);
    // Without a signature a frame is its sender's word against nobody's.
    stream.last = signer === undefined ? place : { ...place, digest: digestOf(theirs.given) };
    stream.number += 1;
    stream.mine = null;
    stream.theirs = null;
    waitingBytes -= theirs.bytes.length;
    waiting -= 1;
    watch();
    mine.settle.done(theirs.frame.body);
  };

  const exchange: Line["exchange"] = (type, number, body) =>
    new Promise((done, failed) => {
      if (ended !== null || isOver) {
        failed(ended ?? overError());
        return;
      }
      const stream = streamOf(number);
      const place = { stream: number, number: stream.number };
      if (stream.mine !== null) {
        failed(new RangeError(`exchange: expected one exchange at a time in stream ${number}`));
        return;
      }
      const frame = encodeFrame({ type, ...place, body });
      stream.mine = { type, frame, settle: { done, failed } };
      waiting += 1;
      watch();
      send(signer === undefined ? frame : signed(signer, stream.t, frame));
      pair(stream, place);
    });

  const takeIn = (given: Uint8Array): void => {
    const { frame: bytes, signature } =
      signer === undefined ? { frame: given, signature: null } : unsignedFrame(given);
    const frame = decodeFrame(bytes);
    const place = { stream: frame.stream, number: frame.number };
    const stream = streamOf(frame.stream);
    if (signer !== undefined && signature !== null) {
      const sender = server === 0 ? 1 : 0;
      const t = frame.type === FRAME_TYPES.abort ? abortTranscript : stream.t;
      if (!signer.verify(frameDigest(t, sender, bytes), signature)) {
        throw new LineError(
          "SIGNATURE",
          "line: expected a frame signed by the other server",
          place,
        );
      }
    }
    if (frame.type === FRAME_TYPES.abort) {
      fail(readAbort(frame));
      return;
    }
    if (isOver) throw lateError(place);
    if (stream.theirs !== null || frame.number !== stream.number) {
      const next = stream.number + (stream.theirs === null ? 0 : 1);
      const got = `got number ${frame.number}`;
      throw new LineError(
        "FRAME",
        `line: expected number ${next} in stream ${frame.stream}, ${got}`,
        place,
      );
    }
    waitingBytes += bytes.length;
    if (waitingBytes > MAX_WAITING_BYTES) {
      throw new LineError(
        "FRAME",
        `line: expected at most ${MAX_WAITING_BYTES} bytes ahead`,
        place,
      );
    }
    stream.theirs = { frame, bytes, given };
    watch();
    pair(stream, place);
  };

  return {
    exchange,
    receive: (bytes) => {
      if (ended !== null) return;
      try {
        takeIn(bytes);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        fail(error, digestOf(bytes));
      }
    },
    fail: (error) => {
      if (!isOver) fail(error);
    },
    lastIn: (stream) => streams.get(stream)?.last ?? { stream, number: 0 },
    abort: (...reason) => {
      if (!isOver) fail(abortError(...reason));
    },
    end: () => {
      const open = [...streams.values()].some(({ mine, theirs }) => (mine ?? theirs) !== null);
      if (open) fail(lateError());
      if (ended !== null) throw ended;
      isOver = true;
      alarm?.callOff();
    },
    transcriptOf: (stream) => {
      if (keeps) return streamOf(stream).t;
      throw new RangeError("transcriptOf: expected a line that keeps transcripts");
    },
  };
}

function lateError(place?: LinePlace): LineError {
  return new LineError("FRAME", "line: expected no frame after the last one, got another", place);
}

function overError(): LineError {
  return new LineError("FRAME", "line: expected no exchange after the last one");
}

function digestOf(bytes: Uint8Array): string {
  return bytesToHex(createHash("sha256").update(bytes).digest());
}
