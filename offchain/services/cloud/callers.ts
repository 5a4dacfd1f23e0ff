/** Connections of the proxy, one an attempt: each begins with the attempt that it is for. */
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { ATTEMPT_BYTES, attemptBytes, type Attempt } from "../../core/messages/attempt.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { ConnectionError } from "../connection.ts";

export interface Callers {
  /**
   * A connection that has come: for whoever waits for its attempt, or is going to. A second one for
   * the same attempt is closed.
   */
  readonly came: (socket: TLSSocket) => Promise<void>;
  /** The connection for an attempt. @throws ConnectionError E_CONNECTION_TIMEOUT */
  readonly of: (attempt: Attempt, timeoutMs: number) => Promise<TLSSocket>;
}

/** Connections that nobody has waited for yet: the oldest is closed. */
const MOST_THERE = 4;
/** Who does not say at once what it calls for is sent away. */
const SAYING_MS = 10_000;

export function callers(): Callers {
  const there = new Map<string, TLSSocket>();
  const wanted = new Map<string, (socket: TLSSocket) => void>();
  return {
    came: async (socket) => {
      const name = await attemptSaid(socket);
      if (name === null) {
        socket.destroy();
        return;
      }
      const take = wanted.get(name);
      if (take !== undefined) {
        take(socket);
        return;
      }
      if (there.get(name)?.destroyed === false) {
        socket.destroy();
        return;
      }
      there.set(name, socket);
      socket.once("close", () => {
        if (there.get(name) === socket) there.delete(name);
      });
      const [oldest] = there;
      if (there.size <= MOST_THERE || oldest === undefined) return;
      there.delete(oldest[0]);
      oldest[1].destroy();
    },
    of: (attempt, timeoutMs) =>
      new Promise((resolve, reject) => {
        const name = bytesToHex(attemptBytes(attempt));
        const early = there.get(name);
        there.delete(name);
        if (early?.destroyed === false) {
          resolve(early);
          return;
        }
        const alarm = setTimeout(() => {
          wanted.delete(name);
          const message = `expected the proxy to connect within ${timeoutMs} ms, it has not`;
          reject(new ConnectionError("E_CONNECTION_TIMEOUT", message));
        }, timeoutMs);
        wanted.set(name, (socket) => {
          clearTimeout(alarm);
          wanted.delete(name);
          resolve(socket);
        });
      }),
  };
}

/** The first bytes of a connection; null if they do not come. */
async function attemptSaid(socket: TLSSocket): Promise<string | null> {
  const signal = AbortSignal.timeout(SAYING_MS);
  try {
    for (;;) {
      const bytes = socket.read(ATTEMPT_BYTES) as Buffer | null;
      if (bytes !== null) return bytes.length === ATTEMPT_BYTES ? bytesToHex(bytes) : null;
      if (socket.readableEnded || socket.destroyed) return null;
      await once(socket, "readable", { signal });
    }
  } catch {
    return null;
  }
}
