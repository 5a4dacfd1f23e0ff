import { expect } from "chai";
import fc from "fast-check";
import { createDiffieHellman } from "node:crypto";
import {
  createPowerEngine,
  MAX_MODULUS_BITS,
  type OpenGroup,
  powerImplementation,
  powMod,
  powModReference,
  powModSecret,
} from "../../../../offchain/core/primitives/modexp.ts";
import { randomBits } from "../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal } from "../../../support/primitives/draws.ts";

const rng = counterRng("modexp");
const MERSENNE_521 = (1n << 521n) - 1n;
const COMPOSITE = MERSENNE_521 * ((1n << 607n) - 1n);

/** An odd modulus of exactly `bits` bits. */
function oddModulus(bits: number): bigint {
  return (1n << BigInt(bits - 1)) | randomBits(rng, bits - 1) | 1n;
}

/** Schoolbook, independent of every library. */
function naivePower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return ((result % modulus) + modulus) % modulus;
}

describe("modular exponentiation", () => {
  it("runs on OpenSSL here", () => {
    expect(powerImplementation()).to.equal("openssl");
  });

  for (const bits of [2, 3, 8, 64, 510, 511, 512, 513, 520, 1023, 1024, 1025, 2048, 4095, 4096]) {
    it(`agrees with the definition modulo odd numbers of ${bits} bits`, () => {
      const modulus = oddModulus(bits);
      const inner = randomBits(rng, bits) % modulus;
      const bases = [0n, 1n, 2n, inner, modulus - 1n, modulus, modulus + 1n, 3n * modulus + inner];
      const exponents = [0n, 1n, 2n, 3n, 1023n, 1024n, 65537n, (1n << 64n) - 1n, 1n << 64n];
      for (const base of bases) {
        for (const exponent of exponents) {
          const expected = naivePower(base, exponent, modulus);
          expect(powMod(base, exponent, modulus), `${base}^${exponent}`).to.equal(expected);
          expect(powModReference(base, exponent, modulus)).to.equal(expected);
        }
      }
    });
  }

  it("agrees with the definition for random sizes, negative and oversized bases", () => {
    const odd = fc.integer({ min: 2, max: 1100 }).map(oddModulus);
    const base = fc.bigInt({ min: -(1n << 1200n), max: 1n << 1200n });
    const exponent = fc.bigInt({ min: 0n, max: 1n << 300n });
    fc.assert(
      fc.property(odd, base, exponent, (m, b, e) => {
        expect(powMod(b, e, m)).to.equal(naivePower(b, e, m));
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it("takes exponents longer than the modulus", () => {
    const exponent = randomBits(rng, 3000);
    expect(powMod(7n, exponent, COMPOSITE)).to.equal(naivePower(7n, exponent, COMPOSITE));
  });

  it("pads results that begin with zeros", () => {
    expect(powMod(2n, 1100n, COMPOSITE)).to.equal(1n << 1100n);
    expect(powMod(2n, 1030n, oddModulus(4096))).to.equal(1n << 1030n);
  });

  it("gives the results that OpenSSL refuses: 1, −1 and 0", () => {
    const half = (MERSENNE_521 - 1n) / 2n;
    const square = MERSENNE_521 * MERSENNE_521;
    expect(powMod(3n, MERSENNE_521 - 1n, MERSENNE_521)).to.equal(1n);
    expect(powMod(3n, half, MERSENNE_521)).to.equal(MERSENNE_521 - 1n);
    expect(powMod(2n, half, MERSENNE_521)).to.equal(1n);
    expect(powMod(5n * MERSENNE_521, 1024n, square)).to.equal(0n);
    expect(powMod(MERSENNE_521 + 1n, MERSENNE_521, square)).to.equal(1n);
  });

  it("refuses an even modulus, one below 3 and one beyond the limit", () => {
    const limit = 1n << BigInt(MAX_MODULUS_BITS);
    const refused = [0n, 1n, 2n, -7n, 10n, 1n << 600n, 1n << 2047n, limit, limit + 1n];
    for (const power of [powMod, powModReference]) {
      for (const modulus of refused) {
        expect(refusal(() => power(3n, 5n, modulus))).to.equal("ModexpError E_MODULUS");
      }
    }
    expect(refusal(() => powModSecret(3n, 5n, 3, 10n))).to.equal("ModexpError E_MODULUS");
  });

  it("takes the largest modulus and refuses one bit more", () => {
    const largest = oddModulus(MAX_MODULUS_BITS);
    const exponent = 0xf00dn;
    expect(powMod(5n, exponent, largest)).to.equal(naivePower(5n, exponent, largest));
    expect(refusal(() => powMod(5n, 3n, oddModulus(MAX_MODULUS_BITS + 1)))).to.equal(
      "ModexpError E_MODULUS",
    );
  });

  it("refuses a negative exponent", () => {
    for (const modulus of [15n, COMPOSITE]) {
      expect(refusal(() => powMod(2n, -1n, modulus))).to.equal("ModexpError E_EXPONENT");
      expect(refusal(() => powModReference(2n, -1n, modulus))).to.equal("ModexpError E_EXPONENT");
      expect(refusal(() => powModSecret(2n, -1n, 64, modulus))).to.equal("ModexpError E_EXPONENT");
    }
  });

  describe("with a secret exponent", () => {
    it("gives the same power", () => {
      for (const bits of [3, 64, 65, 256, 1024]) {
        const exponent = oddModulus(bits);
        const expected = naivePower(7n, exponent, COMPOSITE);
        expect(powModSecret(7n, exponent, bits, COMPOSITE)).to.equal(expected);
        expect(powModSecret(7n, exponent, bits, 187n)).to.equal(naivePower(7n, exponent, 187n));
      }
    });

    it("refuses a length that the time would show", () => {
      const outcome = (exponent: bigint, bits: number) =>
        refusal(() => powModSecret(7n, exponent, bits, COMPOSITE));
      expect(outcome(1n << 128n, 192)).to.equal("accepted");
      expect(outcome((1n << 128n) - 1n, 192)).to.equal("ModexpError E_EXPONENT");
      expect(outcome(3n, 1024)).to.equal("ModexpError E_EXPONENT");
      expect(outcome(1n << 100n, 100)).to.equal("ModexpError E_EXPONENT");
    });
  });

  describe("on other platforms", () => {
    const cases: ReadonlyArray<readonly [bigint, bigint]> = [
      [7n, 65537n],
      [3n, MERSENNE_521 - 1n],
      [0n, 5000n],
      [1n, 5000n],
      [MERSENNE_521 - 1n, 5001n],
    ];
    const expectRight = (openGroup: OpenGroup, implementation: "openssl" | "bigint") => {
      const engine = createPowerEngine(openGroup);
      expect(engine.implementation()).to.equal(implementation);
      for (const [base, exponent] of cases) {
        const expected = naivePower(base, exponent, MERSENNE_521);
        expect(engine.powMod(base, exponent, MERSENNE_521)).to.equal(expected);
      }
    };

    it("falls back to BigInt where OpenSSL refuses to open a group", () => {
      expectRight(() => {
        throw new Error("disabled for FIPS");
      }, "bigint");
    });

    it("falls back to BigInt where OpenSSL disagrees with the reference", () => {
      expectRight((modulus, generator) => {
        const group = createDiffieHellman(modulus, generator);
        return {
          setPrivateKey: (exponent) => {
            group.setPrivateKey(exponent);
          },
          computeSecret: (base) =>
            group.computeSecret(base).map((byte, i) => (i === 80 ? byte ^ 1 : byte)),
        };
      }, "bigint");
    });

    it("takes an empty answer as a refusal, as older runtimes give it", () => {
      expectRight((modulus, generator) => {
        const group = createDiffieHellman(modulus, generator);
        return {
          setPrivateKey: (exponent) => {
            group.setPrivateKey(exponent);
          },
          computeSecret: (base) => {
            try {
              return group.computeSecret(base);
            } catch {
              return new Uint8Array(0);
            }
          },
        };
      }, "openssl");
    });

    it("answers by BigInt if OpenSSL stops working later", () => {
      let broken = false;
      const openGroup: OpenGroup = (modulus, generator) => {
        if (broken) throw new Error("out of memory");
        return createDiffieHellman(modulus, generator);
      };
      const engine = createPowerEngine(openGroup);
      expect(engine.implementation()).to.equal("openssl");
      broken = true;
      expect(engine.powMod(7n, 65537n, COMPOSITE)).to.equal(naivePower(7n, 65537n, COMPOSITE));
    });

    it("opens a modulus once, sets an exponent once, and forgets the least recent modulus", () => {
      const opened: string[] = [];
      let exponentsSet = 0;
      const engine = createPowerEngine((modulus, generator) => {
        opened.push(Buffer.from(modulus).toString("hex"));
        const group = createDiffieHellman(modulus, generator);
        return {
          setPrivateKey: (exponent) => {
            exponentsSet++;
            group.setPrivateKey(exponent);
          },
          computeSecret: (base) => group.computeSecret(base),
        };
      });
      const moduli = Array.from({ length: 40 }, () => oddModulus(512));
      const [first = 3n, second = 3n] = moduli;
      for (const exponent of [65537n, 65537n, 65539n, 65539n]) engine.powMod(5n, exponent, first);
      expect([opened.length, exponentsSet]).to.deep.equal([2, 3]); // one each for the self check

      for (const modulus of moduli) {
        engine.powMod(5n, 65537n, modulus);
        expect(engine.powMod(5n, 65537n, first)).to.equal(naivePower(5n, 65537n, first));
      }
      expect(opened.length, "the modulus in use stays").to.equal(41);
      engine.powMod(5n, 65537n, second);
      expect(opened.length, "the oldest one had gone").to.equal(42);
    });
  });
});
