/** Connections of the proxy, one an attempt, for the round that waits for one. */
import type { TLSSocket } from "node:tls";
import { ConnectionError } from "../connection.ts";

export interface Callers {
  /** A connection that has come; one before it that nobody has taken is closed. */
  readonly came: (socket: TLSSocket) => void;
  /** The connection that is there, or the next one. @throws ConnectionError E_CONNECTION_TIMEOUT */
  readonly next: (timeoutMs: number) => Promise<TLSSocket>;
}

export function callers(): Callers {
  let there: TLSSocket | null = null;
  let wanted: ((socket: TLSSocket) => void) | null = null;
  return {
    came: (socket) => {
      if (wanted !== null) {
        wanted(socket);
        return;
      }
      there?.destroy();
      there = socket;
    },
    next: (timeoutMs) =>
      new Promise((resolve, reject) => {
        const kept = there;
        there = null;
        if (kept?.closed === false) {
          resolve(kept);
          return;
        }
        const alarm = setTimeout(() => {
          wanted = null;
          const message = `expected the proxy to connect within ${timeoutMs} ms, it has not`;
          reject(new ConnectionError("E_CONNECTION_TIMEOUT", message));
        }, timeoutMs);
        wanted = (socket) => {
          clearTimeout(alarm);
          wanted = null;
          resolve(socket);
        };
      }),
  };
}
