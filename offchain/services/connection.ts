/**
 * Connections between services: TLS 1.3, each side shows the line key that the other one has
 * pinned. No authority of certificates and no name takes part.
 */
import { once } from "node:events";
import {
  connect,
  createServer,
  type ConnectionOptions,
  type TLSSocket,
  type TlsOptions,
} from "node:tls";
import type { AddressInfo } from "node:net";
import { lineKeyOf, LineKeyError, type LineKeys } from "./lineKeys.ts";

/** Where a service listens, and as whom. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  /** 0x-prefixed hexadecimal. */
  readonly lineKey: string;
}

export interface Listener {
  readonly port: number;
  /** Ends all connections too. */
  readonly close: () => Promise<void>;
}

type ConnectionErrorCode = "E_CONNECTION_KEY" | "E_CONNECTION_FAILED" | "E_CONNECTION_TIMEOUT";

export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionErrorCode;
  /** Nobody is there: if there is a reason, the other end has it. */
  readonly fromPeer: boolean;

  constructor(code: ConnectionErrorCode, message: string) {
    super(message);
    this.code = code;
    this.fromPeer = code !== "E_CONNECTION_KEY";
  }
}

/** Services of one machine; other machines would need another address and nothing else. */
export const LOOPBACK = "127.0.0.1";
/** A handshake that takes longer has nobody at its other end. */
const HANDSHAKE_MS = 10_000;

/**
 * Connects to a service that has the pinned key.
 * @throws ConnectionError E_CONNECTION_KEY if another answers, E_CONNECTION_FAILED if nobody does,
 *   E_CONNECTION_TIMEOUT
 */
export function connectPinned(
  keys: LineKeys,
  { host, port, lineKey }: Peer,
  timeoutMs: number = HANDSHAKE_MS,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...ownSide(keys) });
    const refuse = (code: ConnectionErrorCode, message: string): void => {
      clearTimeout(alarm);
      socket.destroy();
      reject(new ConnectionError(code, `connect to ${host}:${port}: ${message}`));
    };
    const alarm = setTimeout(() => {
      refuse("E_CONNECTION_TIMEOUT", `expected a handshake within ${timeoutMs} ms, got none`);
    }, timeoutMs);
    const failed = (error: Error): void => {
      refuse("E_CONNECTION_FAILED", `expected a service that listens there, got: ${error.message}`);
    };
    socket.once("error", failed);
    socket.once("secureConnect", () => {
      const shown = keyShown(socket);
      if (shown !== lineKey) {
        refuse("E_CONNECTION_KEY", `expected line key ${lineKey}, got ${shown ?? "none"}`);
        return;
      }
      clearTimeout(alarm);
      socket.off("error", failed);
      // A connection that breaks later is closed, and its user hears of that.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

/**
 * Listens on a free port of this machine. `take` gets connections with the key that they have
 * shown; what it does not want, it destroys. Who shows none is sent away.
 */
export async function listenPinned(
  keys: LineKeys,
  take: (socket: TLSSocket, lineKey: string) => void,
): Promise<Listener> {
  const open = new Set<TLSSocket>();
  const server = createServer({
    ...ownSide(keys),
    requestCert: true,
    handshakeTimeout: HANDSHAKE_MS,
  });
  server.on("secureConnection", (socket) => {
    open.add(socket);
    // A connection that breaks is closed, and its user hears of that.
    socket.on("error", () => undefined);
    socket.once("close", () => open.delete(socket));
    const shown = keyShown(socket);
    if (shown === null) socket.destroy();
    else take(socket, shown);
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

/**
 * Keys are compared by whoever connects or listens: there is nothing for TLS itself to check but
 * that they are held.
 */
function ownSide({ certificate, privateKey }: LineKeys): ConnectionOptions & TlsOptions {
  return {
    cert: certificate,
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    minVersion: "TLSv1.3",
    rejectUnauthorized: false,
  };
}

function keyShown(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  try {
    return lineKeyOf(certificate.publicKey);
  } catch (error) {
    if (error instanceof LineKeyError) return null;
    throw error;
  }
}
