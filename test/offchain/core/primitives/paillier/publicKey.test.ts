import { expect } from "chai";
import fc from "fast-check";
import { decrypt } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  add,
  addPlain,
  assertProductionKeySize,
  type Ciphertext,
  ciphertextFromBytes,
  ciphertextOf,
  ciphertextToBytes,
  encrypt,
  encryptWithRandomness,
  negate,
  publicKeyFromModulus,
  rerandomise,
  scale,
  subtract,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { toZn } from "bigint-crypto-utils";
import {
  counterRng,
  refusal,
  residue,
  smallKey,
  toyKey,
} from "../../../../support/primitives/draws.ts";

const rng = counterRng("public key");
const plaintextBytes = fc.uint8Array({ minLength: 70, maxLength: 70 });

describe("Paillier public key", () => {
  const privateKey = smallKey();
  const { publicKey, p } = privateKey;
  const { n, nSquared } = publicKey;
  const hide = (plaintext: bigint) => encrypt(publicKey, plaintext, rng);
  const show = (c: Ciphertext) => decrypt(privateKey, c);

  describe("worked example p = 11, q = 17", () => {
    const toy = toyKey();
    const enc = (m: bigint, rho: bigint) => encryptWithRandomness(toy.publicKey, m, rho);

    it("encrypts 42, 30 and 100 to the known numbers", () => {
      expect(toy.publicKey).to.deep.equal({
        n: 187n,
        nSquared: 34969n,
        bits: 8,
        ciphertextBytes: 2,
      });
      expect(enc(42n, 23n).value).to.equal(32781n);
      expect(enc(30n, 5n).value).to.equal(25545n);
      expect(enc(100n, 7n).value).to.equal(25174n);
    });

    it("adds and subtracts them to the known numbers", () => {
      expect(add(enc(30n, 5n), enc(100n, 7n)).value).to.equal(24889n);
      expect(subtract(enc(30n, 5n), enc(100n, 7n)).value).to.equal(14724n);
    });
  });

  describe("identities", () => {
    it("adds, subtracts and negates plaintexts modulo n", () => {
      fc.assert(
        fc.property(plaintextBytes, plaintextBytes, (aBytes, bBytes) => {
          const [a, b] = [residue(aBytes, n), residue(bBytes, n)];
          expect(show(add(hide(a), hide(b)))).to.equal((a + b) % n);
          expect(show(subtract(hide(a), hide(b)))).to.equal(toZn(a - b, n));
          expect(show(negate(hide(a)))).to.equal(toZn(-a, n));
          expect(show(addPlain(hide(a), b))).to.equal((a + b) % n);
        }),
        { numRuns: 25, seed: 6 },
      );
    });

    it("scales by factors of either sign", () => {
      fc.assert(
        fc.property(plaintextBytes, fc.bigInt({ min: 1n - n, max: n - 1n }), (bytes, factor) => {
          const a = residue(bytes, n);
          expect(show(scale(hide(a), factor))).to.equal(toZn(a * factor, n));
        }),
        { numRuns: 25, seed: 7 },
      );
      for (const factor of [0n, 1n, -1n, 2n, -2n, 1023n, 1024n, n - 1n, 1n - n]) {
        expect(show(scale(hide(41n), factor)), `${factor}`).to.equal(toZn(41n * factor, n));
      }
    });

    it("wraps around at the ends of [0, n)", () => {
      expect(show(add(hide(n - 1n), hide(1n)))).to.equal(0n);
      expect(show(subtract(hide(0n), hide(1n)))).to.equal(n - 1n);
      expect(show(negate(hide(0n)))).to.equal(0n);
    });

    it("keeps results inside [1, n²) as units", () => {
      const results = [
        add(hide(1n), hide(2n)),
        negate(hide(3n)),
        scale(hide(4n), -5n),
        hide(n - 1n),
      ];
      for (const result of results) {
        expect(ciphertextOf(publicKey, result.value).value).to.equal(result.value);
      }
    });
  });

  describe("randomness", () => {
    it("hides equal plaintexts under different ciphertexts", () => {
      expect(hide(7n).value).to.not.equal(hide(7n).value);
    });

    it("re-randomises to another ciphertext of the same plaintext", () => {
      const before = hide(1234n);
      const after = rerandomise(before, rng);
      expect(after.value).to.not.equal(before.value);
      expect(show(after)).to.equal(1234n);
    });

    it("is repeatable from equal generators", () => {
      const twice = [counterRng("same"), counterRng("same")].map((same) =>
        encrypt(publicKey, 9n, same),
      );
      expect(twice[0]?.value).to.equal(twice[1]?.value);
    });

    it("refuses a ρ that is no unit below n", () => {
      for (const rho of [0n, -1n, n, n + 1n, p, 3n * p]) {
        expect(refusal(() => encryptWithRandomness(publicKey, 1n, rho))).to.equal(
          "PaillierError E_RANDOMNESS",
        );
      }
      expect(encryptWithRandomness(publicKey, 0n, 1n).value).to.equal(1n);
      expect(encryptWithRandomness(publicKey, 0n, n - 1n).value).to.equal(nSquared - 1n);
    });
  });

  it("refuses plaintexts and factors out of range", () => {
    const range = "PaillierError E_PLAINTEXT_RANGE";
    for (const plaintext of [-1n, n, n + 1n]) {
      expect(refusal(() => hide(plaintext))).to.equal(range);
      expect(refusal(() => encryptWithRandomness(publicKey, plaintext, 2n))).to.equal(range);
      expect(refusal(() => addPlain(hide(1n), plaintext))).to.equal(range);
    }
    for (const factor of [n, -n]) {
      expect(refusal(() => scale(hide(1n), factor))).to.equal(range);
    }
  });

  it("refuses to mix keys, but not two objects of one key", () => {
    const other = encrypt(toyKey().publicKey, 1n, rng);
    const twin = encrypt(publicKeyFromModulus(n), 30n, rng);
    expect(refusal(() => add(hide(1n), other))).to.equal("PaillierError E_KEY_MISMATCH");
    expect(refusal(() => subtract(other, hide(1n)))).to.equal("PaillierError E_KEY_MISMATCH");
    expect(show(add(hide(12n), twin))).to.equal(42n);
  });

  describe("ciphertexts from elsewhere", () => {
    it("refuses numbers outside [1, n²)", () => {
      for (const value of [0n, -1n, -n, nSquared, nSquared + 1n, 2n * nSquared]) {
        expect(
          refusal(() => ciphertextOf(publicKey, value)),
          `${value}`,
        ).to.equal("PaillierError E_CIPHERTEXT_RANGE");
      }
    });

    it("refuses numbers with a divisor common with n", () => {
      for (const value of [n, 2n * n, p, p * p, 5n * p, nSquared - n, nSquared - p]) {
        expect(
          refusal(() => ciphertextOf(publicKey, value)),
          `${value}`,
        ).to.equal("PaillierError E_CIPHERTEXT_UNIT");
      }
    });

    it("accepts 1 and n² − 1, which hide 0", () => {
      expect(show(ciphertextOf(publicKey, 1n))).to.equal(0n);
      expect(show(ciphertextOf(publicKey, nSquared - 1n))).to.equal(0n);
    });

    it("carries them through bytes of one width", () => {
      const width = publicKey.ciphertextBytes;
      expect(width).to.equal(128);
      for (const c of [hide(0n), hide(n - 1n), ciphertextOf(publicKey, 1n)]) {
        const bytes = ciphertextToBytes(c);
        expect(bytes.length).to.equal(width);
        expect(ciphertextFromBytes(publicKey, bytes)).to.deep.equal(c);
      }
    });

    it("refuses bytes of another length, and bytes of an invalid number", () => {
      const bytes = ciphertextToBytes(hide(5n));
      const length = "PaillierError E_CIPHERTEXT_LENGTH";
      for (const wrong of [bytes.subarray(1), Uint8Array.of(0, ...bytes), new Uint8Array(0)]) {
        expect(refusal(() => ciphertextFromBytes(publicKey, wrong))).to.equal(length);
      }
      const zeros = new Uint8Array(bytes.length);
      const ones = new Uint8Array(bytes.length).fill(0xff);
      for (const wrong of [zeros, ones]) {
        expect(refusal(() => ciphertextFromBytes(publicKey, wrong))).to.equal(
          "PaillierError E_CIPHERTEXT_RANGE",
        );
      }
    });

    it("shows another plaintext for a flipped bit: nothing here authenticates", () => {
      const bytes = ciphertextToBytes(hide(5n));
      for (const at of [8, 64, 127]) {
        const flipped = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
        expect(show(ciphertextFromBytes(publicKey, flipped)), `byte ${at}`).to.not.equal(5n);
      }
    });
  });

  describe("the key itself", () => {
    it("refuses moduli that cannot be a key", () => {
      for (const modulus of [0n, 1n, -187n, 13n, 188n, n + 1n]) {
        expect(refusal(() => publicKeyFromModulus(modulus))).to.equal(
          "PaillierError E_KEY_MODULUS",
        );
      }
    });

    it("takes up to 5,000 bits and refuses one more", () => {
      expect(publicKeyFromModulus((1n << 5000n) - 1n).ciphertextBytes).to.equal(1250);
      expect(refusal(() => publicKeyFromModulus((1n << 5000n) + 1n))).to.equal(
        "PaillierError E_KEY_SIZE",
      );
    });

    it("states the sizes of real rounds", () => {
      for (const bits of [2048, 2050, 3072, 4096, 5000]) {
        expect(
          refusal(() => {
            assertProductionKeySize(bits);
          }),
          `${bits}`,
        ).to.equal("accepted");
      }
      for (const bits of [0, 1024, 2046, 2047, 2049, 5002, 2048.5, Number.NaN]) {
        expect(
          refusal(() => {
            assertProductionKeySize(bits);
          }),
          `${bits}`,
        ).to.equal("PaillierError E_KEY_SIZE");
      }
    });
  });
});
