import { expect } from "chai";
import { gcd } from "bigint-crypto-utils";
import {
  assertProductionRng,
  randomBelow,
  randomBits,
  type Rng,
  randomUnit,
  systemRng,
} from "../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, underNodeEnv } from "../../../support/primitives/draws.ts";

/** Hands out the given bytes one by one. */
function scriptedRng(...script: readonly number[]): Rng {
  const rest = [...script];
  return { deterministic: true, bytes: (length) => Uint8Array.from(rest.splice(0, length)) };
}

describe("random", () => {
  it("refuses a deterministic generator outside tests", async () => {
    const rng = counterRng("refused");
    for (const environment of ["production", "development", undefined]) {
      const outcome = await underNodeEnv(environment, () =>
        refusal(() => {
          assertProductionRng(rng);
        }),
      );
      expect(outcome, String(environment)).to.equal("RandomError E_RNG_DETERMINISTIC");
    }
  });

  it("accepts a deterministic generator in tests and the system's anywhere", async () => {
    const accepted = (rng: Rng) =>
      refusal(() => {
        assertProductionRng(rng);
      });
    expect(await underNodeEnv("test", () => accepted(counterRng("accepted")))).to.equal("accepted");
    expect(await underNodeEnv("production", () => accepted(systemRng))).to.equal("accepted");
  });

  it("draws different bytes from the system each time", () => {
    expect(systemRng.bytes(32).length).to.equal(32);
    expect([...systemRng.bytes(32)]).to.not.deep.equal([...systemRng.bytes(32)]);
  });

  it("throws a candidate away instead of folding it in", () => {
    // 200 needs 8 bits: 200 and 255 are outside [0, 200), 199 is the first inside.
    expect(randomBelow(scriptedRng(200, 255, 199, 7), 200n)).to.equal(199n);
    // 11 and 22 share a divisor with 187, 0 shares all of it.
    expect(randomUnit(scriptedRng(0, 11, 22, 187, 34, 23), 187n)).to.equal(23n);
  });

  it("cuts surplus bits of the first byte", () => {
    expect(randomBits(scriptedRng(0xff, 0x01), 9)).to.equal(0x101n);
    expect(randomBits(scriptedRng(0xfe), 1)).to.equal(0n);
  });

  it("draws every value below the bound about equally often", () => {
    const rng = counterRng("uniform");
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 5000; draw++) {
      const value = Number(randomBelow(rng, 10n));
      counts[value] = (counts[value] ?? 0) + 1;
    }
    const chiSquared = counts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(counts.length).to.equal(10);
    expect(chiSquared).to.be.below(27.9); // 9 degrees of freedom, probability 0.001
  });

  it("stays below bounds at the edge of a power of two", () => {
    const rng = counterRng("edges");
    for (const bound of [1n, 2n, 3n, 255n, 256n, 257n, (1n << 128n) + 1n]) {
      for (let draw = 0; draw < 50; draw++) {
        const value = randomBelow(rng, bound);
        expect(value >= 0n && value < bound, `${bound}`).to.equal(true);
      }
    }
  });

  it("draws units only", () => {
    const rng = counterRng("units");
    for (let draw = 0; draw < 200; draw++) expect(gcd(randomUnit(rng, 15n), 15n)).to.equal(1n);
  });

  it("refuses empty ranges and a generator that runs short", () => {
    const rng = counterRng("bounds");
    const short: Rng = { deterministic: false, bytes: (length) => new Uint8Array(length - 1) };
    for (const bound of [0n, -1n]) {
      expect(refusal(() => randomBelow(rng, bound))).to.equal("RandomError E_BOUND");
    }
    for (const bits of [0, -1, 1.5, Number.NaN]) {
      expect(refusal(() => randomBits(rng, bits))).to.equal("RandomError E_BOUND");
    }
    expect(refusal(() => randomUnit(rng, 1n))).to.equal("RandomError E_BOUND");
    expect(refusal(() => randomBits(short, 64))).to.equal("RandomError E_RNG_LENGTH");
  });
});
