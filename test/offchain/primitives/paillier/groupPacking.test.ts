import { expect } from "chai";
import fc from "fast-check";
import {
  groupLayout,
  packPlain,
  recordLayout,
  recordsThatFit,
  unpackRecords,
} from "../../../../offchain/primitives/packing.ts";
import { decryptSmall } from "../../../../offchain/primitives/paillier/batchDecryption.ts";
import {
  decodeSigned,
  encodeSigned,
  signedBits,
  smallSignedBits,
} from "../../../../offchain/primitives/paillier/encoding.ts";
import {
  packCiphertexts,
  shiftSlot,
} from "../../../../offchain/primitives/paillier/groupPacking.ts";
import { decrypt } from "../../../../offchain/primitives/paillier/privateKey.ts";
import { encrypt, scale, subtract } from "../../../../offchain/primitives/paillier/publicKey.ts";
import { counterRng, refusal, smallKey, toyKey } from "../support.ts";

const rng = counterRng("group packing");

describe("packing under encryption", () => {
  const key = smallKey();
  const { publicKey } = key;
  const record = recordLayout([16, 16, 20, 1], 1);
  const hide = (plain: bigint) =>
    encrypt(publicKey, encodeSigned(publicKey, plain, signedBits(publicKey)), rng);
  const most = [16, 16, 20, 1].map((bits) => 2n ** BigInt(bits) - 1n);
  const records = (count: number) =>
    fc.array(fc.tuple(...most.map((top) => fc.bigInt({ min: -top, max: top }))), {
      minLength: count,
      maxLength: count,
    });

  it("shifts by any number of bits as scaling does", () => {
    const c = hide(-12345n);
    for (const bits of [0, 1, 9, 10, 62, 63, 64, 65, 75, 76, 77, 127, 128, 200, 511]) {
      expect(shiftSlot(c, bits), `${bits}`).to.deep.equal(
        scale(c, 2n ** BigInt(bits) % publicKey.n),
      );
    }
  });

  it("refuses shifts beyond the key", () => {
    const c = hide(1n);
    for (const bits of [-1, 512, 1.5, Number.NaN]) {
      expect(refusal(() => shiftSlot(c, bits))).to.equal("PaillierError E_PLAINTEXT_RANGE");
    }
  });

  it("packs encrypted records into the number that packing in the clear gives", () => {
    const count = recordsThatFit(record, signedBits(publicKey));
    const group = groupLayout(record, count);
    expect([count, group.magnitudeBits < signedBits(publicKey)]).to.deep.equal([8, true]);
    fc.assert(
      fc.property(records(count), (clear) => {
        const packed = packCiphertexts(
          group,
          clear.map((values) => hide(packPlain(record, values))),
        );
        const opened = decodeSigned(publicKey, decrypt(key, packed), group.magnitudeBits);
        expect(opened).to.equal(packPlain(group, clear.flat()));
        expect(unpackRecords(group, opened, 1)).to.deep.equal(clear);
      }),
      { numRuns: 10, seed: 29 },
    );
  });

  it("carries differences of one record and a group, opened modulo one prime", () => {
    const count = recordsThatFit(record, smallSignedBits(256));
    const group = groupLayout(record, count);
    expect(count).to.equal(3);
    fc.assert(
      fc.property(records(count), records(1), (others, [own = []]) => {
        const theirs = packCiphertexts(
          group,
          others.map((values) => hide(packPlain(record, values))),
        );
        const hidden = hide(packPlain(record, own));
        const repeated = packCiphertexts(group, [hidden, hidden, hidden]);
        const opened = decryptSmall(key, subtract(repeated, theirs), group.magnitudeBits);
        expect(unpackRecords(group, opened, 2)).to.deep.equal(
          others.map((values) => values.map((value, k) => (own[k] ?? 0n) - value)),
        );
      }),
      { numRuns: 10, seed: 30 },
    );
  });

  it("packs a group of one", () => {
    const c = hide(packPlain(record, [1n, -2n, 3n, -1n]));
    expect(packCiphertexts(groupLayout(record, 1), [c])).to.deep.equal(c);
  });

  it("refuses fewer and more records than the group has: no slot stays empty", () => {
    const group = groupLayout(record, 2);
    for (const count of [0, 1, 3]) {
      const some = Array.from({ length: count }, () => hide(0n));
      expect(refusal(() => packCiphertexts(group, some))).to.equal("PackingError E_SLOT_COUNT");
    }
  });

  it("refuses a group that the key has no room for, and records of two keys", () => {
    const nine = Array.from({ length: 9 }, () => hide(0n));
    expect(refusal(() => packCiphertexts(groupLayout(record, 9), nine))).to.equal(
      "PaillierError E_PLAINTEXT_RANGE",
    );
    const wide = groupLayout(recordLayout([10], 0), 1);
    const toy = encrypt(toyKey().publicKey, 1n, rng);
    expect(refusal(() => packCiphertexts(wide, [toy]))).to.equal("PaillierError E_PLAINTEXT_RANGE");
    const two = groupLayout(recordLayout([1], 0), 2);
    expect(refusal(() => packCiphertexts(two, [hide(1n), toy]))).to.equal(
      "PaillierError E_KEY_MISMATCH",
    );
  });

  it("lets a stray record damage its neighbour: bounds are to be proved before packing", () => {
    const group = groupLayout(recordLayout([4], 0), 2);
    const stray = hide(32n);
    const opened = decrypt(key, packCiphertexts(group, [stray, hide(3n)]));
    expect(unpackRecords(group, opened, 1)).to.deep.equal([[0n], [4n]]);
  });
});
