/**
 * A table of shared numbers, opened to one of two parties as far as signs and order go, its rows in a secret order. The
 * first, the masker, knows the order of rows and the masks; the second, the reader, sees what is masked. Numbers reach
 * the masker under the reader's pads and the reader under the masker's, so what each of them receives is uniform but for
 * the signs and the order (`maskedBlocks.ts` has the formulas and the bounds).
 *
 *   reader → masker   q − a                       5 words a number; p + q = v, p the masker's share
 *   masker → reader   masked rows, permuted       64 words a number
 *   dealer → reader   corrections, permuted       64 words a number
 *
 * All numbers of a table are dealt at once, or block by block on as many threads as `run` has.
 */
import { SEED_BYTES, keystreamOf, subseedOf } from "./keystream.ts";
import {
  blocksOf,
  lanesOf,
  NARROW_WORDS,
  ORDER_SPREAD,
  orderMultiplier,
  padsOfBlock,
  runBlock,
  VALUE_BITS,
  WIDE_WORDS,
  type Block,
  type BlockJob,
  type Opening,
} from "./maskedBlocks.ts";
import {
  differenceOfWords,
  gatherRows,
  isSumNegative,
  joinWords,
  numbersOfWords,
  sumOfWords,
  wordsOfNumbers,
} from "./numberWords.ts";
import { randomBytesOf, randomBits, type Rng } from "../random.ts";
import { MULTIPLIER_BITS, uniformBelow, uniformPermutation } from "./uniform.ts";

/** Statistical security of the common addend, in bits. */
const HIDING_BITS = 80;
const ADDEND_BITS = VALUE_BITS + ORDER_SPREAD + MULTIPLIER_BITS + 1 + HIDING_BITS;

/** Computes blocks, here or on other threads; results in the order of the jobs. */
export type RunBlocks = (jobs: readonly BlockJob[]) => Promise<readonly Uint32Array[]>;

/** One block after the other, on this thread. */
export const inThisThread: RunBlocks = (jobs) => Promise.resolve(jobs.map(runBlock));

/** What the dealer sends to the reader of each opening, rows in the order in which they come masked. */
export interface OpeningCorrections {
  readonly signs: (opening: Opening) => Promise<Uint32Array>;
  readonly order: (opening: Opening) => Promise<Uint32Array>;
}

/** What the masker needs: its seed, for one set of tables and no other; its own randomness; somebody to compute. */
export interface Masker {
  readonly seed: Uint8Array;
  readonly rng: Rng;
  readonly run: RunBlocks;
}

/** The dealer's side. It learns how many rows a table has, and nothing of what is in it. */
export function openingCorrections(
  maskerSeed: Uint8Array,
  readerSeed: Uint8Array,
  run: RunBlocks,
): OpeningCorrections {
  const dealt =
    (kind: "dealSigns" | "dealOrder") =>
    async (opening: Opening): Promise<Uint32Array> => {
      const jobs = blocksOf(opening).map((block) => ({ ...block, kind, maskerSeed, readerSeed }));
      const rows = rowOrder(maskerSeed, opening.table, opening.rows);
      return permuted(opening, rows, await run(jobs));
    };
  return { signs: dealt("dealSigns"), order: dealt("dealOrder") };
}

/** The row that stands at each place of a table. Known to masker and dealer. */
export function rowOrder(maskerSeed: Uint8Array, table: number, rows: number): Uint32Array {
  return uniformPermutation(keystreamOf(subseedOf(maskerSeed, "row order", table, rows)), rows);
}

/** The masker's numbers v − a, `NARROW_WORDS` each: its shares, and what the reader has sent. */
export function hiddenNumbers(shares: readonly bigint[], received: Uint32Array): Uint32Array {
  return sumOfWords(wordsOfNumbers(shares, NARROW_WORDS), received, NARROW_WORDS);
}

/** What the masker sends so that the reader sees the sign of every number, rows in the table's `rowOrder`. */
export async function maskedSigns(
  { seed, rng, run }: Masker,
  opening: Opening,
  rows: Uint32Array,
  hidden: Uint32Array,
): Promise<Uint32Array> {
  const noiseSeed = randomBytesOf(rng, SEED_BYTES);
  const jobs = blocksOf(opening).map((block) => ({
    ...block,
    kind: "maskSigns" as const,
    maskerSeed: seed,
    noiseSeed,
    hidden: laneWords(block, hidden, NARROW_WORDS),
  }));
  return permuted(opening, rows, await run(jobs));
}

/**
 * What the masker sends so that the reader sees the order of the numbers, one a row. Of equal ones the earlier row comes
 * first: noise is drawn for all and given out in ascending order, which says nothing as long as the order of rows has
 * nothing to do with the numbers.
 */
export async function maskedOrder(
  { seed, rng, run }: Masker,
  opening: Opening,
  rows: Uint32Array,
  hidden: Uint32Array,
): Promise<Uint32Array> {
  const noise = orderNoise(seed, rng, opening);
  const jobs = blocksOf(opening).map((block) => ({
    ...block,
    kind: "maskOrder" as const,
    maskerSeed: seed,
    hidden: laneWords(block, hidden, NARROW_WORDS),
    noise: laneWords(block, noise, WIDE_WORDS),
  }));
  return permuted(opening, rows, await run(jobs));
}

/** What the reader sends of its shares: nothing but uniform words. */
export function paddedShares(
  readerSeed: Uint8Array,
  kind: "signs" | "order",
  opening: Opening,
  shares: readonly bigint[],
): Uint32Array {
  const pads = blocksOf(opening).map((block) => padsOfBlock(readerSeed, kind, block));
  return differenceOfWords(wordsOfNumbers(shares, NARROW_WORDS), joinWords(pads), NARROW_WORDS);
}

/** For each number, in the order of places: whether it is below 0. Read by the reader. */
export function readSigns(masked: Uint32Array, corrections: Uint32Array): readonly boolean[] {
  return Array.from({ length: masked.length / WIDE_WORDS }, (_, k) =>
    isSumNegative(masked, corrections, WIDE_WORDS, k),
  );
}

/** Numbers that compare as those behind them do. Read by the reader. */
export function readOrder(masked: Uint32Array, corrections: Uint32Array): readonly bigint[] {
  const sums = sumOfWords(masked, corrections, WIDE_WORDS);
  return numbersOfWords(sums, WIDE_WORDS).map((sum) => BigInt.asIntN(32 * WIDE_WORDS, sum));
}

/** B + e, ascending, `WIDE_WORDS` each. */
function orderNoise(seed: Uint8Array, rng: Rng, opening: Opening): Uint32Array {
  const { values, bits } = orderMultiplier(seed, opening);
  const bounds = {
    values: new Array<bigint>(opening.rows).fill(values[0] ?? 0n),
    bits: new Array<number>(opening.rows).fill(bits[0] ?? 0),
  };
  const addend = randomBits(rng, ADDEND_BITS);
  const ascending = [...uniformBelow(keystreamOf(randomBytesOf(rng, SEED_BYTES)), bounds)].sort(
    (x, y) => (x < y ? -1 : 1),
  );
  const noise = ascending.map((number) => addend + number);
  return wordsOfNumbers(noise, WIDE_WORDS);
}

function permuted(
  { columns }: Opening,
  rows: Uint32Array,
  blocks: readonly Uint32Array[],
): Uint32Array {
  return gatherRows(joinWords(blocks), rows, columns * WIDE_WORDS);
}

function laneWords(block: Block, words: Uint32Array, width: number): Uint32Array {
  const { first, end } = lanesOf(block);
  return words.slice(first * width, end * width);
}
