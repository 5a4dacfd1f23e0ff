import { expect } from "chai";
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import {
  encodeFrame,
  FRAME_TYPES,
  MAX_BODY_BYTES,
} from "../../../offchain/parties/server/frames.ts";
import type { Line } from "../../../offchain/parties/server/line.ts";
import { LineError } from "../../../offchain/parties/server/lineError.ts";
import {
  frameCutter,
  socketLine,
  type SocketLineOptions,
} from "../../../offchain/services/line.ts";
import { connected, namedLineKeys, type Connected } from "../../support/services/connected.ts";

const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;
const { bits, rings } = FRAME_TYPES;
const NOTHING = new Uint8Array();

describe("a line between two processes", () => {
  const [proxyKeys, cloudKeys] = [namedLineKeys("proxy"), namedLineKeys("cloud")];
  let pair: Connected;
  let proxySocket: TLSSocket;
  let cloudSocket: TLSSocket;

  beforeEach(async () => {
    pair = await connected(cloudKeys, proxyKeys);
    [cloudSocket, proxySocket] = pair.sockets;
  });

  afterEach(() => pair.close());

  const proxyLine = (more: Partial<SocketLineOptions> = {}): Line =>
    socketLine(proxySocket, {
      attempt: ATTEMPT,
      server: 0,
      keys: proxyKeys,
      peerLineKey: cloudKeys.publicKey,
      ...more,
    });
  const cloudLine = (more: Partial<SocketLineOptions> = {}): Line =>
    socketLine(cloudSocket, {
      attempt: ATTEMPT,
      server: 1,
      keys: cloudKeys,
      peerLineKey: proxyKeys.publicKey,
      ...more,
    });

  it("carries exchanges, small and large, in several streams at once", async () => {
    const [proxy, cloud] = [proxyLine(), cloudLine()];
    const large = new Uint8Array(MAX_BODY_BYTES).fill(7);
    const said = await Promise.all([
      proxy.exchange(bits, 1, Uint8Array.of(1)),
      cloud.exchange(bits, 1, Uint8Array.of(2)),
      proxy.exchange(rings, 2, large),
      cloud.exchange(rings, 2, NOTHING),
    ]);
    expect(said.map(({ length }) => length)).to.deep.equal([1, 1, 0, MAX_BODY_BYTES]);
    expect(said[0]).to.deep.equal(Uint8Array.of(2));
    for (let k = 0; k < 20; k += 1) {
      const [ofCloud, ofProxy] = await Promise.all([
        proxy.exchange(bits, 1, Uint8Array.of(k)),
        cloud.exchange(bits, 1, Uint8Array.of(100 + k)),
      ]);
      expect([ofCloud[0], ofProxy[0]]).to.deep.equal([100 + k, k]);
    }
    proxy.end();
    cloud.end();
    await closed(proxySocket, cloudSocket);
  });

  it("lets the slower side hear the last frame, though the other has closed", async () => {
    const [proxy, cloud] = [proxyLine(), cloudLine()];
    const last = proxy.exchange(bits, 1, Uint8Array.of(1));
    await cloud.exchange(bits, 1, Uint8Array.of(2));
    cloud.end();
    expect(await last).to.deep.equal(Uint8Array.of(2));
    await once(proxySocket, "close");
    proxy.end();
    expect((await refusal(proxy.exchange(bits, 1, NOTHING))).code).to.equal("E_LINE_FRAME");
  });

  it("hands each frame over as it came, signature and all", async () => {
    const evidence: Uint8Array[] = [];
    const [proxy, cloud] = [proxyLine(), cloudLine({ onFrame: (bytes) => evidence.push(bytes) })];
    await Promise.all([
      proxy.exchange(bits, 1, Uint8Array.of(42)),
      cloud.exchange(bits, 1, NOTHING),
    ]);
    expect(evidence.map(({ length }) => length)).to.deep.equal([4 + 9 + 1 + 64]);
  });

  it("aborts on both sides", async () => {
    const [proxy, cloud] = [proxyLine(), cloudLine()];
    const waiting = refusal(cloud.exchange(bits, 1, NOTHING));
    proxy.abort("PACKAGE", "expected a letter");
    const error = await waiting;
    expect([error.code, error.fromPeer]).to.deep.equal(["E_LINE_PACKAGE", true]);
    expect((await refusal(proxy.exchange(bits, 1, NOTHING))).code).to.equal("E_LINE_PACKAGE");
    await closed(proxySocket, cloudSocket);
  });

  it("refuses frames of another key, and says so to both", async () => {
    const [proxy, cloud] = [proxyLine({ keys: namedLineKeys("stranger") }), cloudLine()];
    const waiting = refusal(proxy.exchange(bits, 1, NOTHING));
    const atCloud = await refusal(cloud.exchange(bits, 2, NOTHING));
    const atProxy = await waiting;
    expect([atCloud.code, atCloud.fromPeer]).to.deep.equal(["E_LINE_SIGNATURE", false]);
    expect([atProxy.code, atProxy.fromPeer]).to.deep.equal(["E_LINE_SIGNATURE", true]);
  });

  it("refuses frames that were signed for another attempt", async () => {
    const proxy = proxyLine({ attempt: { ...ATTEMPT, attempt: 2 } });
    const cloud = cloudLine();
    const refused = refusal(proxy.exchange(bits, 1, NOTHING));
    expect((await refusal(cloud.exchange(bits, 1, NOTHING))).code).to.equal("E_LINE_SIGNATURE");
    await refused;
  });

  const faults: Readonly<Record<string, Uint8Array>> = {
    "is longer than any frame": Uint8Array.of(255, 255, 255, 255),
    "is too short for one": Uint8Array.of(0, 0, 0, 1),
    "has no signature": encodeFrame({ type: bits, stream: 1, number: 0, body: NOTHING }),
  };
  for (const [name, bytes] of Object.entries(faults)) {
    it(`refuses what ${name}`, async () => {
      const cloud = cloudLine();
      const refused = refusal(cloud.exchange(bits, 1, NOTHING));
      proxySocket.write(bytes);
      expect((await refused).code).to.equal("E_LINE_FRAME");
      proxySocket.resume();
      await closed(proxySocket);
    });
  }

  it("waits for a silent server as long as it was told to", async () => {
    const [proxy, cloud] = [proxyLine(), cloudLine({ timeoutMs: 30 })];
    const error = await refusal(cloud.exchange(bits, 1, NOTHING));
    expect(error.code).to.equal("E_LINE_TIMEOUT");
    expect(error.message).to.contain("30 ms");
    expect((await refusal(proxy.exchange(bits, 2, NOTHING))).fromPeer).to.equal(true);
  });

  it("ends when the other server is gone", async () => {
    const cloud = cloudLine();
    const refused = refusal(cloud.exchange(bits, 1, NOTHING));
    proxySocket.destroy();
    expect((await refused).code).to.equal("E_LINE_STOPPED");
    expect((await refusal(cloud.exchange(bits, 1, NOTHING))).code).to.equal("E_LINE_STOPPED");
  });

  it("holds back what the other server does not read", async () => {
    const proxy = proxyLine({ timeoutMs: 300 });
    cloudSocket.pause();
    const large = new Uint8Array(4 * 1_024 * 1_024);
    const waiting = Array.from({ length: 8 }, (_, k) => refusal(proxy.exchange(bits, k, large)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    // One frame stands in the buffer of the socket, the others wait for it.
    expect(proxySocket.writableLength).to.be.below(2 * large.length);
    const codes = (await Promise.all(waiting)).map(({ code }) => code);
    expect(new Set(codes)).to.deep.equal(new Set(["E_LINE_TIMEOUT"]));
  });
});

describe("cutting frames out of a stream", () => {
  it("finds the same frames however they come", () => {
    const frames = [0, 1, 500].map((length, number) =>
      encodeFrame({ type: bits, stream: 1, number, body: new Uint8Array(length) }),
    );
    const stream = Buffer.concat(frames);
    for (const size of [1, 3, 64, stream.length]) {
      const found: Uint8Array[] = [];
      const cut = frameCutter((frame) => found.push(new Uint8Array(frame)));
      for (let at = 0; at < stream.length; at += size) cut(stream.subarray(at, at + size));
      expect(found, `chunks of ${size}`).to.deep.equal(frames);
    }
  });
});

async function closed(...sockets: readonly TLSSocket[]): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => (socket.closed ? undefined : once(socket, "close"))),
  );
}

async function refusal(of: Promise<unknown>): Promise<LineError> {
  try {
    await of;
  } catch (error) {
    if (error instanceof LineError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}
