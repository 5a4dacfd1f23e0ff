/**
 * The arithmetic of masked openings, in blocks of lanes that need nothing of each other. A number v is shared by two
 * parties; the masker knows v − a, the reader the pad a, and neither v. A dealer who knows both seeds, and nothing of v,
 * helps the reader to see
 *
 *   signs   M·(2v + 1) + b      M log-uniform, fresh for every number;  b uniform in (−M, M)
 *   order   A·v + B + e         A log-uniform, one for all;  B uniform and larger;  e uniform in [0, A)
 *
 * and nothing else: with z uniform and known to the masker, and c = 2·M·a − z or A·a − z from the dealer,
 *
 *   masker → reader   M·(2·(v − a) + 1) + b + z      or      A·(v − a) + B + e + z
 *   reader            adds c and reads the sum as a signed number
 *
 * The sign of the first is that of 2v + 1, because |b| < M: whether v ≥ 0, with no trace of zero or of divisors. The
 * second keeps the order of unequal v and says nothing of the absolute ones. M, A, z come from the masker's seed, a from
 * the reader's; b, B, e are the masker's own.
 *
 * a is uniform modulo 2^160, so that v − a, which the masker gets modulo 2^160, is uniform whatever v is. The whole
 * number v − a is that residue less 2^160, except for |v| + 1 of all 2^160 pads: with a probability below 2^−89 a number
 * is opened wrongly.
 *
 * Bounds for |v| < 2^70, modulo 2^2048 and read as signed numbers below 2^2047 in magnitude:
 *
 *   |M·(2v + 1) + b| ≤ M·(|2v + 1| + 1)   < 2^(64 + 1900) · 2^71                 = 2^2035
 *   |A·v + B + e|                         < 2^(64 + 1700 + 70) + 2^1915 + 2^1764 < 2^1916
 *
 * Hints on magnitude: the length of what is seen is that of 2v + 1, or of a difference of two v, shifted by one of 1,900
 * or 1,700 equally likely amounts. Two values of equal sign are told apart with an advantage of at most the difference of
 * their lengths over that number; the hints of n independent multipliers add up to at most n times as much.
 *
 * Our own construction. Everything here is a pure function on data that can be sent to another thread.
 */
import { keystreamOf, subseedOf } from "./keystream.ts";
import { differenceOfWords, numbersOfWords, sumOfWords, wordsOfNumbers } from "./numberWords.ts";
import { logUniform, uniformAround, type Sized } from "./uniform.ts";

/** Numbers that are opened are below 2^70 in magnitude. */
export const VALUE_BITS = 70;
/** In which shares and pads are exchanged. */
export const NARROW_BITS = 160;
export const NARROW_WORDS = NARROW_BITS / 32;
/** In which masked numbers are. */
export const WIDE_WORDS = 2_048 / 32;
/** How many lengths a multiplier can have. A length that is seen says 1/spread of what it would say bare. */
export const SIGN_SPREAD = 1_900;
export const ORDER_SPREAD = 1_700;
/** Lanes of a block: enough to make its seeds and ciphers cheap, few enough to split a small table over threads. */
export const BLOCK_LANES = 256;

/** Names an opening. All that is dealt for it is derived from this, and nothing of it serves another. */
export interface Opening {
  readonly table: number;
  /** Of the openings of one table. */
  readonly step: number;
  readonly rows: number;
  readonly columns: number;
}

/** Part of an opening: lanes are its numbers, row by row. */
export interface Block {
  readonly opening: Opening;
  readonly index: number;
}

interface Dealing extends Block {
  readonly maskerSeed: Uint8Array;
  readonly readerSeed: Uint8Array;
}

interface Masking extends Block {
  readonly maskerSeed: Uint8Array;
  /** v − a modulo 2^160, `NARROW_WORDS` a lane. */
  readonly hidden: Uint32Array;
}

/** What can be computed on any thread. */
export type BlockJob =
  | (Dealing & { readonly kind: "dealSigns" | "dealOrder" })
  | (Masking & { readonly kind: "maskSigns"; readonly noiseSeed: Uint8Array })
  /** B + e, `WIDE_WORDS` a lane. */
  | (Masking & { readonly kind: "maskOrder"; readonly noise: Uint32Array });

/** Corrections (dealer) or masked numbers (masker): `WIDE_WORDS` a lane. */
export function runBlock(job: BlockJob): Uint32Array {
  switch (job.kind) {
    case "dealSigns":
      return dealSigns(job);
    case "dealOrder":
      return dealOrder(job);
    case "maskSigns":
      return maskSigns(job);
    case "maskOrder":
      return maskOrder(job);
  }
}

/** Blocks of an opening. */
export function blocksOf(opening: Opening): readonly Block[] {
  const count = Math.ceil((opening.rows * opening.columns) / BLOCK_LANES);
  return Array.from({ length: count }, (_, index) => ({ opening, index }));
}

