/**
 * Exactly uniform draws from a keystream, many at a time: indices, a permutation, numbers below a bound, and multipliers
 * whose size says nothing. What does not fit is thrown away and drawn again, never folded in.
 *
 *   log-uniform:  a in [2^64, 2^(64+spread)), each with a probability in proportion to 1/a
 *
 * log₂(a·v) is then log₂ v shifted by a uniform amount: who sees a·v, its length and all its digits, learns of v no more
 * than log₂(v)/spread allows, by statistical distance. Uniform among those of a length would not do: the leading digits of
 * a·v would then tell those of v with an advantage of up to 3 − 2√2, a sixth.
 */
import type { Keystream } from "./keystream.ts";
import { lowBitsOfWords } from "./numberWords.ts";

/** Bits of the smallest multiplier, less one. */
export const MULTIPLIER_BITS = 64;
const WORD_BITS = 32;
const WORD_VALUES = 2 ** 32;

/** Numbers, and how many bits each has. */
export interface Sized {
  readonly values: readonly bigint[];
  readonly bits: readonly number[];
}

/** Uniform in {0 … bound − 1}. Bounds up to 2^32. */
export function uniformIndices(
  stream: Keystream,
  bounds: Uint32Array | readonly number[],
): Uint32Array {
  const drawn = stream.words(bounds.length);
  return drawn.map((first, k) => {
    const bound = bounds[k] ?? 1;
    const limit = WORD_VALUES - (WORD_VALUES % bound);
    let word = first;
    while (word >= limit) word = stream.words(1)[0] ?? 0;
    return word % bound;
  });
}

/** A uniform permutation of {0 … count − 1}: what stands at each place (Fisher and Yates). */
export function uniformPermutation(stream: Keystream, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, k) => k);
  const bounds = order.map((k) => count - k);
  for (const [k, step] of uniformIndices(stream, bounds).entries()) {
    const other = k + step;
    [order[k], order[other]] = [order[other] ?? 0, order[k] ?? 0];
  }
  return order;
}

/** Log-uniform multipliers: a length, 65 leading bits as likely as their reciprocal, uniform ones below. */
export function logUniform(stream: Keystream, count: number, spread: number): Sized {
  const shifts = [...uniformIndices(stream, new Uint32Array(count).fill(spread))];
  const heads = reciprocalHeads(stream, count);
  const width = wordsFor(spread);
  const values = lowBitsOfWords(stream.words(count * width), width, shifts).map(
    (low, k) => ((heads[k] ?? 0n) << BigInt(shifts[k] ?? 0)) + low,
  );
  return { values, bits: shifts.map((shift) => MULTIPLIER_BITS + shift + 1) };
}

/** h in [2^64, 2^65), each with a probability in proportion to 1/h: uniform ones, kept with a probability of 2^64/h. */
function reciprocalHeads(stream: Keystream, count: number): readonly bigint[] {
  const heads = new Array<bigint>(count).fill(0n);
  let waiting = [...heads.keys()];
  while (waiting.length > 0) {
    const drawn = stream.longs(2 * waiting.length);
    waiting = waiting.filter((k, place) => {
      const head = (1n << 64n) + (drawn[2 * place] ?? 0n);
      heads[k] = head;
      return (drawn[2 * place + 1] ?? 0n) * head >= 1n << 128n;
    });
  }
  return heads;
}

/** Uniform in [0, bound), for bounds of about as many bits as is said: fewer than two draws each, on average. */
export function uniformBelow(stream: Keystream, { values, bits }: Sized): readonly bigint[] {
  const drawn = new Array<bigint>(values.length).fill(0n);
  const width = wordsFor(Math.max(0, ...bits));
  let waiting = [...values.keys()];
  while (waiting.length > 0) {
    const lengths = waiting.map((k) => bits[k] ?? 0);
    const tried = lowBitsOfWords(stream.words(waiting.length * width), width, lengths);
    waiting = waiting.filter((k, place) => {
      const value = tried[place] ?? 0n;
      drawn[k] = value;
      return value >= (values[k] ?? 0n);
    });
  }
  return drawn;
}

/** Uniform in (−magnitude, magnitude). */
export function uniformAround(stream: Keystream, { values, bits }: Sized): readonly bigint[] {
  const doubled = {
    values: values.map((magnitude) => 2n * magnitude - 1n),
    bits: bits.map((count) => count + 1),
  };
  return uniformBelow(stream, doubled).map((value, k) => value - (values[k] ?? 0n) + 1n);
}

function wordsFor(bits: number): number {
  return Math.ceil(bits / WORD_BITS);
}
