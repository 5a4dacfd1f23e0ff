import { expect } from "chai";
import fc from "fast-check";
import {
  decryptAll,
  decryptSmall,
} from "../../../../offchain/primitives/paillier/batchDecryption.ts";
import {
  decodeSigned,
  encodeSigned,
  smallSignedBits,
} from "../../../../offchain/primitives/paillier/encoding.ts";
import { privateKeyFromPrimes } from "../../../../offchain/primitives/paillier/keyGeneration.ts";
import { decrypt, type PrivateKey } from "../../../../offchain/primitives/paillier/privateKey.ts";
import {
  add,
  type Ciphertext,
  ciphertextOf,
  encrypt,
  scale,
} from "../../../../offchain/primitives/paillier/publicKey.ts";
import { counterRng, refusal, smallKey, toyKey, unchecked } from "../support.ts";

const RANGE = "PaillierError E_PLAINTEXT_RANGE";
const rng = counterRng("batch decryption");

describe("decryption of small plaintexts", () => {
  const key = smallKey();
  const { publicKey, p, q } = key;
  const { n } = publicKey;
  const room = smallSignedBits(256);
  const limit = (1n << BigInt(room)) - 1n;
  const hide = (value: bigint) => encrypt(publicKey, encodeSigned(publicKey, value, room), rng);

  it("gives what the whole decryption gives, of either sign", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (value) => {
        const c = hide(value);
        expect(decryptSmall(key, c, room)).to.equal(value);
        expect(decodeSigned(publicKey, decrypt(key, c), room)).to.equal(value);
      }),
      { numRuns: 40, seed: 28 },
    );
    for (const value of [0n, 1n, -1n, limit, -limit]) {
      expect(decryptSmall(key, hide(value), room)).to.equal(value);
    }
  });

  it("opens sums that pass through large plaintexts and come back", () => {
    const back = add(scale(hide(3n), n - 5n), scale(hide(3n), 7n));
    expect(decryptSmall(key, back, room)).to.equal(6n);
  });

  it("opens the ciphertexts 1 and −1", () => {
    for (const value of [1n, publicKey.nSquared - 1n]) {
      expect(decryptSmall(key, ciphertextOf(publicKey, value), 8)).to.equal(0n);
    }
  });

  it("refuses a value one beyond its announced bits", () => {
    for (const value of [256n, -256n]) {
      expect(refusal(() => decryptSmall(key, hide(value), 8))).to.equal(RANGE);
      expect(decryptSmall(key, hide(value), 9)).to.equal(value);
    }
  });

  it("refuses plaintexts near, at and far beyond the prime", () => {
    for (const plaintext of [p / 2n, p - limit - 1n, q - 1n, q + 1n, n / 2n, n / 3n, 1n << 500n]) {
      const c = encrypt(publicKey, plaintext, rng);
      expect(
        refusal(() => decryptSmall(key, c, room)),
        `${plaintext}`,
      ).to.equal(RANGE);
    }
  });

  it("cannot tell a multiple of p from 0: nobody else can make one", () => {
    expect(decryptSmall(key, encrypt(publicKey, 7n * p, rng), room)).to.equal(0n);
  });

  it("refuses bits that the prime has no room for", () => {
    expect(room).to.equal(190);
    const c = hide(1n);
    for (const bits of [room + 1, 256, -1, Number.NaN]) {
      expect(refusal(() => decryptSmall(key, c, bits))).to.equal(RANGE);
    }
    const shortPrime = privateKeyFromPrimes(65537n, p);
    const other = encrypt(shortPrime.publicKey, 1n, rng);
    expect(refusal(() => decryptSmall(shortPrime, other, 1))).to.equal(RANGE);
  });

  it("refuses invalid ciphertexts and those of another key", () => {
    const outcome = (c: Ciphertext) => refusal(() => decryptSmall(key, c, 8));
    expect(outcome(unchecked(publicKey, 0n))).to.equal("PaillierError E_CIPHERTEXT_RANGE");
    for (const value of [p, q, n]) {
      expect(outcome(unchecked(publicKey, value))).to.equal("PaillierError E_CIPHERTEXT_UNIT");
    }
    expect(outcome(encrypt(toyKey().publicKey, 1n, rng))).to.equal("PaillierError E_KEY_MISMATCH");
  });
});

describe("decryption in batches", () => {
  const key = smallKey();
  const { publicKey, p } = key;

  it("opens in order, by whatever opens one", () => {
    const values = [5n, -3n, 0n, 1n << 100n];
    const ciphertexts = values.map((value) =>
      encrypt(publicKey, encodeSigned(publicKey, value, 101), rng),
    );
    expect(decryptAll(key, ciphertexts, decrypt)).to.deep.equal(
      values.map((value) => (value + publicKey.n) % publicKey.n),
    );
    const small = (k: PrivateKey, c: Ciphertext) => decryptSmall(k, c, 101);
    expect(decryptAll(key, ciphertexts, small)).to.deep.equal(values);
    expect(decryptAll(key, [], decrypt)).to.deep.equal([]);
  });

  it("opens nothing of a batch with an invalid ciphertext, and says where it is", () => {
    const good = encrypt(publicKey, 1n, rng);
    const invalid = {
      E_CIPHERTEXT_RANGE: unchecked(publicKey, 0n),
      E_CIPHERTEXT_UNIT: unchecked(publicKey, p),
      E_KEY_MISMATCH: encrypt(toyKey().publicKey, 1n, rng),
    };
    for (const [code, bad] of Object.entries(invalid)) {
      let opened = 0;
      const counting = () => opened++;
      expect(refusal(() => decryptAll(key, [good, good, bad], counting))).to.equal(
        `PaillierError ${code}`,
      );
      expect(() => decryptAll(key, [good, good, bad], counting)).to.throw(/at 2/);
      expect(opened).to.equal(0);
    }
  });
});
