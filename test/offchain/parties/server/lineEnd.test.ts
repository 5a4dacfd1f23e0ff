import { expect } from "chai";
import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import { demand } from "../../../../offchain/parties/server/body.ts";
import { hear } from "../../../../offchain/parties/server/hearing.ts";
import {
  encodeFrame,
  FRAME_TYPES,
  type Frame,
} from "../../../../offchain/parties/server/frames.ts";
import {
  lineEnd,
  type FrameSigner,
  type LineEnd,
  type LineEndOptions,
} from "../../../../offchain/parties/server/lineEnd.ts";
import { MOST_STREAMS } from "../../../../offchain/parties/server/line.ts";
import { goneError, LineError } from "../../../../offchain/parties/server/lineError.ts";
import { pairedLines } from "../../../../offchain/parties/server/pairedLines.ts";

const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;
const { bits, rings } = FRAME_TYPES;
const NOTHING = new Uint8Array();

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function refusal(of: Promise<unknown>): Promise<LineError> {
  try {
    await of;
  } catch (error) {
    if (error instanceof LineError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

/** One end alone, with what it sends kept. */
function alone(options: Partial<LineEndOptions> = {}): {
  readonly end: LineEnd;
  readonly sent: Uint8Array[];
  readonly aborts: LineError[];
} {
  const [sent, aborts]: [Uint8Array[], LineError[]] = [[], []];
  const end = lineEnd({
    attempt: ATTEMPT,
    server: 0,
    send: (frame) => sent.push(frame),
    onAbort: (error) => aborts.push(error),
    ...options,
  });
  return { end, sent, aborts };
}

const frame = (change: Partial<Frame> = {}): Uint8Array =>
  encodeFrame({ type: bits, stream: 1, number: 0, body: bytes(9), ...change });

describe("a line between two servers", () => {
  it("hands each server what the other has said, whoever speaks first", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT, true);
    const first = proxy.exchange(bits, 1, bytes(1));
    expect([...(await cloud.exchange(bits, 1, bytes(2)))]).to.deep.equal([1]);
    expect([...(await first)]).to.deep.equal([2]);
    const second = cloud.exchange(rings, 1, NOTHING);
    expect([...(await proxy.exchange(rings, 1, bytes(3)))]).to.deep.equal([]);
    expect([...(await second)]).to.deep.equal([3]);
    expect(bytesToHex(proxy.transcriptOf(1))).to.equal(bytesToHex(cloud.transcriptOf(1)));
  });

  it("keeps streams apart", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const [later, sooner] = [proxy.exchange(bits, 5, bytes(5)), proxy.exchange(bits, 6, bytes(6))];
    expect([...(await cloud.exchange(bits, 6, bytes(60)))]).to.deep.equal([6]);
    expect([...(await sooner)]).to.deep.equal([60]);
    expect([...(await cloud.exchange(bits, 5, bytes(50)))]).to.deep.equal([5]);
    expect([...(await later)]).to.deep.equal([50]);
  });

  it("aborts on both sides, and answers nothing afterwards", async () => {
    const [proxy, cloud] = pairedLines(ATTEMPT);
    const waiting = refusal(cloud.exchange(bits, 1, bytes(1)));
    proxy.abort("PACKAGE", "expected a letter");
    const error = await waiting;
    expect([error.code, error.fromPeer]).to.deep.equal(["E_LINE_PACKAGE", true]);
    expect((await refusal(proxy.exchange(bits, 1, NOTHING))).fromPeer).to.equal(false);
    expect((await refusal(cloud.exchange(bits, 2, NOTHING))).code).to.equal("E_LINE_PACKAGE");
  });

  const faults: Readonly<Record<string, readonly Uint8Array[]>> = {
    "of another type than one's own": [frame({ type: rings })],
    "of an unknown type": [frame().map((byte, k) => (k === 4 ? 0x6e : byte))],
    "out of order": [frame({ number: 1 })],
    "repeated before its answer": [frame({ stream: 2 }), frame({ stream: 2 })],
    "repeated after its answer": [frame(), frame()],
    "longer than it says": [Uint8Array.of(...frame(), 0)],
    oversized: [frame().map((byte, k) => (k === 0 ? 2 : byte))],
    "cut short": [frame().subarray(0, 7)],
  };
  for (const [name, frames] of Object.entries(faults)) {
    it(`refuses a frame ${name}, and sends no more than the abort`, async () => {
      const { end, sent, aborts } = alone();
      const asked = end.exchange(bits, 1, bytes(1)).catch((error: unknown) => error);
      for (const given of frames) end.receive(given);
      const error = await refusal(end.exchange(bits, 3, bytes(2)));
      expect(error.code).to.equal("E_LINE_FRAME");
      expect(error.message).to.match(/^line: expected .*, got .*; the round is aborted/);
      expect(aborts).to.deep.equal([error]);
      expect(sent.map((one) => one[4])).to.deep.equal([bits, FRAME_TYPES.abort]);
      if (name !== "repeated after its answer") expect(await asked).to.equal(error);
    });
  }

  it("refuses a frame after the last one", async () => {
    const { end, sent, aborts } = alone();
    end.end();
    end.receive(frame());
    expect(aborts.map(({ code }) => code)).to.deep.equal(["E_LINE_FRAME"]);
    expect(sent.map((one) => one[4])).to.deep.equal([FRAME_TYPES.abort]);
    expect((await refusal(end.exchange(bits, 1, NOTHING))).code).to.equal("E_LINE_FRAME");
  });

  it("keeps no more ahead than it can", () => {
    const { end, aborts } = alone();
    const body = new Uint8Array(15 * 1_024 * 1_024);
    for (let stream = 1; stream <= 4; stream += 1) end.receive(frame({ stream, body }));
    expect(aborts).to.deep.equal([]);
    end.receive(frame({ stream: 5, body }));
    expect(aborts.map(({ code }) => code)).to.deep.equal(["E_LINE_FRAME"]);
  });

  it("has streams for the largest round, and no more", () => {
    const { end, aborts } = alone();
    const body = NOTHING;
    for (let stream = 0; stream < MOST_STREAMS; stream += 1) end.receive(frame({ stream, body }));
    expect([MOST_STREAMS, aborts]).to.deep.equal([65_539, []]);
    end.receive(frame({ stream: MOST_STREAMS, body }));
    expect(aborts.map(({ code }) => code)).to.deep.equal(["E_LINE_FRAME"]);
  });

  it("tells nobody that the other server has gone", async () => {
    const { end, sent } = alone();
    const waiting = refusal(end.exchange(bits, 1, NOTHING));
    end.fail(goneError());
    expect([(await waiting).code, (await waiting).fromPeer]).to.deep.equal([
      "E_LINE_STOPPED",
      true,
    ]);
    expect(sent.map((one) => one[4])).to.deep.equal([bits]);
  });

  it("waits for an answer no longer than it is told", async () => {
    const alarms: (() => void)[] = [];
    let calledOff = 0;
    const after = (_ms: number, act: () => void) => {
      alarms.push(act);
      return { callOff: () => (calledOff += 1) };
    };
    const { end } = alone({ silence: { timeoutMs: 60_000, after } });
    const answered = end.exchange(bits, 1, NOTHING);
    end.receive(frame());
    await answered;
    expect(calledOff).to.equal(alarms.length);
    const waiting = refusal(end.exchange(bits, 1, NOTHING));
    alarms.at(-1)?.();
    expect((await waiting).code).to.equal("E_LINE_TIMEOUT");
  });
});

