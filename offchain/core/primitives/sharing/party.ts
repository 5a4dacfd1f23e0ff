/**
 * Two parties compute on bits that neither knows: every bit is the XOR of a share of the first and a share of the second.
 * XOR and NOT cost nothing; an AND costs one dealt triple and one exchange of two masked bits (Goldreich, Micali,
 * Wigderson 1987; Beaver 1991). What is exchanged is uniformly random, so neither learns anything, as long as both
 * follow the protocol.
 *
 * Bits are packed: a `Uint32Array` holds one bit of 32 independent computations in each word. Both parties run the same
 * code; `isFirst` decides who adds the constants.
 */
import type { Dealt } from "./dealer.ts";

/** Sends words to the other party and returns what it has sent in the same step. */
export type Exchange = (mine: Uint32Array) => Promise<Uint32Array>;

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
  return x.map((word, k) => word ^ (y[k] ?? 0));
}

/** ¬x: one of the two flips its share. */
export function not(party: Party, x: Bits): Bits {
  return party.isFirst ? x.map((word) => ~word) : x;
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
  const x = joined(xs);
  const y = joined(ys);
  const { a, b, c } = party.dealt.triples(x.length);
  const mine = new Uint32Array(2 * x.length);
  for (let k = 0; k < x.length; k += 1) {
    mine[k] = (x[k] ?? 0) ^ (a[k] ?? 0);
    mine[x.length + k] = (y[k] ?? 0) ^ (b[k] ?? 0);
  }
  const theirs = await exchanged(party, mine);
  const product = c.map((share, k) => {
    const d = (mine[k] ?? 0) ^ (theirs[k] ?? 0);
    const e = (mine[x.length + k] ?? 0) ^ (theirs[x.length + k] ?? 0);
    const open = party.isFirst ? d & e : 0;
    return share ^ (d & (b[k] ?? 0)) ^ (e & (a[k] ?? 0)) ^ open;
  });
  return split(product, xs);
}

/** Opens shared bits to both parties. */
export async function reveal(party: Party, x: Bits): Promise<Uint32Array> {
  return xor(x, await exchanged(party, x));
}

/** Opens numbers shared by addition modulo 2^64 to both parties. */
export async function revealSums(party: Party, shares: BigUint64Array): Promise<BigUint64Array> {
  const words = new Uint32Array(shares.slice().buffer);
  const theirs = new BigUint64Array((await exchanged(party, words)).slice().buffer);
  return shares.map((share, k) => share + (theirs[k] ?? 0n));
}

/** Two ends of a line inside one process. */
export function pairedExchanges(): readonly [Exchange, Exchange] {
  const [toSecond, toFirst] = [line(), line()];
  const end =
    (out: Line, into: Line): Exchange =>
    (mine) => {
      out.put(mine);
      return into.take();
    };
  return [end(toSecond, toFirst), end(toFirst, toSecond)];
}

interface Line {
  readonly put: (words: Uint32Array) => void;
  readonly take: () => Promise<Uint32Array>;
}

function line(): Line {
  const waiting: Uint32Array[] = [];
  let deliver: ((words: Uint32Array) => void) | null = null;
  return {
    put: (words) => {
      if (deliver === null) {
        waiting.push(words);
        return;
      }
      deliver(words);
      deliver = null;
    },
    take: () =>
      new Promise((resolve) => {
        const first = waiting.shift();
        if (first === undefined) deliver = resolve;
        else resolve(first);
      }),
  };
}

async function exchanged(party: Party, mine: Uint32Array): Promise<Uint32Array> {
  const theirs = await party.exchange(mine);
  if (theirs.length === mine.length) return theirs;
  throw new PartyError(`exchange: expected ${mine.length} words, got ${theirs.length}`);
}

function joined(parts: readonly Bits[]): Bits {
  const whole = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function split(whole: Bits, like: readonly Bits[]): readonly Bits[] {
  let at = 0;
  return like.map(({ length }) => {
    at += length;
    return whole.subarray(at - length, at);
  });
}
