/** What a reader sees of masked numbers: signs and order, and as little else as the masks promise. */
import { expect } from "chai";
import fc from "fast-check";
import { bitLength } from "../../../../offchain/primitives/bytes.ts";
import { randomBelow, randomBits, type Rng } from "../../../../offchain/primitives/random.ts";
import {
  BLOCK_LANES,
  blocksOf,
  NARROW_BITS,
  NARROW_WORDS,
  ORDER_SPREAD,
  runBlock,
  SIGN_SPREAD,
  VALUE_BITS,
  WIDE_WORDS,
  type BlockJob,
  type Opening,
} from "../../../../offchain/primitives/sharing/maskedBlocks.ts";
import {
  hiddenNumbers,
  inThisThread,
  maskedOrder,
  maskedSigns,
  openingCorrections,
  paddedShares,
  readOrder,
  readSigns,
  rowOrder,
  type RunBlocks,
} from "../../../../offchain/primitives/sharing/maskedOpening.ts";
import {
  joinWords,
  numbersOfWords,
  sumOfWords,
} from "../../../../offchain/primitives/sharing/numberWords.ts";
import { seededRng } from "../../../../offchain/simulation/seededRng.ts";
import { advantage } from "./advantage.ts";
import { expectUniform } from "./twoParties.ts";

const MOST = 2n ** BigInt(VALUE_BITS) - 1n;

interface Opened {
  /** Row at each place. */
  readonly rows: readonly number[];
  readonly padded: Uint32Array;
  readonly masked: Uint32Array;
  readonly corrections: Uint32Array;
}

interface Setting {
  readonly rng: Rng;
  readonly run: RunBlocks;
  readonly maskerSeed: Uint8Array;
  readonly readerSeed: Uint8Array;
}

function settingOf(name: string, run: RunBlocks = inThisThread): Setting {
  const rng = seededRng(name);
  return { rng, run, maskerSeed: rng.bytes(32), readerSeed: rng.bytes(32) };
}

/** All three parties of an opening. */
async function opened(
  setting: Setting,
  kind: "signs" | "order",
  opening: Opening,
  values: readonly bigint[],
): Promise<Opened> {
  const { rng, run, maskerSeed, readerSeed } = setting;
  const mine = values.map(() => randomBits(rng, 150) - randomBits(rng, 150));
  const theirs = values.map((value, k) => value - (mine[k] ?? 0n));
  const padded = paddedShares(readerSeed, kind, opening, theirs);
  const masker = { seed: maskerSeed, rng, run };
  const hidden = hiddenNumbers(mine, padded);
  const mask = { signs: maskedSigns, order: maskedOrder }[kind];
  const rows = rowOrder(maskerSeed, opening.table, opening.rows);
  return {
    rows: [...rows],
    padded,
    masked: await mask(masker, opening, rows, hidden),
    corrections: await openingCorrections(maskerSeed, readerSeed, run)[kind](opening),
  };
}

/** Masked numbers as the reader has them after the corrections. */
function seen({ masked, corrections }: Opened): readonly bigint[] {
  return numbersOfWords(sumOfWords(masked, corrections, WIDE_WORDS), WIDE_WORDS).map((sum) =>
    BigInt.asIntN(2_048, sum),
  );
}

/** Lengths of what the reader sees of many numbers of the same value. */
async function lengthsOf(name: string, value: bigint, rows: number): Promise<readonly number[]> {
  const opening = { table: 0, step: 0, rows, columns: 1 };
  const numbers = new Array<bigint>(rows).fill(value);
  return seen(await opened(settingOf(name), "signs", opening, numbers)).map(magnitudeBits);
}

function magnitudeBits(value: bigint): number {
  return bitLength(value < 0n ? -value : value);
}

const value = fc.oneof(
  fc.bigInt({ min: -MOST, max: MOST }),
  fc.bigInt({ min: -2n, max: 2n }),
  fc.constantFrom(-MOST, MOST),
);

