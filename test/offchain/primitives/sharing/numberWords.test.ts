import { expect } from "chai";
import fc from "fast-check";
import {
  differenceOfWords,
  gatherRows,
  isSumNegative,
  joinWords,
  lowBitsOfWords,
  numbersOfWords,
  sumOfWords,
  wordsOfNumbers,
} from "../../../../offchain/primitives/sharing/numberWords.ts";

const BITS = { 1: 32, 5: 160, 64: 2_048 };
const width = fc.constantFrom<keyof typeof BITS>(1, 5, 64);
/** Numbers of every size and sign, carries through all words among them. */
const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 2_050n), max: 2n ** 2_050n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.nat({ max: 2_048 }).map((bits) => 2n ** BigInt(bits) - 1n),
);
const pairs = fc.array(fc.tuple(number, number), { maxLength: 9 });

const firsts = (all: readonly (readonly [bigint, bigint])[]): bigint[] => all.map(([x]) => x);
const seconds = (all: readonly (readonly [bigint, bigint])[]): bigint[] => all.map(([, y]) => y);

describe("numbers as words", () => {
  it("come back as they went, modulo their width", () => {
    fc.assert(
      fc.property(width, fc.array(number, { maxLength: 9 }), (words, numbers) => {
        const want = numbers.map((value) => BigInt.asUintN(BITS[words], value));
        expect(numbersOfWords(wordsOfNumbers(numbers, words), words)).to.deep.equal(want);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("have the least significant word first, one number after the other", () => {
    expect([...wordsOfNumbers([0x1_0000_0002n, -1n], 2)]).to.deep.equal([
      2, 1, 0xffff_ffff, 0xffff_ffff,
    ]);
  });

  it("are added and subtracted with all their carries, each by itself", () => {
    fc.assert(
      fc.property(width, pairs, (words, all) => {
        const modulo = (value: bigint): bigint => BigInt.asUintN(BITS[words], value);
        const x = wordsOfNumbers(firsts(all), words);
        const y = wordsOfNumbers(seconds(all), words);
        const sums = all.map(([left, right]) => modulo(left + right));
        const differences = all.map(([left, right]) => modulo(left - right));
        expect(numbersOfWords(sumOfWords(x, y, words), words)).to.deep.equal(sums);
        expect(numbersOfWords(differenceOfWords(x, y, words), words)).to.deep.equal(differences);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it("show the sign of a sum, whatever is carried into the top bit", () => {
    const isBelow = (value: bigint, words: keyof typeof BITS): boolean =>
      BigInt.asIntN(BITS[words], value) < 0n;
    const shown = (all: readonly (readonly [bigint, bigint])[], words: keyof typeof BITS) => {
      const x = wordsOfNumbers(firsts(all), words);
      const y = wordsOfNumbers(seconds(all), words);
      return all.map((_, k) => isSumNegative(x, y, words, k));
    };
    const top = 2n ** 159n;
    const edges: readonly [bigint, bigint][] = [
      [0n, 0n],
      [top - 1n, 0n],
      [top - 1n, 1n],
      [top - 2n ** 32n, 2n ** 32n],
      [-1n, 0n],
      [-1n, 1n],
      [-top, -1n],
      [-top, -top],
    ];
    expect(shown(edges, 5)).to.deep.equal(edges.map(([x, y]) => isBelow(x + y, 5)));
    fc.assert(
      fc.property(width, pairs, (words, all) => {
        expect(shown(all, words)).to.deep.equal(all.map(([x, y]) => isBelow(x + y, words)));
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("give any number of low bits", () => {
    const numbers = [2n ** 160n - 1n, 0x1234_5678_9abc_def0n, 77n];
    const bits = [37, 60, 1];
    expect(lowBitsOfWords(wordsOfNumbers(numbers, 5), 5, bits)).to.deep.equal([
      2n ** 37n - 1n,
      0x234_5678_9abc_def0n,
      1n,
    ]);
  });

  it("are put in another order row by row, and joined", () => {
    const rows = Uint32Array.of(10, 11, 20, 21, 30, 31);
    expect([...gatherRows(rows, Uint32Array.of(2, 0), 2)]).to.deep.equal([30, 31, 10, 11]);
    expect([...joinWords([rows, new Uint32Array(), Uint32Array.of(7)])]).to.deep.equal([
      10, 11, 20, 21, 30, 31, 7,
    ]);
  });
});
