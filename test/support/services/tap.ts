/** A way between two services on which somebody keeps every byte that passes. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { LOOPBACK } from "../../../offchain/services/connection.ts";

export interface Tap {
  /** Where to connect instead of at the service. */
  readonly port: number;
  /** What the one that connects has sent so far, and what the service has. */
  readonly heard: () => readonly [Uint8Array, Uint8Array];
  readonly close: () => Promise<void>;
}

/** A tap in front of a service that listens on this machine. */
export async function tapOn(servicePort: number): Promise<Tap> {
  const [asked, answered]: [Buffer[], Buffer[]] = [[], []];
  const keeps = (from: Socket, to: Socket, kept: Buffer[]): void => {
    from.on("data", (chunk: Buffer) => {
      kept.push(chunk);
      to.write(chunk);
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
  };
  const server = createServer((client) => {
    const service = connect(servicePort, LOOPBACK);
    keeps(client, service, asked);
    keeps(service, client, answered);
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => [Buffer.concat(asked), Buffer.concat(answered)],
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
