import { expect } from "chai";
import fc from "fast-check";
import {
  bigintToBytes,
  bitLength,
  byteLength,
  bytesToBigint,
  bytesToHex,
  concatBytes,
  hexToBytes,
  lengthPrefixed,
} from "../../../../offchain/core/primitives/bytes.ts";
import { refusal } from "../../../support/primitives/draws.ts";

describe("bytes", () => {
  it("writes numbers big-endian at the stated width", () => {
    expect([...bigintToBytes(0x0102n, 4)]).to.deep.equal([0, 0, 1, 2]);
    expect([...bigintToBytes(0n, 2)]).to.deep.equal([0, 0]);
    expect(bytesToBigint(Uint8Array.of(0, 0, 1, 2))).to.equal(0x0102n);
    expect(bytesToBigint(new Uint8Array(0))).to.equal(0n);
  });

  it("reads back every number at its own width and any larger one", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 300n }), fc.nat(9), (value, extra) => {
        const width = Math.max(1, byteLength(value)) + extra;
        const bytes = bigintToBytes(value, width);
        expect(bytes.length).to.equal(width);
        expect(bytesToBigint(bytes)).to.equal(value);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("refuses a number one too large for its width, and every negative one", () => {
    for (const width of [1, 4, 32]) {
      const bound = 1n << BigInt(8 * width);
      expect(bigintToBytes(bound - 1n, width).every((byte) => byte === 0xff)).to.equal(true);
      expect(refusal(() => bigintToBytes(bound, width))).to.equal("BytesError E_WIDTH");
    }
    expect(refusal(() => bigintToBytes(0n, 0))).to.equal("BytesError E_WIDTH");
    for (const value of [-1n, -15n, -16n, -255n]) {
      expect(refusal(() => bigintToBytes(value, 1))).to.equal("BytesError E_WIDTH");
    }
  });

  it("keeps a refused value out of the message", () => {
    expect(() => bigintToBytes(0xdeadbeefn, 2)).to.throw(/^(?!.*(dead|3735928559))/is);
  });

  it("counts bits and bytes", () => {
    for (const bits of [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 64, 65, 4096]) {
      const highest = (1n << BigInt(bits)) - 1n;
      expect(bitLength(highest), `${bits}`).to.equal(bits);
      expect(bitLength(1n << BigInt(bits - 1)), `${bits}`).to.equal(bits);
      expect(byteLength(highest), `${bits}`).to.equal(Math.ceil(bits / 8));
    }
    expect(bitLength(0n)).to.equal(0);
    expect(refusal(() => bitLength(-1n))).to.equal("BytesError E_WIDTH");
  });

  it("carries bytes through hexadecimal", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...hexToBytes(bytesToHex(bytes))]).to.deep.equal([...bytes]);
        expect([...hexToBytes(`0x${bytesToHex(bytes).slice(2).toUpperCase()}`)]).to.deep.equal([
          ...bytes,
        ]);
      }),
      { numRuns: 100, seed: 2 },
    );
    expect(bytesToHex(Uint8Array.of(0, 1, 0xab))).to.equal("0x0001ab");
  });

  it("reads the bytes of a view, not of the buffer behind it", () => {
    const view = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(bytesToHex(view)).to.equal("0x0203");
    expect(bytesToBigint(view)).to.equal(0x0203n);
    expect([...concatBytes(view, view)]).to.deep.equal([2, 3, 2, 3]);
  });

  for (const text of ["", "0", "ab", "0x0", "0xabc", "0xgg", "0x 1", " 0x11", "0x11\n", "0X11"]) {
    it(`refuses ${JSON.stringify(text)} as hexadecimal`, () => {
      expect(refusal(() => hexToBytes(text))).to.equal("BytesError E_HEX");
    });
  }

  it("keeps the boundary between parts with a length in front", () => {
    expect([...lengthPrefixed(Uint8Array.of(7, 8))]).to.deep.equal([0, 0, 0, 2, 7, 8]);
    const text = (value: string) => lengthPrefixed(new TextEncoder().encode(value));
    expect(bytesToHex(concatBytes(text("ab"), text("c")))).to.not.equal(
      bytesToHex(concatBytes(text("a"), text("bc"))),
    );
  });
});
