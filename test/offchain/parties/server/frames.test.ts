import { expect } from "chai";
import { bytesToHex, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import {
  abortFrame,
  decodeFrame,
  encodeFrame,
  FRAME_TYPES,
  MAX_BODY_BYTES,
  MAX_FRAME_BYTES,
  readAbort,
  signedFrame,
  unsignedFrame,
  wholeLength,
} from "../../../../offchain/parties/server/frames.ts";
import { LineError } from "../../../../offchain/parties/server/lineError.ts";
import {
  firstTranscript,
  frameDigest,
  nextTranscript,
} from "../../../../offchain/parties/server/lineTranscript.ts";

const BITS = { type: FRAME_TYPES.bits, stream: 1, number: 258, body: Uint8Array.of(1, 2, 3) };
const ENCODED = "0x0000000c110000000100000102010203";
const ATTEMPT = { auctionId: `0x${"ab".repeat(32)}`, round: 3, attempt: 1 } as const;

describe("frames of the line", () => {
  it("are these bytes", () => {
    expect(bytesToHex(encodeFrame(BITS))).to.equal(ENCODED);
    expect(decodeFrame(hexToBytes(ENCODED))).to.deep.equal(BITS);
  });

  it("count their signature in the length, and sign without it", () => {
    const signature = new Uint8Array(64).fill(7);
    const bytes = signedFrame(hexToBytes(ENCODED), signature);
    expect(bytesToHex(bytes)).to.equal(`0x0000004c110000000100000102010203${"07".repeat(64)}`);
    const { frame, signature: read } = unsignedFrame(bytes);
    expect(bytesToHex(frame)).to.equal(ENCODED);
    expect([...read]).to.deep.equal([...signature]);
  });

  it("say in an abort what was at fault, and where", () => {
    const place = { stream: 4, number: 9, digest: `0x${"cd".repeat(32)}` };
    const frame = abortFrame("TIMEOUT", place);
    const body = `110000000400000009${"cd".repeat(32)}`;
    expect(bytesToHex(encodeFrame(frame))).to.equal(`0x000000327f0000000000000000${body}`);
    const { code, place: read, fromPeer } = readAbort(frame);
    expect([code, read, fromPeer]).to.deep.equal(["E_LINE_TIMEOUT", place, true]);
  });

  it("are refused when malformed, unknown or oversized", () => {
    const refused = (act: () => unknown): void => {
      expect(act)
        .to.throw(LineError, /the round is aborted/)
        .with.property("code", "E_LINE_FRAME");
    };
    refused(() => decodeFrame(hexToBytes("0x0000000c1100000001000001020102")));
    refused(() => decodeFrame(hexToBytes(`${ENCODED}00`)));
    refused(() => decodeFrame(hexToBytes("0x000000")));
    refused(() => decodeFrame(hexToBytes("0x0000000c130000000100000102010203")));
    refused(() => wholeLength(hexToBytes("0x00000008")));
    refused(() => wholeLength(hexToBytes("0x00fffffd")));
    refused(() => unsignedFrame(hexToBytes(ENCODED)));
    refused(() => encodeFrame({ ...BITS, body: new Uint8Array(MAX_BODY_BYTES + 1) }));
    expect(wholeLength(hexToBytes("0x00fffffc"))).to.equal(MAX_FRAME_BYTES);
  });
});

describe("the transcript of a stream", () => {
  it("is these bytes", () => {
    const first = firstTranscript(ATTEMPT, 1);
    const frame = hexToBytes(ENCODED);
    const next = nextTranscript(first, frame, frame.subarray(0, 13));
    expect(bytesToHex(first)).to.equal(
      "0x7cdf7ece6ff577e3a5aeed893c9257fa7324276a5b97bbfff147e7ff502cb76e",
    );
    expect(bytesToHex(next)).to.equal(
      "0x8795d2e8ffa4fd21cbcdc7dd8271e23cc47cd6681e056ea4953656dbdb61d54d",
    );
    expect(bytesToHex(frameDigest(next, 1, frame))).to.equal(
      "0x51ed608e76f8cc4955c7eced18886509650cab74bfb4dc2d131ca4073081f143",
    );
  });

  it("differs with everything that it is about", () => {
    const all = [
      firstTranscript(ATTEMPT, 1),
      firstTranscript(ATTEMPT, 2),
      firstTranscript({ ...ATTEMPT, attempt: 2 }, 1),
      firstTranscript({ ...ATTEMPT, round: 4 }, 1),
      firstTranscript({ ...ATTEMPT, auctionId: `0x${"ac".repeat(32)}` }, 1),
    ].map(bytesToHex);
    expect(new Set(all).size).to.equal(all.length);
  });
});
