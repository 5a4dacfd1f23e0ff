/**
 * Squared distances between two lists of shared points, without a multiplication that anybody exchanges. The dealer deals
 * random vectors a, and shares of ⟨aᵢ,aᵢ⟩ and of ⟨aᵢ,aⱼ⟩; the parties open d = p − a once a point and have
 *
 *   ⟨pᵢ,pⱼ⟩ = ⟨dᵢ,dⱼ⟩ + ⟨dᵢ,aⱼ⟩ + ⟨dⱼ,aᵢ⟩ + ⟨aᵢ,aⱼ⟩        ‖pᵢ − pⱼ‖² = ⟨pᵢ,pᵢ⟩ + ⟨pⱼ,pⱼ⟩ − 2⟨pᵢ,pⱼ⟩
 *
 * by themselves (after Beaver 1991). All modulo 2^160. Products are dealt row by row, of the pairs that are asked for, so
 * that nothing but a row is kept. The first party, the masker, has all its shares from its seed; the second gets corrections.
 */
import type { VectorShape } from "./dealer.ts";
import { keystreamOf, subseedOf } from "./keystream.ts";
import { NARROW_BITS, NARROW_WORDS } from "./maskedBlocks.ts";
import { numbersOfWords, wordsOfNumbers } from "./numberWords.ts";
import type { Exchange } from "./party.ts";
import { swap } from "./turns.ts";

/** One party's shares of what is dealt: numbers modulo 2^160. */
export interface DealtVectors {
  /** The points of the left list, then those of the right, coordinate by coordinate. */
  readonly vectors: readonly bigint[];
  readonly norms: readonly bigint[];
  /** Of a point of the left list with those of the right that it is paired with. */
  readonly products: (left: number) => Promise<readonly bigint[]>;
}

/** What the dealer sends to the second party: its shares of norms at once, of products row by row. */
export type VectorCorrections = (shape: VectorShape) => Promise<{
  readonly norms: Uint32Array;
  readonly products: (left: number) => Promise<Uint32Array>;
}>;

/**
 * One party's shares of the squared distances from a point of the left list to some that it is paired with: those at the
 * given places of its row of pairs.
 */
export type DifferenceNorms = (
  left: number,
  places: readonly number[],
) => Promise<readonly bigint[]>;

/** What the first party has, from its seed. */
export function firstVectors(seed: Uint8Array, shape: VectorShape): DealtVectors {
  return {
    vectors: vectorsOf(seed, shape),
    norms: normsOf(seed, shape),
    products: (left) => Promise.resolve(productsOf(seed, shape, left)),
  };
}

/** What the second party has, from its seed and from the dealer. */
export async function secondVectors(
  seed: Uint8Array,
  shape: VectorShape,
  corrections: VectorCorrections,
): Promise<DealtVectors> {
  const { norms, products } = await corrections(shape);
  return {
    vectors: vectorsOf(seed, shape),
    norms: numbersOfWords(norms, NARROW_WORDS),
    products: async (left) => numbersOfWords(await products(left), NARROW_WORDS),
  };
}

/** The dealer's side. It learns how many points there are and which are paired. */
export function vectorCorrections(
  firstSeed: Uint8Array,
  secondSeed: Uint8Array,
): VectorCorrections {
  return (shape) => {
    const theirs = vectorsOf(secondSeed, shape);
    const hidden = vectorsOf(firstSeed, shape).map((v, k) => v + at(theirs, k));
    const dot = (i: number, j: number): bigint => inner(hidden, i, hidden, j, shape);
    const norms = normsOf(firstSeed, shape).map((share, k) => dot(k, k) - share);
    const products = (left: number): Promise<Uint32Array> => {
      const shares = productsOf(firstSeed, shape, left);
      const row = at(shape.pairs, left);
      const missing = shares.map((share, k) => dot(left, shape.left + at(row, k)) - share);
      return Promise.resolve(words(missing));
    };
    return Promise.resolve({ norms: words(norms), products });
  };
}

/** Opens all points under their vectors, at once; run by both. `points` as `DealtVectors.vectors`. */
export async function differenceNorms(
  { isFirst, exchange }: { readonly isFirst: boolean; readonly exchange: Exchange },
  dealt: DealtVectors,
  shape: VectorShape,
  points: readonly bigint[],
): Promise<DifferenceNorms> {
  const own = points.map((share, k) => BigInt.asUintN(NARROW_BITS, share - at(dealt.vectors, k)));
  const theirs = numbersOfWords(await swap(exchange, words(own)), NARROW_WORDS);
  const opened = own.map((share, k) => BigInt.asUintN(NARROW_BITS, share + at(theirs, k)));
  const { vectors } = dealt;
  /** Everything of ⟨pᵢ,pⱼ⟩ but the dealt share. */
  const local = (i: number, j: number): bigint =>
    (isFirst ? inner(opened, i, opened, j, shape) : 0n) +
    inner(opened, i, vectors, j, shape) +
    inner(opened, j, vectors, i, shape);
  const norms = dealt.norms.map((norm, i) => local(i, i) + norm);
  return async (left, places) => {
    const products = await dealt.products(left);
    const row = at(shape.pairs, left);
    return places.map((place) => {
      const j = shape.left + at(row, place);
      const twice = 2n * (local(left, j) + at(products, place));
      return BigInt.asUintN(NARROW_BITS, at(norms, left) + at(norms, j) - twice);
    });
  };
}

function vectorsOf(seed: Uint8Array, shape: VectorShape): readonly bigint[] {
  return drawn(seed, "vectors", shape, 0, (shape.left + shape.right) * shape.dimension);
}

function normsOf(seed: Uint8Array, shape: VectorShape): readonly bigint[] {
  return drawn(seed, "norms", shape, 0, shape.left + shape.right);
}

function productsOf(seed: Uint8Array, shape: VectorShape, left: number): readonly bigint[] {
  return drawn(seed, "products", shape, left, at(shape.pairs, left).length);
}

function inner(
  u: readonly bigint[],
  i: number,
  v: readonly bigint[],
  j: number,
  { dimension }: VectorShape,
): bigint {
  let sum = 0n;
  for (let d = 0; d < dimension; d += 1) {
    sum += at(u, i * dimension + d) * at(v, j * dimension + d);
  }
  return sum;
}

function drawn(
  seed: Uint8Array,
  label: string,
  { left, right, dimension }: VectorShape,
  row: number,
  count: number,
): readonly bigint[] {
  const stream = keystreamOf(subseedOf(seed, label, left, right, dimension, row));
  return numbersOfWords(stream.words(count * NARROW_WORDS), NARROW_WORDS);
}

function words(numbers: readonly bigint[]): Uint32Array {
  return wordsOfNumbers(numbers, NARROW_WORDS);
}

function at<T>(list: readonly T[], k: number): T {
  const item = list[k];
  if (item === undefined) throw new RangeError(`at: expected a place below ${list.length}`);
  return item;
}
