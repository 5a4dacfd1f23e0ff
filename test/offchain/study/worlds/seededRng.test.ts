import { expect } from "chai";
import fc from "fast-check";

import {
  seededRng,
  SeededRngError,
  seededStream,
  seedText,
} from "../../../../offchain/study/worlds/seededRng.ts";
import { expectError } from "../../../support/importers/errors.ts";
import { expectNear } from "../../../support/near.ts";

const RUNS = { numRuns: 100, seed: 20250710 };

function sample(count: number, draw: () => number): readonly number[] {
  return Array.from({ length: count }, draw);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sdOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

describe("seededStream", () => {
  it("repeats itself for the same seed and label", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (seed, label) => {
        const [a, b] = [seededStream(seed, label), seededStream(seed, label)];
        expect(sample(8, a.uniform)).to.deep.equal(sample(8, b.uniform));
      }),
      RUNS,
    );
  });

  it("differs for another seed, another label and another cut between the two", () => {
    const first = (seed: string, label: string): number => seededStream(seed, label).uniform();
    const draws = [first("ab", "c"), first("a", "bc"), first("ab", "d"), first("x", "c")];
    expect(new Set(draws).size).to.equal(draws.length);
  });

  it("keeps its draws across versions", () => {
    const stream = seededStream("chargeveil", "vector");
    expect(sample(4, () => stream.uniformInt(0, 999_999))).to.deep.equal(VECTOR_INTS);
    expect([...seededRng("chargeveil").bytes(8)]).to.deep.equal(VECTOR_BYTES);
  });

  it("takes a number and its text for the same seed", () => {
    expect(seededStream(7, "x").uniform()).to.equal(seededStream("7", "x").uniform());
    expect(seedText(7)).to.equal("7");
  });

  it("refuses a number that is no safe integer, and an empty text, as a seed", () => {
    for (const seed of ["", Number.NaN, 0.5, Infinity, 2 ** 53]) {
      expectError(() => seededStream(seed, "x"), SeededRngError, "E_SEED");
    }
  });

  it("draws whole numbers inside the bounds, both bounds included", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer(), fc.nat(1_000_000), (seed, lo, width) => {
        const draw = seededStream(seed, "int").uniformInt(lo, lo + width);
        expect(draw)
          .to.satisfy(Number.isInteger)
          .and.to.be.within(lo, lo + width);
      }),
      RUNS,
    );
    const die = seededStream(1, "die");
    expect([...new Set(sample(200, () => die.uniformInt(1, 6)))].toSorted()).to.deep.equal([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it("refuses bounds in the wrong order and bounds that are not whole", () => {
    const { uniformInt } = seededStream(1, "x");
    expectError(() => uniformInt(2, 1), SeededRngError, "E_DRAW_RANGE");
    expectError(() => uniformInt(0.5, 1), SeededRngError, "E_DRAW_RANGE");
    expectError(() => uniformInt(0, Number.NaN), SeededRngError, "E_DRAW_RANGE");
  });

  it("draws uniforms on [0, 1) with the mean and spread of a uniform", () => {
    const values = sample(20_000, seededStream(1, "uniform").uniform);
    expect(Math.min(...values)).to.be.at.least(0);
    expect(Math.max(...values)).to.be.below(1);
    expectNear(meanOf(values), 0.5, 0.01);
    expectNear(sdOf(values), Math.sqrt(1 / 12), 0.01);
  });

  it("draws normals with the mean and the deviation asked for", () => {
    const { normal } = seededStream(1, "normal");
    const values = sample(20_000, () => normal(10, 3));
    expectNear(meanOf(values), 10, 0.1);
    expectNear(sdOf(values), 3, 0.1);
    const inside = values.filter((value) => Math.abs(value - 10) < 3).length;
    expectNear(inside / values.length, 0.683, 0.02);
  });

  it("picks in proportion to the weights and never an index of weight zero", () => {
    const { pick } = seededStream(1, "pick");
    const picks = sample(20_000, () => pick([0, 1, 3, 0]));
    expect(picks.filter((index) => index === 0 || index === 3)).to.deep.equal([]);
    expectNear(picks.filter((index) => index === 2).length / picks.length, 0.75, 0.02);
  });

  it("refuses weights that cannot be drawn from", () => {
    const { pick } = seededStream(1, "x");
    for (const weights of [[], [0, 0], [1, -1, 5], [Number.NaN], [Infinity]]) {
      expectError(() => pick(weights), SeededRngError, "E_DRAW_WEIGHTS");
    }
  });
});

describe("seededRng", () => {
  it("says that it is deterministic and repeats its bytes", () => {
    const [a, b] = [seededRng(5), seededRng("5")];
    expect(a.deterministic).to.equal(true);
    for (const length of [0, 1, 3, 4, 33]) {
      const bytes = a.bytes(length);
      expect(bytes).to.be.instanceOf(Uint8Array).and.to.have.length(length);
      expect(bytes).to.deep.equal(b.bytes(length));
    }
    expect(a.bytes(16)).to.not.deep.equal(a.bytes(16));
  });

  it("fills every byte value about equally often", () => {
    const counts = new Array<number>(256).fill(0);
    for (const byte of seededRng(1).bytes(256 * 400)) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(Math.min(...counts)).to.be.above(300);
    expect(Math.max(...counts)).to.be.below(500);
  });

  it("refuses a length that is none", () => {
    expectError(() => seededRng(1).bytes(-1), SeededRngError, "E_DRAW_RANGE");
    expectError(() => seededRng(1).bytes(1.5), SeededRngError, "E_DRAW_RANGE");
  });
});

const VECTOR_INTS = [877_563, 468_166, 586_553, 40_756];
const VECTOR_BYTES = [55, 89, 197, 38, 58, 119, 115, 243];
