/**
 * Two parties compute on bits that neither knows: every bit is the XOR of a share of the first and
 * a share of the second. XOR and NOT cost nothing; an AND costs one dealt triple and one exchange
 * of two masked bits (Goldreich, Micali, Wigderson 1987; Beaver 1991). What is exchanged is
 * uniformly random, so neither learns anything, as long as both follow the protocol.
 *
 * Bits are packed: a `Uint32Array` holds one bit of 32 independent computations in each word. Both
 * parties run the same code; `isFirst` decides who adds the constants.
 */
import type { Dealt } from "./dealer.ts";

/** Numbers modulo 2^64 are rings; everything else is bits. */
export type ExchangeKind = "bits" | "rings";

/** Sends words to the other party and returns what it has sent in the same step. */
export type Exchange = (kind: ExchangeKind, mine: Uint32Array) => Promise<Uint32Array>;

export interface Party {
  readonly isFirst: boolean;
  readonly dealt: Dealt;
  readonly exchange: Exchange;
}

/** Shares of one bit of each computation. */
export type Bits = Uint32Array;

export class PartyError extends Error {
  override readonly name = "PartyError";
  readonly code = "E_PARTY_LENGTH";
}

/** x ⊕ y */
export function xor(x: Bits, y: Bits): Bits {
  // A loop: `map` of a typed array costs several times as much for the few words that there are.
  const sum = new Uint32Array(x.length);
  for (let k = 0; k < x.length; k += 1) sum[k] = word(x, k) ^ word(y, k);
  return sum;
}

/** ¬x: one of the two flips its share. */
export function not(party: Party, x: Bits): Bits {
  if (!party.isFirst) return x;
  const flipped = new Uint32Array(x.length);
  for (let k = 0; k < x.length; k += 1) flipped[k] = ~word(x, k);
  return flipped;
}

/** Shares of a constant that both know. */
export function constant(party: Party, bits: Bits): Bits {
  return party.isFirst ? bits : new Uint32Array(bits.length);
}

/** x ∧ y, for as many pairs as are given, in one exchange. Costs one triple a bit. */
export async function and(
  party: Party,
  xs: readonly Bits[],
  ys: readonly Bits[],
): Promise<readonly Bits[]> {
  const length = xs.reduce((sum, x) => sum + x.length, 0);
  const { a, b, c } = party.dealt.triples(length);
  const mine = new Uint32Array(2 * length);
  place(xs, a, mine, 0);
  place(ys, b, mine, length);
  const theirs = await exchanged(party, "bits", mine);
  const product = new Uint32Array(length);
  for (let k = 0; k < length; k += 1) {
    const d = word(mine, k) ^ word(theirs, k);
    const e = word(mine, length + k) ^ word(theirs, length + k);
    const open = party.isFirst ? d & e : 0;
    product[k] = word(c, k) ^ (d & word(b, k)) ^ (e & word(a, k)) ^ open;
  }
  return split(product, xs);
}

/** Opens shared bits to both parties. */
export async function reveal(party: Party, x: Bits): Promise<Uint32Array> {
  return xor(x, await exchanged(party, "bits", x));
}

/** Opens numbers shared by addition modulo 2^64 to both parties. */
export async function revealSums(party: Party, shares: BigUint64Array): Promise<BigUint64Array> {
  const words = new Uint32Array(shares.slice().buffer);
  const theirs = new BigUint64Array((await exchanged(party, "rings", words)).slice().buffer);
  return shares.map((share, k) => share + (theirs[k] ?? 0n));
}

async function exchanged(
  party: Party,
  kind: ExchangeKind,
  mine: Uint32Array,
): Promise<Uint32Array> {
  const theirs = await party.exchange(kind, mine);
  if (theirs.length === mine.length) return theirs;
  throw new PartyError(`exchange: expected ${mine.length} words, got ${theirs.length}`);
}

/** Parts one after the other from `at` on, each under its mask. */
function place(parts: readonly Bits[], masks: Uint32Array, into: Uint32Array, at: number): void {
  let k = 0;
  for (const part of parts) {
    for (let p = 0; p < part.length; p += 1, k += 1) into[at + k] = word(part, p) ^ word(masks, k);
  }
}

function split(whole: Bits, like: readonly Bits[]): readonly Bits[] {
  let at = 0;
  return like.map(({ length }) => {
    at += length;
    return whole.subarray(at - length, at);
  });
}

function word(words: Uint32Array, k: number): number {
  return words[k] ?? 0;
}
