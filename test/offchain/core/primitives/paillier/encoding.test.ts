import { expect } from "chai";
import fc from "fast-check";
import {
  assertRoom,
  assertSignedBits,
  decodeSigned,
  encodeSigned,
} from "../../../../../offchain/core/primitives/paillier/encoding.ts";
import { decrypt } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import { encrypt, subtract } from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { counterRng, refusal, smallKey, toyKey } from "../../../../support/primitives/draws.ts";

const RANGE = "PaillierError E_PLAINTEXT_RANGE";

describe("signed encoding", () => {
  const { publicKey } = smallKey();
  const largestBits = publicKey.bits - 3;

  it("gives every value of the window back", () => {
    const limit = (1n << BigInt(largestBits)) - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (value) => {
        const plaintext = encodeSigned(publicKey, value, largestBits);
        expect(plaintext >= 0n && plaintext < publicKey.n).to.equal(true);
        expect(decodeSigned(publicKey, plaintext, largestBits)).to.equal(value);
      }),
      { numRuns: 200, seed: 4 },
    );
    for (const value of [0n, 1n, -1n, limit, -limit]) {
      const plaintext = encodeSigned(publicKey, value, largestBits);
      expect(decodeSigned(publicKey, plaintext, largestBits)).to.equal(value);
    }
  });

  it("counts negative values down from n", () => {
    expect(encodeSigned(publicKey, -1n, 16)).to.equal(publicKey.n - 1n);
    expect(encodeSigned(publicKey, 0n, 16)).to.equal(0n);
    expect(decodeSigned(toyKey().publicKey, 182n, 5)).to.equal(-5n);
  });

  it("refuses a value one beyond its announced bits, in both directions", () => {
    for (const value of [1n << 16n, -(1n << 16n)]) {
      expect(refusal(() => encodeSigned(publicKey, value, 16))).to.equal(RANGE);
      const wider = encodeSigned(publicKey, value, 17);
      expect(refusal(() => decodeSigned(publicKey, wider, 16))).to.equal(RANGE);
    }
  });

  it("refuses bits that the key has no room for", () => {
    for (const bits of [publicKey.bits - 2, publicKey.bits, -1]) {
      expect(refusal(() => encodeSigned(publicKey, 0n, bits))).to.equal(RANGE);
      expect(refusal(() => decodeSigned(publicKey, 0n, bits))).to.equal(RANGE);
    }
  });

  it("refuses a plaintext outside [0, n)", () => {
    for (const plaintext of [-1n, publicKey.n, publicKey.n + 1n]) {
      expect(refusal(() => decodeSigned(publicKey, plaintext, 16))).to.equal(RANGE);
    }
  });

  it("refuses a plaintext in the middle of the window, where no sum can have come from", () => {
    expect(refusal(() => decodeSigned(publicKey, publicKey.n / 2n, largestBits))).to.equal(RANGE);
    expect(refusal(() => decodeSigned(publicKey, publicKey.n / 2n + 1n, largestBits))).to.equal(
      RANGE,
    );
  });

  it("asserts room for a value and its mask: fewer than |n| − 2 bits", () => {
    expect(
      refusal(() => {
        assertRoom(publicKey, 40, publicKey.bits - 43);
      }),
    ).to.equal("accepted");
    expect(
      refusal(() => {
        assertRoom(publicKey, 40, publicKey.bits - 42);
      }),
    ).to.equal(RANGE);
    expect(
      refusal(() => {
        assertRoom(publicKey, -1, 10);
      }),
    ).to.equal(RANGE);
    expect(
      refusal(() => {
        assertRoom(publicKey, 10, -1);
      }),
    ).to.equal(RANGE);
    expect(
      refusal(() => {
        assertRoom(publicKey, Number.NaN, 1);
      }),
    ).to.equal(RANGE);
  });

  it("asserts intermediate magnitudes", () => {
    expect(
      refusal(() => {
        assertSignedBits(255n, 8);
      }),
    ).to.equal("accepted");
    expect(
      refusal(() => {
        assertSignedBits(-255n, 8);
      }),
    ).to.equal("accepted");
    expect(
      refusal(() => {
        assertSignedBits(256n, 8);
      }),
    ).to.equal(RANGE);
    expect(
      refusal(() => {
        assertSignedBits(-256n, 8);
      }),
    ).to.equal(RANGE);
  });

  it("carries differences of either sign through encryption", () => {
    const privateKey = smallKey();
    const rng = counterRng("differences");
    const hide = (value: bigint) => encrypt(publicKey, encodeSigned(publicKey, value, 16), rng);
    const shows = (a: bigint, b: bigint) =>
      decodeSigned(publicKey, decrypt(privateKey, subtract(hide(a), hide(b))), 17);
    const sixteen = fc.bigInt({ min: -65535n, max: 65535n });
    fc.assert(
      fc.property(sixteen, sixteen, (a, b) => {
        expect(shows(a, b)).to.equal(a - b);
      }),
      { numRuns: 20, seed: 5 },
    );
  });
});
