import { expect } from "chai";
import { once } from "node:events";
import { X509Certificate } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { connect as connectTls } from "node:tls";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import {
  ConnectionError,
  connectPinned,
  listenPinned,
  LOOPBACK,
} from "../../../offchain/services/connection.ts";
import {
  drawLineSeed,
  LineKeyError,
  lineKeysOf,
  publicLineKey,
} from "../../../offchain/services/lineKeys.ts";
import { connected, namedLineKeys } from "../../support/services/connected.ts";

describe("connections between services", () => {
  const [alice, bob] = [namedLineKeys("alice"), namedLineKeys("bob")];

  it("show each side the key of the other", async () => {
    const seen: string[] = [];
    const listener = await listenPinned(alice, (socket, lineKey) => {
      seen.push(lineKey);
      socket.end("heard");
    });
    const socket = await connectPinned(bob, at(listener.port, alice.publicKey));
    const [heard] = (await once(socket, "data")) as [Buffer];
    expect(heard.toString()).to.equal("heard");
    expect(seen).to.deep.equal([bob.publicKey]);
    expect(socket.getProtocol()).to.equal("TLSv1.3");
    await listener.close();
  });

  it("are not made with a service of another key", async () => {
    const listener = await listenPinned(alice, () => undefined);
    const error = await refusal(connectPinned(bob, at(listener.port, bob.publicKey)));
    expect(error.code).to.equal("E_CONNECTION_KEY");
    expect(error.message).to.contain(alice.publicKey).and.to.contain(bob.publicKey);
    await listener.close();
  });

  it("are not made by who shows no key", async () => {
    let taken = 0;
    const listener = await listenPinned(alice, () => (taken += 1));
    const socket = connectTls({ host: LOOPBACK, port: listener.port, rejectUnauthorized: false });
    socket.on("error", () => undefined);
    await once(socket, "close");
    expect(taken).to.equal(0);
    await listener.close();
  });

  it("are refused an older version of TLS", async () => {
    const listener = await listenPinned(alice, () => undefined);
    const socket = connectTls({
      host: LOOPBACK,
      port: listener.port,
      rejectUnauthorized: false,
      maxVersion: "TLSv1.2",
    });
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).to.match(/version/);
    await listener.close();
  });

  it("say that nobody listens, or nobody answers", async () => {
    const mute = createServer((socket) => socket.resume()).listen(0, LOOPBACK);
    await once(mute, "listening");
    const { port } = mute.address() as AddressInfo;
    const silent = await refusal(connectPinned(bob, at(port, alice.publicKey), 50));
    expect(silent.code).to.equal("E_CONNECTION_TIMEOUT");
    await new Promise((resolve) => mute.close(resolve));
    const refused = await refusal(connectPinned(bob, at(port, alice.publicKey)));
    expect(refused.code).to.equal("E_CONNECTION_FAILED");
  });

  it("are closed with their listener", async () => {
    const { sockets, close } = await connected(alice, bob);
    const closed = once(sockets[1], "close");
    await close();
    await closed;
  });
});

describe("line keys", () => {
  it("have a certificate that they sign themselves", () => {
    const { certificate, publicKey } = namedLineKeys("alice");
    const read = new X509Certificate(certificate);
    expect(read.verify(publicLineKey(publicKey))).to.equal(true);
    expect(read.publicKey.asymmetricKeyType).to.equal("ed25519");
  });

  it("are the same for the same seed, and do not print their secret", () => {
    const seed = drawLineSeed(systemRng);
    const keys = lineKeysOf(seed);
    expect(lineKeysOf(seed)).to.deep.equal(keys);
    expect(Object.keys(keys)).to.deep.equal(["publicKey", "certificate"]);
  });

  it("are of 32 bytes", () => {
    expect(() => lineKeysOf(new Uint8Array(31))).to.throw(LineKeyError, "got 31");
    expect(() => publicLineKey("0x00")).to.throw(LineKeyError, "got 1");
  });
});

function at(port: number, lineKey: string): { host: string; port: number; lineKey: string } {
  return { host: LOOPBACK, port, lineKey };
}

async function refusal(of: Promise<unknown>): Promise<ConnectionError> {
  try {
    await of;
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}