describe("opening signs", () => {
  it("is right at the edges, whatever the multiplier", async () => {
    const edges = [-1n, 0n, 1n, MOST, -MOST];
    const opening = { table: 3, step: 1, rows: 800, columns: edges.length };
    const values = Array.from({ length: opening.rows }, () => edges).flat();
    const { masked, corrections } = await opened(settingOf("edges"), "signs", opening, values);
    const signs = readSigns(masked, corrections);
    expect(signs).to.deep.equal(values.map((edge) => edge < 0n));
  });

  it("is right for every number of a table, at the place of its row", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(value, { minLength: 5, maxLength: 40 }),
        async (columns, numbers) => {
          const rows = Math.floor(numbers.length / columns);
          const opening = { table: 1, step: 0, rows, columns };
          const table = numbers.slice(0, rows * columns);
          const result = await opened(settingOf("table"), "signs", opening, table);
          const want = result.rows.flatMap((row) =>
            table.slice(row * columns, (row + 1) * columns).map((number) => number < 0n),
          );
          expect(readSigns(result.masked, result.corrections)).to.deep.equal(want);
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  it("never leaves the bounds that are claimed", async () => {
    const lengths = await lengthsOf("bounds", MOST, 4_000);
    expect(Math.max(...lengths)).to.be.within(64 + SIGN_SPREAD, 64 + SIGN_SPREAD + VALUE_BITS + 1);
    expect(Math.min(...lengths)).to.be.at.least(64 + VALUE_BITS);
  });

  it("says of a magnitude no more than the share of its length in all lengths", async () => {
    const [small, large] = [10_000n, 400_000n];
    const samples = 4_000;
    const one = await lengthsOf("ten thousand", small, samples);
    const other = await lengthsOf("four hundred thousand", large, samples);
    const ratio = Math.log2(Number(2n * large + 1n) / Number(2n * small + 1n));
    const fourSigma = 4 * Math.sqrt(1 / (2 * samples));
    expect(advantage(one, other)).to.be.at.most(ratio / SIGN_SPREAD + fourSigma);
  });

  it("straw man: a multiplier of fixed length tells the two apart with certainty", () => {
    const rng = seededRng("fixed length");
    const lengths = (number: bigint): readonly number[] =>
      Array.from({ length: 500 }, () => {
        const multiplier = 2n ** 1_000n + randomBits(rng, 1_000);
        const noise = randomBelow(rng, multiplier);
        return bitLength(multiplier * (2n * number + 1n) + noise);
      });
    expect(advantage(lengths(10_000n), lengths(400_000n))).to.equal(1);
  });

  it("hides a zero and divisors: no multiple shows", async () => {
    const opening = { table: 0, step: 0, rows: 600, columns: 1 };
    const numbers = seen(
      await opened(settingOf("zero"), "signs", opening, new Array<bigint>(600).fill(0n)),
    );
    const residues = numbers.map((number) => Number(BigInt.asUintN(32, number)));
    expectUniform(residues, expect);
  });
});

describe("opening an order", () => {
  const openingOf = (rows: number): Opening => ({ table: 2, step: 0, rows, columns: 1 });

  it("compares as the numbers do; of equal ones the earlier row comes first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 30 }), async (numbers) => {
        const setting = settingOf("order");
        const result = await opened(setting, "order", openingOf(numbers.length), numbers);
        const ranks = readOrder(result.masked, result.corrections);
        const places = [...ranks.keys()].sort((p, q) =>
          (ranks[p] ?? 0n) < (ranks[q] ?? 0n) ? -1 : 1,
        );
        const want = [...numbers.keys()].sort((j, k) => {
          const [x, y] = [numbers[j] ?? 0n, numbers[k] ?? 0n];
          return x === y ? j - k : x < y ? -1 : 1;
        });
        expect(places.map((place) => result.rows[place])).to.deep.equal(want);
      }),
      { numRuns: 80, seed: 5 },
    );
  });

  it("hides the numbers themselves under an addend that is larger by 80 bits", async () => {
    const lengths: number[] = [];
    for (let table = 0; table < 60; table += 1) {
      const opening = { ...openingOf(1), table };
      const [number] = seen(await opened(settingOf(`addend ${table}`), "order", opening, [MOST]));
      lengths.push(magnitudeBits(number ?? 0n));
    }
    const addend = VALUE_BITS + ORDER_SPREAD + 65 + 80;
    expect(Math.max(...lengths)).to.be.at.most(addend);
    expect(Math.min(...lengths)).to.be.at.least(addend - 20);
  });

  it("says of the size of a difference no more than its share in all lengths", async () => {
    const samples = 1_500;
    const gaps = async (name: string, gap: bigint): Promise<readonly number[]> => {
      const setting = settingOf(name);
      const lengths: number[] = [];
      for (let table = 0; table < samples; table += 1) {
        const opening = { ...openingOf(2), table };
        const [x, y] = seen(await opened(setting, "order", opening, [0n, gap]));
        lengths.push(magnitudeBits((x ?? 0n) - (y ?? 0n)));
      }
      return lengths;
    };
    const apart = advantage(await gaps("narrow", 1_000n), await gaps("wide", 1_000_000n));
    const fourSigma = 4 * Math.sqrt(1 / (2 * samples));
    expect(apart).to.be.at.most(Math.log2(1_000) / ORDER_SPREAD + fourSigma);
  });

  it("hides the scale; straw man: a second key below the first gives it away", async () => {
    const rng = seededRng("scale");
    const upper = Array.from({ length: 25 }, () => randomBelow(rng, 2n ** 20n));
    const lower = upper.map(() => randomBelow(rng, 2n ** 24n));
    const both = upper.map((number, k) => (number << 33n) + (lower[k] ?? 0n));
    const sorted = [...upper].sort((x, y) => (x < y ? -1 : 1));
    const gaps = sorted.slice(1).map((number) => number - (sorted[0] ?? 0n));

    const setting = settingOf("scale");
    const dense = seen(await opened(setting, "order", openingOf(25), upper));
    expect(gapsFromRatios(dense)).to.equal(null);
    const composite = seen(await opened(setting, "order", openingOf(25), both));
    expect(gapsFromRatios(composite)).to.deep.equal(gaps);
  });
});