describe("a signed line", () => {
  const keys = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")] as const;
  const signer = (own: 0 | 1): FrameSigner => ({
    sign: (digest) => sign(null, digest, keys[own].privateKey),
    verify: (digest, signature) =>
      verify(null, digest, keys[own === 0 ? 1 : 0].publicKey, signature),
  });

  it("takes what the other server has signed, and has the same transcript as an unsigned one", async () => {
    const ends: [LineEnd, LineEnd] = [endOf(0), endOf(1)];
    function endOf(server: 0 | 1): LineEnd {
      const send = (given: Uint8Array): void => {
        queueMicrotask(() => {
          ends[1 - server]?.receive(given);
        });
      };
      return lineEnd({ attempt: ATTEMPT, server, send, signer: signer(server) });
    }
    const plain = pairedLines(ATTEMPT, true);
    for (const [proxy, cloud] of [ends, plain]) {
      for (const k of [1, 2]) {
        await Promise.all([
          proxy.exchange(bits, 1, bytes(k)),
          cloud.exchange(bits, 1, bytes(k + 10)),
        ]);
      }
    }
    const [signed, unsigned] = [ends[0].transcriptOf(1), plain[1].transcriptOf(1)];
    expect(bytesToHex(signed)).to.equal(bytesToHex(unsigned));
    const waiting = refusal(ends[0].exchange(bits, 1, NOTHING));
    ends[1].abort("STOPPED", "this server has stopped");
    expect((await waiting).code).to.equal("E_LINE_STOPPED");
  });

  it("names the frame in which something is of another form", async () => {
    const { end: peer, sent: ofPeer } = alone({ server: 1, signer: signer(1) });
    const { end, sent } = alone({ signer: signer(0) });
    const asked = peer.exchange(bits, 7, bytes(1)).catch((error: unknown) => error);
    const [given = NOTHING] = ofPeer;
    end.receive(given);
    const error = await refusal(
      hear(end, bits, 7, (body) => {
        demand(body.length === 2, "2 bytes", body.length);
      }),
    );
    const digest = bytesToHex(createHash("sha256").update(given).digest());
    const place = { stream: 7, number: 0, digest };
    expect([error.code, error.place]).to.deep.equal(["E_LINE_FRAME", place]);
    expect(error.message).to.match(/^line: expected 2 bytes, got 1; the round is aborted/);
    end.abort("FRAME", error.message, error.place, error);
    for (const one of sent) peer.receive(one);
    await asked;
    const told = await refusal(peer.exchange(bits, 7, NOTHING));
    expect([told.code, told.place]).to.deep.equal(["E_LINE_FRAME", place]);
  });

  it("refuses a frame that nobody has signed, or that was signed for another exchange", async () => {
    const { end: peer, sent } = alone({ server: 1, signer: signer(1) });
    const asked = peer.exchange(bits, 1, bytes(1)).catch((error: unknown) => error);
    const [good = NOTHING] = sent;
    for (const given of [
      good.map((byte, k) => (k === good.length - 1 ? byte ^ 1 : byte)),
      good.map((byte, k) => (k === 13 ? byte ^ 1 : byte)),
      good.map((byte, k) => (k === 8 ? byte ^ 3 : byte)),
    ]) {
      const { end, aborts } = alone({ signer: signer(0) });
      end.receive(given);
      expect(aborts.map(({ code }) => code)).to.deep.equal(["E_LINE_SIGNATURE"]);
    }
    const { end, aborts } = alone({ signer: signer(0) });
    end.receive(good);
    expect(aborts).to.deep.equal([]);
    peer.abort("STOPPED", "the test is over");
    await asked;
  });
});
