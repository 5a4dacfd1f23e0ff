import { expect } from "chai";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { attemptBytes, type Attempt } from "../../../../offchain/core/messages/attempt.ts";
import { callers, type Callers } from "../../../../offchain/services/cloud/callers.ts";
import {
  ConnectionError,
  connectPinned,
  listenPinned,
  LOOPBACK,
  type Listener,
} from "../../../../offchain/services/connection.ts";
import { namedLineKeys } from "../../../support/services/connected.ts";

describe("connections of the proxy", () => {
  const [proxy, cloud] = [namedLineKeys("proxy"), namedLineKeys("cloud")];
  const attempt = (number: number): Attempt => ({
    auctionId: `0x${"ab".repeat(32)}`,
    round: 1,
    attempt: number,
  });
  let came: Callers;
  let listener: Listener;
  let arrived: Promise<void>[] = [];
  let sockets: TLSSocket[] = [];
  /** Until what has come so far is there. */
  const taken = async (): Promise<void> => {
    while (arrived.length === 0) await sleep(1);
    await Promise.all(arrived);
  };

  beforeEach(async () => {
    came = callers();
    arrived = [];
    sockets = [];
    listener = await listenPinned(cloud, (socket) => {
      sockets.push(socket);
      arrived.push(came.came(socket));
    });
  });

  afterEach(() => listener.close());

  const called = async (what: Uint8Array): Promise<TLSSocket> => {
    const peer = { host: LOOPBACK, port: listener.port, lineKey: cloud.publicKey };
    const socket = await connectPinned(proxy, peer);
    socket.write(what);
    return socket;
  };

  const firstWords = async (socket: TLSSocket): Promise<string> => {
    const [words] = (await once(socket, "data")) as [Buffer];
    return words.toString();
  };

  it("are for their attempt, whoever comes first", async () => {
    const second = came.of(attempt(2), 1_000);
    await called(Buffer.concat([attemptBytes(attempt(1)), Buffer.from("one")]));
    await called(Buffer.concat([attemptBytes(attempt(2)), Buffer.from("two")]));
    expect(await firstWords(await second)).to.equal("two");
    expect(await firstWords(await came.of(attempt(1), 1_000))).to.equal("one");
  });

  it("are one an attempt: the second is closed, and the first stays", async () => {
    await called(Buffer.concat([attemptBytes(attempt(1)), Buffer.from("one")]));
    const second = await called(Buffer.concat([attemptBytes(attempt(1)), Buffer.from("two")]));
    second.resume();
    await once(second, "close");
    expect(await firstWords(await came.of(attempt(1), 1_000))).to.equal("one");
  });

  it("are waited for again when the early one has gone", async () => {
    const early = await called(Buffer.concat([attemptBytes(attempt(1)), Buffer.from("one")]));
    await taken();
    sockets.at(-1)?.destroy();
    early.destroy();
    const waited = came.of(attempt(1), 1_000);
    await called(Buffer.concat([attemptBytes(attempt(1)), Buffer.from("two")]));
    expect(await firstWords(await waited)).to.equal("two");
  });

  it("are waited for as long as was said", async () => {
    try {
      await came.of(attempt(1), 20);
    } catch (error) {
      expect(error).to.be.instanceOf(ConnectionError);
      expect(error).to.have.property("code", "E_CONNECTION_TIMEOUT");
      return;
    }
    throw new Error("expected a refusal");
  });

  it("are closed when there are too many that nobody waits for", async () => {
    const calling: TLSSocket[] = [];
    for (let k = 1; k <= 6; k += 1) calling.push(await called(attemptBytes(attempt(k))));
    const [first, second, third] = calling;
    for (const socket of [first, second]) {
      socket?.resume();
      if (socket?.closed === false) await once(socket, "close");
    }
    expect(third?.closed).to.equal(false);
    expect((await came.of(attempt(3), 1_000)).closed).to.equal(false);
  });
});