/**
 * The attack on numbers that have a grid: the first unit in which all gaps are nearly whole. Noise that fills the grid
 * leaves no such unit.
 */
function gapsFromRatios(numbers: readonly bigint[]): readonly bigint[] | null {
  const sorted = [...numbers].sort((x, y) => (x < y ? -1 : 1));
  const gaps = sorted.slice(1).map((number) => number - (sorted[0] ?? 0n));
  const widest = gaps.at(-1) ?? 1n;
  const ratios = gaps.map((gap) => Number((gap << 80n) / widest) / 2 ** 80);
  const widestFirst = ratios.toReversed();
  for (let units = 1; units < 2 ** 20; units += 1) {
    const isWhole = (ratio: number): boolean => {
      const multiple = units * ratio;
      return Math.abs(multiple - Math.round(multiple)) < 2 ** -7;
    };
    if (widestFirst.every(isWhole)) return ratios.map((ratio) => BigInt(Math.round(units * ratio)));
  }
  return null;
}

describe("what passes while a table is opened", () => {
  it("is uniform in every direction, whatever the numbers and the shares are", async () => {
    for (const kind of ["signs", "order"] as const) {
      for (const number of [0n, 1n, MOST, -MOST]) {
        const opening = { table: 0, step: 0, rows: 400, columns: 1 };
        const numbers = new Array<bigint>(400).fill(number);
        const setting = settingOf(`uniform ${kind} ${number}`);
        const { padded, masked, corrections } = await opened(setting, kind, opening, numbers);
        expect([padded.length, masked.length]).to.deep.equal([
          400 * NARROW_WORDS,
          400 * WIDE_WORDS,
        ]);
        for (const words of [padded, masked, corrections]) expectUniform([...words], expect);
      }
    }
  });

  it("has nothing in common with another opening: by table, step, rows or columns", async () => {
    const opening = { table: 1, step: 1, rows: 4, columns: 2 };
    const { maskerSeed, readerSeed } = settingOf("names");
    const dealer = openingCorrections(maskerSeed, readerSeed, inThisThread);
    const others = [
      opening,
      { ...opening, table: 2 },
      { ...opening, step: 2 },
      { ...opening, rows: 5 },
      { ...opening, columns: 3 },
    ];
    const words = new Set<number>();
    let count = 0;
    for (const other of others) {
      for (const kind of ["signs", "order"] as const) {
        const dealt = await dealer[kind](other);
        count += dealt.length;
        for (const word of dealt) words.add(word);
      }
    }
    expect(words.size).to.be.at.least(count - 5);
  });

  it("permutes rows anew for every table", () => {
    const { maskerSeed } = settingOf("rows");
    const orders = [0, 1, 2].map((table) => rowOrder(maskerSeed, table, 50).join());
    expect(new Set(orders).size).to.equal(3);
  });
});

describe("blocks of an opening", () => {
  const opening = { table: 5, step: 2, rows: 300, columns: 3 };
  const numbers = Array.from({ length: 900 }, (_, k) => BigInt(k) - 450n);

  it("are computed alone, in any order and on copies, with the same result", async () => {
    const shuffled: RunBlocks = (jobs) => {
      const results = new Array<Uint32Array>(jobs.length);
      for (const [k, job] of [...jobs.entries()].reverse()) {
        results[k] = structuredClone(runBlock(structuredClone<BlockJob>(job)));
      }
      return Promise.resolve(results);
    };
    for (const kind of ["signs", "order"] as const) {
      const table = kind === "order" ? { ...opening, rows: 900, columns: 1 } : opening;
      const plain = await opened(settingOf("blocks"), kind, table, numbers);
      const other = await opened(settingOf("blocks", shuffled), kind, table, numbers);
      expect(other).to.deep.equal(plain);
    }
  });

  it("cover every lane once, the last one partly", () => {
    expect(blocksOf(opening)).to.have.length(Math.ceil(900 / BLOCK_LANES));
    expect(blocksOf({ ...opening, rows: 0 })).to.deep.equal([]);
  });

  it("refuse to mask with fewer numbers than lanes", () => {
    const [block] = blocksOf(opening);
    if (block === undefined) throw new Error("expected a block");
    const { maskerSeed } = settingOf("short");
    const hidden = new Uint32Array(NARROW_WORDS);
    const short = { ...block, maskerSeed, hidden, noiseSeed: maskerSeed };
    const noise = new Uint32Array(WIDE_WORDS);
    expect(() => runBlock({ ...short, kind: "maskSigns" })).to.throw(RangeError);
    expect(() => runBlock({ ...short, kind: "maskOrder", noise })).to.throw(RangeError);
  });

  it("say nothing if there is nothing", async () => {
    const empty = { ...opening, rows: 0 };
    const { masked, padded } = await opened(settingOf("empty"), "signs", empty, []);
    expect([masked.length, padded.length]).to.deep.equal([0, 0]);
    expect(joinWords([])).to.have.length(0);
  });

  it("use pads as wide as the ring in which shares are exchanged", () => {
    expect(NARROW_BITS).to.equal(32 * NARROW_WORDS);
  });
});
