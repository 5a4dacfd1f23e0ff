import { expect } from "chai";
import fc from "fast-check";
import {
  bigintToBytes,
  bitLength,
  bytesToHex,
} from "../../../../../offchain/core/primitives/bytes.ts";
import { powModReference } from "../../../../../offchain/core/primitives/modexp.ts";
import {
  dealShortKey,
  generateKeyPair,
} from "../../../../../offchain/core/primitives/paillier/keyGeneration.ts";
import {
  decrypt,
  decryptTextbook,
  randomnessOf,
} from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  add,
  publicKeyFromModulus,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  encryptShort,
  shortExponent,
  shortKeyOf,
  shortTable,
  shortZeros,
  tabledShortZeros,
} from "../../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import {
  encryptFrom,
  rerandomiseFrom,
} from "../../../../../offchain/core/primitives/paillier/zeros.ts";
import { randomUnit, type Rng, systemRng } from "../../../../../offchain/core/primitives/random.ts";
import {
  counterRng,
  refusal,
  residue,
  smallKey,
  smallShortKey,
  toyKey,
} from "../../../../support/primitives/draws.ts";

const rng = counterRng("short randomness");
const plaintextBytes = fc.uint8Array({ minLength: 70, maxLength: 70 });

describe("short randomness", () => {
  const key = smallShortKey();
  const { publicKey, p, q, lambda } = key;
  const { n, nSquared } = publicKey;
  const shortKey = dealShortKey(key, rng);
  const table = shortTable(shortKey, 5);
  const sources = {
    shortZeros: (source: Rng) => shortZeros(shortKey, source),
    tabledShortZeros: (source: Rng) => tabledShortZeros(table, source),
  };

  describe("the base", () => {
    it("is (−y²)^n of the unit that the generator yields", () => {
      const dealt = dealShortKey(key, counterRng("deal"));
      const y = randomUnit(counterRng("deal"), n);
      const h = (n * n - y * y) % n;
      expect(dealt.hs).to.equal(powModReference(h, n, nSquared));
    });

    it("is an n-th residue: its λ-th power is 1", () => {
      expect(powModReference(shortKey.hs, lambda, nSquared)).to.equal(1n);
    });

    it("is a non-square modulo both primes, so that powers of it reach every sign", () => {
      expect(powModReference(shortKey.hs, (p - 1n) / 2n, p)).to.equal(p - 1n);
      expect(powModReference(shortKey.hs, (q - 1n) / 2n, q)).to.equal(q - 1n);
    });

    it("is dealt for primes of the right form alone", () => {
      for (const other of [smallKey(), toyKey()]) {
        expect(refusal(() => dealShortKey(other, rng))).to.equal("PaillierError E_KEY_PRIMES");
      }
    });

    it("is refused unless it is a unit below n² other than ±1", () => {
      const outcome = (hs: bigint) => refusal(() => shortKeyOf(publicKey, hs));
      for (const hs of [0n, -3n, nSquared, nSquared + 2n]) {
        expect(outcome(hs)).to.equal("PaillierError E_CIPHERTEXT_RANGE");
      }
      for (const hs of [p, n, 5n * q, nSquared - n]) {
        expect(outcome(hs)).to.equal("PaillierError E_CIPHERTEXT_UNIT");
      }
      for (const hs of [1n, nSquared - 1n]) {
        expect(outcome(hs)).to.equal("PaillierError E_SHORT_BASE");
      }
      expect(shortKeyOf(publicKey, shortKey.hs)).to.deep.equal(shortKey);
    });

    it("has exponents of half the bits of n in whole words", () => {
      const bitsOf = (bits: number) =>
        shortKeyOf(publicKeyFromModulus((1n << BigInt(bits)) - 1n), 2n).exponentBits;
      expect([128, 130, 512, 2048, 2050, 3072].map(bitsOf)).to.deep.equal([
        64, 128, 256, 1024, 1088, 1536,
      ]);
    });
  });

  it("yields hs^a for the exponent that the generator yields, with and without a table", () => {
    for (const [label, source] of Object.entries(sources)) {
      const exponent = shortExponent(shortKey, counterRng("one exponent"));
      const zero = source(counterRng("one exponent")).draw();
      expect(zero.value, label).to.equal(powModReference(shortKey.hs, exponent, nSquared));
      expect(decrypt(key, zero)).to.equal(0n);
    }
  });

  it("never leaves the highest word of an exponent empty", () => {
    const empty = new Uint8Array(32).fill(7, 8);
    const full = new Uint8Array(32).fill(9);
    const draws = [empty, empty, full];
    const scripted: Rng = { deterministic: true, bytes: () => draws.shift() ?? full };
    expect(shortExponent(shortKey, scripted)).to.equal(BigInt(bytesToHex(full)));
    for (let i = 0; i < 50; i++) {
      const bits = bitLength(shortExponent(shortKey, rng));
      expect(bits).to.be.within(193, 256);
    }
  });

  for (const [name, source] of Object.entries(sources)) {
    it(`encrypts and re-randomises what every decryptor opens, by ${name}`, () => {
      const zeros = source(rng);
      fc.assert(
        fc.property(plaintextBytes, plaintextBytes, (aBytes, bBytes) => {
          const [a, b] = [residue(aBytes, n), residue(bBytes, n)];
          const [ca, cb] = [encryptFrom(zeros, a), encryptFrom(zeros, b)];
          const again = rerandomiseFrom(zeros, ca);
          expect(again.value).to.not.equal(ca.value);
          expect([decrypt(key, ca), decryptTextbook(key, again)]).to.deep.equal([a, a]);
          expect(decrypt(key, add(ca, cb))).to.equal((a + b) % n);
        }),
        { numRuns: 20, seed: 24 },
      );
      for (const m of [0n, 1n, n - 1n]) expect(decrypt(key, encryptFrom(zeros, m))).to.equal(m);
    });
  }

  it("has a randomness ρ that opens like any other", () => {
    const c = encryptShort(shortKey, 42n, rng);
    const rho = randomnessOf(key, c);
    expect(((1n + 42n * n) * powModReference(rho, n, nSquared)) % nSquared).to.equal(c.value);
  });

  it("refuses plaintexts out of range", () => {
    for (const m of [-1n, n]) {
      expect(refusal(() => encryptShort(shortKey, m, rng))).to.equal(
        "PaillierError E_PLAINTEXT_RANGE",
      );
    }
  });

  it("works at the size of real keys", async () => {
    const { publicKey: real, privateKey } = await generateKeyPair(2048, systemRng);
    const dealt = dealShortKey(privateKey, systemRng);
    const zeros = tabledShortZeros(shortTable(dealt, 3), systemRng);
    for (const m of [0n, 1n, real.n - 1n]) {
      expect(decrypt(privateKey, encryptShort(dealt, m, systemRng))).to.equal(m);
      expect(decrypt(privateKey, encryptFrom(zeros, m))).to.equal(m);
    }
    expect(bigintToBytes(dealt.hs, real.ciphertextBytes).length).to.equal(512);
  });
});
