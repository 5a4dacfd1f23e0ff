import { expect } from "chai";
import { bitLength } from "../../../../offchain/primitives/bytes.ts";
import { keystreamOf } from "../../../../offchain/primitives/sharing/keystream.ts";
import {
  logUniform,
  MULTIPLIER_BITS,
  uniformAround,
  uniformBelow,
  uniformIndices,
  uniformPermutation,
} from "../../../../offchain/primitives/sharing/uniform.ts";
import { seededRng } from "../../../../offchain/simulation/seededRng.ts";
import { expectNear } from "../../../near.ts";
import { expectFlat } from "./flat.ts";

const streamOf = (name: string): ReturnType<typeof keystreamOf> =>
  keystreamOf(seededRng(name).bytes(32));

describe("uniform draws", () => {
  it("hits every index below its bound equally often", () => {
    const counts = new Array<number>(7).fill(0);
    const drawn = uniformIndices(streamOf("indices"), new Uint32Array(14_000).fill(7));
    for (const index of drawn) counts[index] = (counts[index] ?? 0) + 1;
    expectFlat(counts, expect);
  });

  it("folds nothing in, where folding would show: a bound of three quarters of a word", () => {
    const bound = 3 * 2 ** 30;
    const drawn = uniformIndices(streamOf("folding"), new Array<number>(9_000).fill(bound));
    const thirds = [0, 0, 0];
    for (const index of drawn) {
      const third = Math.floor(index / 2 ** 30);
      thirds[third] = (thirds[third] ?? 0) + 1;
    }
    expect(thirds).to.have.length(3);
    expectFlat(thirds, expect);
  });

  it("permutes: every order of four equally often", () => {
    const counts = new Map<string, number>();
    const stream = streamOf("orders");
    for (let k = 0; k < 7_200; k += 1) {
      const order = uniformPermutation(stream, 4).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).to.equal(24);
    expectFlat([...counts.values()], expect);
    expect([...uniformPermutation(stream, 300)].sort((x, y) => x - y)).to.deep.equal(
      Array.from({ length: 300 }, (_, k) => k),
    );
    expect([...uniformPermutation(stream, 0)]).to.deep.equal([]);
  });

  it("draws multipliers of every length equally often, and of each as likely as their reciprocal", () => {
    const { values, bits } = logUniform(streamOf("multipliers"), 8_000, 20);
    const lengths = new Array<number>(20).fill(0);
    const seconds = [0, 0];
    for (const [k, value] of values.entries()) {
      const length = bitLength(value);
      expect(length).to.equal(bits[k]);
      const shift = length - MULTIPLIER_BITS - 1;
      lengths[shift] = (lengths[shift] ?? 0) + 1;
      const second = Number((value >> BigInt(length - 2)) & 1n);
      seconds[second] = (seconds[second] ?? 0) + 1;
    }
    expect(lengths).to.have.length(20);
    expectFlat(lengths, expect);
    // Half of the weight of 1/a lies below √2: of 8,000 values 41.5 % are in the upper half of their length.
    const spread = Math.sqrt(8_000 * 0.415 * 0.585);
    expectNear(seconds[1] ?? 0, 8_000 * Math.log2(4 / 3), 4 * spread);
  });

  it("stays below its bound, and reaches all of it", () => {
    const bounds = {
      values: new Array<bigint>(5_000).fill(5n),
      bits: new Array<number>(5_000).fill(3),
    };
    const counts = new Array<number>(5).fill(0);
    for (const value of uniformBelow(streamOf("below"), bounds)) {
      counts[Number(value)] = (counts[Number(value)] ?? 0) + 1;
    }
    expect(counts).to.have.length(5);
    expectFlat(counts, expect);
  });

  it("stays within a magnitude, on both sides and at 0", () => {
    const magnitudes = {
      values: new Array<bigint>(7_000).fill(4n),
      bits: new Array<number>(7_000).fill(3),
    };
    const counts = new Array<number>(7).fill(0);
    for (const value of uniformAround(streamOf("around"), magnitudes)) {
      counts[Number(value) + 3] = (counts[Number(value) + 3] ?? 0) + 1;
    }
    expect(counts).to.have.length(7);
    expectFlat(counts, expect);
  });
});