/** The lanes of a block: from `first` to below `end`. */
export function lanesOf({ opening, index }: Block): {
  readonly first: number;
  readonly end: number;
} {
  const first = index * BLOCK_LANES;
  return { first, end: Math.min(first + BLOCK_LANES, opening.rows * opening.columns) };
}

/** The reader's pads, uniform modulo 2^160: `NARROW_WORDS` a lane. */
export function padsOfBlock(
  readerSeed: Uint8Array,
  kind: "signs" | "order",
  block: Block,
): Uint32Array {
  const stream = keystreamOf(seedOf(readerSeed, `${kind} pads`, block));
  return stream.words(countOf(block) * NARROW_WORDS);
}

/** The multiplier that all numbers of an opening by order have in common. */
export function orderMultiplier(maskerSeed: Uint8Array, opening: Opening): Sized {
  const seed = seedOf(maskerSeed, "order multiplier", { opening, index: 0 });
  return logUniform(keystreamOf(seed), 1, ORDER_SPREAD);
}

function dealSigns(job: Dealing): Uint32Array {
  const { multipliers, pads } = dealtForSigns(job.maskerSeed, job);
  const hiding = narrow(padsOfBlock(job.readerSeed, "signs", job));
  const products = multipliers.values.map((multiplier, k) => (multiplier * at(hiding, k)) << 1n);
  return differenceOfWords(wide(products), pads, WIDE_WORDS);
}

function dealOrder(job: Dealing): Uint32Array {
  const { multiplier, pads } = dealtForOrder(job.maskerSeed, job);
  const hiding = narrow(padsOfBlock(job.readerSeed, "order", job));
  const products = hiding.map((pad) => multiplier * pad);
  return differenceOfWords(wide(products), pads, WIDE_WORDS);
}

function maskSigns(job: Masking & { readonly noiseSeed: Uint8Array }): Uint32Array {
  const { multipliers, pads } = dealtForSigns(job.maskerSeed, job);
  const noise = uniformAround(keystreamOf(seedOf(job.noiseSeed, "signs noise", job)), multipliers);
  const hidden = liftedLanes(job);
  const masked = multipliers.values.map(
    (multiplier, k) => multiplier * (2n * at(hidden, k) + 1n) + at(noise, k),
  );
  return sumOfWords(wide(masked), pads, WIDE_WORDS);
}

function maskOrder(job: Masking & { readonly noise: Uint32Array }): Uint32Array {
  const { multiplier, pads } = dealtForOrder(job.maskerSeed, job);
  assertLanes(job, job.noise.length / WIDE_WORDS);
  const masked = liftedLanes(job).map((number) => multiplier * number);
  return sumOfWords(sumOfWords(wide(masked), job.noise, WIDE_WORDS), pads, WIDE_WORDS);
}

function dealtForSigns(
  seed: Uint8Array,
  block: Block,
): { readonly multipliers: Sized; readonly pads: Uint32Array } {
  const stream = keystreamOf(seedOf(seed, "signs", block));
  const count = countOf(block);
  const pads = stream.words(count * WIDE_WORDS);
  return { pads, multipliers: logUniform(stream, count, SIGN_SPREAD) };
}

function dealtForOrder(
  seed: Uint8Array,
  block: Block,
): { readonly multiplier: bigint; readonly pads: Uint32Array } {
  const stream = keystreamOf(seedOf(seed, "order", block));
  const multiplier = at(orderMultiplier(seed, block.opening).values, 0);
  return { pads: stream.words(countOf(block) * WIDE_WORDS), multiplier };
}

/** The whole numbers v − a, whose pads are in [0, 2^160). */
function liftedLanes(job: Masking): readonly bigint[] {
  const residues = narrow(job.hidden);
  assertLanes(job, residues.length);
  return residues.map((residue) => residue - (1n << BigInt(NARROW_BITS)));
}

function narrow(words: Uint32Array): readonly bigint[] {
  return numbersOfWords(words, NARROW_WORDS);
}

function wide(numbers: readonly bigint[]): Uint32Array {
  return wordsOfNumbers(numbers, WIDE_WORDS);
}

function seedOf(seed: Uint8Array, label: string, { opening, index }: Block): Uint8Array {
  const { table, step, rows, columns } = opening;
  return subseedOf(seed, label, table, step, rows, columns, index);
}

function countOf(block: Block): number {
  const { first, end } = lanesOf(block);
  return end - first;
}

function assertLanes(block: Block, count: number): void {
  if (count === countOf(block)) return;
  throw new RangeError(`runBlock: expected a number for every lane, got ${count}`);
}

function at(numbers: readonly bigint[], k: number): bigint {
  const number = numbers[k];
  if (number === undefined) throw new RangeError("at: expected a place in the list, got another");
  return number;
}
