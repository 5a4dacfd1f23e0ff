/**
 * Correlated randomness for two parties, dealt by a third one that takes no part in the computation and sees nothing of
 * it (Beaver 1991).
 *
 *   triples   a, b random bits, c = a ∧ b                      each shared by XOR: a = a₁ ⊕ a₂, …
 *   vectors   aᵢ random modulo 2^64, ⟨aᵢ,aᵢ⟩, some ⟨aᵢ,aⱼ⟩     each shared by addition modulo 2^64
 *
 * Nearly everything is expanded from two seeds, one for each party; only what cannot be random on both sides, the second
 * party's shares of c and of the products, is sent to it as corrections. Both parties draw in the same order, and what
 * is drawn is used once. The dealer must not collude with either of them: together they know the other's inputs.
 */
import { keystreamOf } from "./keystream.ts";

/** One party's shares of as many triples as its words have bits. */
export interface Triples {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly c: Uint32Array;
}

/** How many vectors stand on each side, how long they are, and of which of them there are products. */
export interface VectorShape {
  readonly left: number;
  readonly right: number;
  readonly dimension: number;
  /** For each on the left those on the right that it is multiplied with. */
  readonly pairs: readonly (readonly number[])[];
}

/** One party's shares: vectors one after the other, left before right; products in the order of `pairs`. */
export interface VectorShares {
  readonly vectors: BigUint64Array;
  readonly norms: BigUint64Array;
  readonly products: BigUint64Array;
}

/** Where a party draws from. */
export interface Dealt {
  readonly triples: (words: number) => Triples;
  readonly vectors: (shape: VectorShape) => VectorShares;
}

/** What the dealer sends to the second party, in the order of its draws. */
export interface Corrections {
  readonly triples: (words: number) => Uint32Array;
  readonly vectors: (shape: VectorShape) => Omit<VectorShares, "vectors">;
}

/** The first party's side: its seed is all it needs. */
export function firstDealt(seed: Uint8Array): Dealt {
  const stream = keystreamOf(seed);
  return {
    triples: (words) => ({
      a: stream.words(words),
      b: stream.words(words),
      c: stream.words(words),
    }),
    vectors: (shape) => ({
      vectors: stream.longs(vectorNumbers(shape)),
      norms: stream.longs(shape.left + shape.right),
      products: stream.longs(pairCount(shape)),
    }),
  };
}

/** The second party's side: its seed, and the dealer's corrections. */
export function secondDealt(seed: Uint8Array, corrections: Corrections): Dealt {
  const stream = keystreamOf(seed);
  return {
    triples: (words) => ({
      a: stream.words(words),
      b: stream.words(words),
      c: corrections.triples(words),
    }),
    vectors: (shape) => ({
      vectors: stream.longs(vectorNumbers(shape)),
      ...corrections.vectors(shape),
    }),
  };
}

/** The dealer's side: it expands both seeds and computes what is missing. */
export function correctionsFor(firstSeed: Uint8Array, secondSeed: Uint8Array): Corrections {
  const first = firstDealt(firstSeed);
  const second = keystreamOf(secondSeed);
  return {
    triples: (words) => {
      const { a, b, c } = first.triples(words);
      const [a2, b2] = [second.words(words), second.words(words)];
      return c.map((word, k) => word ^ ((at(a, k) ^ at(a2, k)) & (at(b, k) ^ at(b2, k))));
    },
    vectors: (shape) => {
      const shares = first.vectors(shape);
      const hidden = second
        .longs(vectorNumbers(shape))
        .map((v, k) => v + longAt(shares.vectors, k));
      return {
        norms: shares.norms.map((share, i) => dot(hidden, i, i, shape.dimension) - share),
        products: productCorrections(hidden, shape, shares.products),
      };
    },
  };
}

function vectorNumbers({ left, right, dimension }: VectorShape): number {
  return (left + right) * dimension;
}

function pairCount({ pairs }: VectorShape): number {
  return pairs.reduce((sum, rights) => sum + rights.length, 0);
}

function productCorrections(
  hidden: BigUint64Array,
  { left, dimension, pairs }: VectorShape,
  shares: BigUint64Array,
): BigUint64Array {
  const corrections = new BigUint64Array(shares.length);
  let k = 0;
  for (const [i, rights] of pairs.entries()) {
    for (const right of rights) {
      corrections[k] = dot(hidden, i, left + right, dimension) - longAt(shares, k);
      k += 1;
    }
  }
  return corrections;
}

function dot(vectors: BigUint64Array, i: number, j: number, dimension: number): bigint {
  let sum = 0n;
  for (let d = 0; d < dimension; d += 1) {
    sum += longAt(vectors, i * dimension + d) * longAt(vectors, j * dimension + d);
  }
  return sum;
}

/** Typed arrays reduce what is stored in them modulo their width: sums and products need no further care. */
function at(words: Uint32Array, k: number): number {
  return words[k] ?? 0;
}

function longAt(longs: BigUint64Array, k: number): bigint {
  return longs[k] ?? 0n;
}
