/** Two services of this process that are connected as two processes are. */
import type { TLSSocket } from "node:tls";
import { id } from "ethers";
import { hexToBytes } from "../../../offchain/core/primitives/bytes.ts";
import { connectPinned, listenPinned, LOOPBACK } from "../../../offchain/services/connection.ts";
import { lineKeysOf, type LineKeys } from "../../../offchain/services/lineKeys.ts";

export interface Connected {
  /** Of the one that listens, and of the one that connects. */
  readonly sockets: readonly [TLSSocket, TLSSocket];
  readonly close: () => Promise<void>;
}

/** The same name gives the same keys. */
export function namedLineKeys(name: string): LineKeys {
  return lineKeysOf(hexToBytes(id(`line keys of ${name}`)));
}

/** @param via the port to connect to, of the one on which the other listens */
export async function connected(
  listening: LineKeys,
  connecting: LineKeys,
  via: (port: number) => Promise<number> = (port) => Promise.resolve(port),
): Promise<Connected> {
  let take: (socket: TLSSocket) => void;
  const taken = new Promise<TLSSocket>((resolve) => {
    take = resolve;
  });
  const { port, close } = await listenPinned(listening, (socket) => {
    take(socket);
  });
  const peer = { host: LOOPBACK, port: await via(port), lineKey: listening.publicKey };
  const socket = await connectPinned(connecting, peer);
  return { sockets: [await taken, socket], close };
}
