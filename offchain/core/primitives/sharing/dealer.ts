/**
 * Correlated randomness for two parties, dealt by a third one that takes no part in the computation
 * and sees nothing of it (Beaver 1991).
 *
 *   triples   a, b random bits, c = a ∧ b              each shared by XOR: a = a₁ ⊕ a₂, …
 *   squares   r random modulo 2^64, s = r²             each shared by addition modulo 2^64
 *
 * Nearly everything is expanded from two seeds, one for each party; only what cannot be random on
 * both sides, the second party's shares of c and s, is sent to it as corrections. What is dealt
 * depends on how many there are of each, and on nothing else; both parties draw in the same order,
 * and what is drawn is used once. The dealer must not collude with either of them: together they
 * know the other's inputs.
 */
import { createHash } from "node:crypto";
import { keystreamOf, type Keystream } from "./keystream.ts";

/** How much is dealt. */
export interface Amounts {
  /** Words of 32 triples each. */
  readonly tripleWords: number;
  readonly squares: number;
}

/** One party's shares of as many triples as its words have bits. */
export interface Triples {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly c: Uint32Array;
}

/** One party's shares of random numbers and their squares. */
export interface Squares {
  readonly r: BigUint64Array;
  readonly s: BigUint64Array;
}

/** Where a party draws from. @throws DealtError when more is drawn than was dealt */
export interface Dealt {
  readonly triples: (words: number) => Triples;
  readonly squares: (count: number) => Squares;
}

/** More is asked for than was dealt: nothing is ever used twice. */
export class DealtError extends Error {
  override readonly name = "DealtError";
  readonly code = "E_DEALT_EXHAUSTED";
}

/** The first party's side: its seed is all it needs. */
export function firstDealt(seed: Uint8Array, amounts: Amounts): Dealt {
  const { a, b, c, r, s } = streamsOf(seed);
  return counted(amounts, {
    triples: (words) => ({ a: a.words(words), b: b.words(words), c: c.words(words) }),
    squares: (count) => ({ r: r.longs(count), s: s.longs(count) }),
  });
}

/**
 * The second party's side: its seed, and the dealer's corrections, at a place in memory that a
 * number of 64 bits can have.
 */
export function secondDealt(seed: Uint8Array, corrections: Uint8Array, amounts: Amounts): Dealt {
  const { a, b, r } = streamsOf(seed);
  const { s, c } = correctionsIn(corrections, amounts);
  let [words, longs] = [0, 0];
  return counted(amounts, {
    triples: (count) => {
      words += count;
      return { a: a.words(count), b: b.words(count), c: c.subarray(words - count, words) };
    },
    squares: (count) => {
      longs += count;
      return { r: r.longs(count), s: s.subarray(longs - count, longs) };
    },
  });
}

/** Bytes of the corrections: shares of squares, then words of c, both little-endian. */
export function correctionBytes({ tripleWords, squares }: Amounts): number {
  return 8 * squares + 4 * tripleWords;
}

/** The dealer's side: it expands both seeds and computes what is missing. */
export function correctionsFor(
  firstSeed: Uint8Array,
  secondSeed: Uint8Array,
  amounts: Amounts,
): Uint8Array {
  const corrections = new Uint8Array(correctionBytes(amounts));
  const { s, c } = correctionsIn(corrections, amounts);
  const first = firstDealt(firstSeed, amounts);
  const second = streamsOf(secondSeed);
  for (let from = 0; from < c.length; from += BLOCK) {
    const count = Math.min(BLOCK, c.length - from);
    const one = first.triples(count);
    const [a, b] = [second.a.words(count), second.b.words(count)];
    for (let k = 0; k < count; k += 1) {
      const product = (at(one.a, k) ^ at(a, k)) & (at(one.b, k) ^ at(b, k));
      c[from + k] = at(one.c, k) ^ product;
    }
  }
  for (let from = 0; from < s.length; from += BLOCK) {
    const count = Math.min(BLOCK, s.length - from);
    const one = first.squares(count);
    const r = second.r.longs(count);
    for (let k = 0; k < count; k += 1) {
      const hidden = longAt(one.r, k) + longAt(r, k);
      s[from + k] = hidden * hidden - longAt(one.s, k);
    }
  }
  return corrections;
}

/** The dealer works through what it deals in pieces of so many numbers. */
const BLOCK = 8_192;

/** A stream for each kind of number, so that how many are drawn at once changes nothing. */
function streamsOf(seed: Uint8Array): Readonly<Record<"a" | "b" | "c" | "r" | "s", Keystream>> {
  const of = (kind: string): Keystream => {
    const hash = createHash("sha256").update("ChargeVeil.Dealt.v1").update(seed).update(kind);
    return keystreamOf(hash.digest());
  };
  return { a: of("a"), b: of("b"), c: of("c"), r: of("r"), s: of("s") };
}

function correctionsIn(
  bytes: Uint8Array,
  { tripleWords, squares }: Amounts,
): { readonly s: BigUint64Array; readonly c: Uint32Array } {
  const { buffer, byteOffset } = bytes;
  return {
    s: new BigUint64Array(buffer, byteOffset, squares),
    c: new Uint32Array(buffer, byteOffset + 8 * squares, tripleWords),
  };
}

/** The same, up to what was dealt. */
function counted({ tripleWords, squares }: Amounts, dealt: Dealt): Dealt {
  let [words, count] = [0, 0];
  const assertLeft = (kind: string, drawn: number, there: number): void => {
    if (drawn <= there) return;
    const message = `draw: expected at most the ${there} ${kind} that were dealt, got ${drawn}`;
    throw new DealtError(`${message}; ask for a new attempt with the right amounts`);
  };
  return {
    triples: (more) => {
      words += more;
      assertLeft("words of triples", words, tripleWords);
      return dealt.triples(more);
    },
    squares: (more) => {
      count += more;
      assertLeft("squares", count, squares);
      return dealt.squares(more);
    },
  };
}

/**
 * Typed arrays reduce what is stored in them modulo their width: sums and products need no further
 * care.
 */
function at(words: Uint32Array, k: number): number {
  return words[k] ?? 0;
}

function longAt(longs: BigUint64Array, k: number): bigint {
  return longs[k] ?? 0n;
}
