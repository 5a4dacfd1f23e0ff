/**
 * The line between the two servers over a connection: frames are signed with line keys, so that
 * nobody else can speak on it, and whatever is wrong with one ends the line for both.
 */
import { sign, verify } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { wholeLength } from "../parties/server/frames.ts";
import type { Line } from "../parties/server/line.ts";
import { lineEnd, type FrameSigner } from "../parties/server/lineEnd.ts";
import { goneError, LineError } from "../parties/server/lineError.ts";
import type { Attempt, ServerIndex } from "../core/messages/attempt.ts";
import { publicLineKey, type LineKeys } from "./lineKeys.ts";

/** How long the other server may be silent while it is waited for. */
export const SILENCE_MS = 60_000;

const LINGER_MS = 1_000;

export interface SocketLineOptions {
  readonly attempt: Attempt;
  /** Of this end. */
  readonly server: ServerIndex;
  readonly keys: LineKeys;
  /** Of the other server: the one that the connection has shown. */
  readonly peerLineKey: string;
  /** Between two frames, `SILENCE_MS` by default. */
  readonly timeoutMs?: number;
  /** Gets every frame as it came in, the signature behind it. */
  readonly onFrame?: (bytes: Uint8Array) => void;
}

/**
 * The end of a line on a connection that nothing else uses; when the line ends, so does the
 * connection.
 */
export function socketLine(socket: TLSSocket, options: SocketLineOptions): Line {
  const { attempt, server, keys, peerLineKey, timeoutMs = SILENCE_MS, onFrame } = options;
  let isClosing = false;
  let waiting = 0;
  const close = (): void => {
    isClosing = true;
    socket.end();
    // The last frame still has to get there; who does not close its side then is not waited for.
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
  const end = lineEnd({
    attempt,
    server,
    signer: signerOf(keys, peerLineKey),
    silence: { timeoutMs, after: timerOf },
    send: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    onAbort: close,
  });
  const gone = (): void => {
    isClosing = true;
    if (waiting > 0) end.fail(goneError());
  };
  const drained = drainOf(socket);
  const cut = frameCutter((bytes) => {
    onFrame?.(bytes);
    end.receive(bytes);
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      if (!isClosing) cut(chunk);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      end.fail(error);
    }
  });
  socket.on("error", gone);
  socket.once("end", gone);
  socket.once("close", gone);
  return {
    exchange: async (type, stream, body) => {
      // Who does not read holds up who writes, not the memory of who writes.
      while (socket.writableNeedDrain && !isClosing) await drained();
      if (isClosing) end.fail(goneError());
      waiting += 1;
      try {
        return await end.exchange(type, stream, body);
      } finally {
        waiting -= 1;
      }
    },
    abort: end.abort,
    lastIn: end.lastIn,
    end: () => {
      end.end();
      close();
    },
  };
}

/**
 * Cuts frames out of what comes in chunks. A length that no frame has is refused before anything of
 * that length is kept. The result throws LineError FRAME for one.
 */
export function frameCutter(take: (frame: Uint8Array) => void): (chunk: Uint8Array) => void {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  let wantedBytes = LENGTH_BYTES;
  return (chunk) => {
    kept.push(chunk);
    keptBytes += chunk.length;
    if (keptBytes < wantedBytes) return;
    let left = Buffer.concat(kept);
    for (;;) {
      wantedBytes = left.length < LENGTH_BYTES ? LENGTH_BYTES : wholeLength(left);
      if (left.length < wantedBytes) break;
      take(left.subarray(0, wantedBytes));
      left = left.subarray(wantedBytes);
    }
    kept = [left];
    keptBytes = left.length;
  };
}

const LENGTH_BYTES = 4;

function signerOf({ privateKey }: LineKeys, peerLineKey: string): FrameSigner {
  const peerKey = publicLineKey(peerLineKey);
  return {
    sign: (digest) => sign(null, digest, privateKey),
    verify: (digest, signature) => verify(null, digest, peerKey, signature),
  };
}

function timerOf(ms: number, act: () => void): { readonly callOff: () => void } {
  const timer = setTimeout(act, ms);
  return {
    callOff: () => {
      clearTimeout(timer);
    },
  };
}

/** Until the connection takes more, or is closed: however many wait, one listens. */
function drainOf(socket: TLSSocket): () => Promise<void> {
  let waiting: Promise<void> | null = null;
  return () => {
    waiting ??= new Promise((resolve) => {
      const over = (): void => {
        socket.off("drain", over);
        socket.off("close", over);
        waiting = null;
        resolve();
      };
      socket.on("drain", over);
      socket.on("close", over);
    });
    return waiting;
  };
}
