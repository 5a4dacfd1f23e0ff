import { expect } from "chai";
import fc from "fast-check";
import { inspect } from "node:util";
import { powMod } from "../../../../../offchain/core/primitives/modexp.ts";
import {
  decrypt,
  decryptByExponent,
  decryptTextbook,
  type PrivateKey,
  randomnessOf,
} from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  ciphertextOf,
  encrypt,
  encryptWithRandomness,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { randomUnit } from "../../../../../offchain/core/primitives/random.ts";
import {
  counterRng,
  refusal,
  residue,
  smallKey,
  toyKey,
  unchecked,
} from "../../../../support/primitives/draws.ts";

const decryptors = { decrypt, decryptTextbook, decryptByExponent };

describe("Paillier private key", () => {
  const key = smallKey();
  const { publicKey, p, q, pSquared } = key;
  const { n, nSquared } = publicKey;
  const rng = counterRng("private key");

  describe("worked example p = 11, q = 17", () => {
    const toy = toyKey();

    it("has the known parts", () => {
      const { lambda, mu, hp, hq } = toy;
      expect([lambda, mu, hp, hq]).to.deep.equal([80n, 180n, 9n, 3n]);
      expect(lambda * mu).to.equal(14400n);
    });

    for (const [name, open] of Object.entries(decryptors)) {
      it(`opens the known numbers by ${name}`, () => {
        const opened = (value: bigint) => open(toy, ciphertextOf(toy.publicKey, value));
        expect([32781n, 25545n, 25174n, 24889n, 14724n].map(opened)).to.deep.equal([
          42n,
          30n,
          100n,
          130n,
          117n,
        ]);
      });

      it(`opens every plaintext by ${name}`, () => {
        for (let m = 0n; m < 187n; m++) {
          const c = encrypt(toy.publicKey, m, rng);
          expect(open(toy, c)).to.equal(m);
        }
      });
    }

    it("recovers the randomness 23", () => {
      expect(randomnessOf(toy, ciphertextOf(toy.publicKey, 32781n))).to.equal(23n);
    });
  });

  it("opens what was encrypted, by all decryptors alike", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 70, maxLength: 70 }), (bytes) => {
        const m = residue(bytes, n);
        const c = encrypt(publicKey, m, rng);
        expect(decrypt(key, c)).to.equal(m);
        expect(decryptTextbook(key, c)).to.equal(m);
        expect(decryptByExponent(key, c)).to.equal(m);
      }),
      { numRuns: 40, seed: 8 },
    );
  });

  it("opens the ends of the range and values around the primes", () => {
    for (const m of [0n, 1n, 2n, p - 1n, p, p + 1n, q, n / 2n, n - q, n - 2n, n - 1n]) {
      for (const open of Object.values(decryptors)) {
        expect(open(key, encrypt(publicKey, m, rng)), `${m}`).to.equal(m);
      }
    }
  });

  it("opens an encryption of 0, whose power is exactly 1", () => {
    const zero = encrypt(publicKey, 0n, rng);
    expect(powMod(zero.value, p - 1n, pSquared)).to.equal(1n);
    expect(powMod(zero.value, key.lambda, nSquared)).to.equal(1n);
    for (const open of Object.values(decryptors)) expect(open(key, zero)).to.equal(0n);
  });

  it("opens the ciphertexts 1 and −1 and those that are ±1 modulo one prime square", () => {
    const modQ = q * q * ((p * p * p) % (q * q));
    const cases = [1n, nSquared - 1n, 1n + pSquared, pSquared - 1n, 1n + modQ, 2n];
    for (const value of cases.filter((c) => c % p !== 0n && c % q !== 0n && c < nSquared)) {
      const c = ciphertextOf(publicKey, value);
      const expected = decryptTextbook(key, c);
      expect(decrypt(key, c), `${value}`).to.equal(expected);
      expect(decryptByExponent(key, c), `${value}`).to.equal(expected);
    }
  });

  it("recovers the randomness of a ciphertext", () => {
    for (const m of [0n, 1n, n - 1n]) {
      const rho = randomUnit(rng, n);
      expect(randomnessOf(key, encryptWithRandomness(publicKey, m, rho))).to.equal(rho);
    }
  });

  for (const [name, open] of Object.entries({ ...decryptors, randomnessOf })) {
    it(`${name} refuses invalid ciphertexts`, () => {
      const outcome = (value: bigint) => refusal(() => open(key, unchecked(publicKey, value)));
      for (const value of [0n, -1n, nSquared, nSquared + 1n]) {
        expect(outcome(value), `${value}`).to.equal("PaillierError E_CIPHERTEXT_RANGE");
      }
      for (const value of [n, p, q, 7n * p, nSquared - n, p * p]) {
        expect(outcome(value), `${value}`).to.equal("PaillierError E_CIPHERTEXT_UNIT");
      }
    });

    it(`${name} refuses a ciphertext of another key`, () => {
      const foreign = encrypt(toyKey().publicKey, 1n, rng);
      expect(refusal(() => open(key, foreign))).to.equal("PaillierError E_KEY_MISMATCH");
    });
  }

  it("notices a key whose parts do not belong together", () => {
    const c = encrypt(publicKey, 5n, rng);
    const fields = { ...key, ...partsOf(key) };
    expect(refusal(() => decryptTextbook({ ...fields, lambda: key.lambda + 2n }, c))).to.equal(
      "PaillierError E_DECRYPTION",
    );
    expect(refusal(() => decrypt({ ...fields, pSquared: pSquared + 2n }, c))).to.equal(
      "PaillierError E_DECRYPTION",
    );
  });

  describe("keeps its secrets", () => {
    const secrets = Object.values(partsOf(key)).flatMap((part) => [
      part.toString(),
      part.toString(16),
    ]);

    it("shows the public key alone in logs, JSON and copies", () => {
      const asText = (_: string, value: unknown) =>
        typeof value === "bigint" ? value.toString() : value;
      const copies = [
        inspect(key, { depth: null }),
        JSON.stringify(key, asText),
        inspect({ ...key }),
        inspect(structuredClone(key)),
      ];
      for (const copy of copies) {
        expect(secrets.filter((secret) => copy.includes(secret))).to.deep.equal([]);
      }
      expect(Object.keys(key)).to.deep.equal(["publicKey"]);
    });

    it("names none of them in an error", () => {
      for (const value of [0n, p, q, nSquared]) {
        expect(() => decrypt(key, unchecked(publicKey, value))).to.throw(
          Error,
          /^(?!.*[0-9]{4})/,
          "a message without long numbers",
        );
      }
    });
  });
});

function partsOf(key: PrivateKey): Omit<PrivateKey, "publicKey"> {
  const { p, q, pSquared, qSquared, hp, hq, pInverseModQ, lambda, mu } = key;
  return { p, q, pSquared, qSquared, hp, hq, pInverseModQ, lambda, mu };
}
