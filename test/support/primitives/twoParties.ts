/**
 * Two parties in one process, with everything that passes between them kept for whoever wants to
 * look at it.
 */
import {
  correctionsFor,
  firstDealt,
  secondDealt,
  type Amounts,
} from "../../../offchain/core/primitives/sharing/dealer.ts";
import type { Exchange, Party } from "../../../offchain/core/primitives/sharing/party.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import { pairedExchanges } from "./pairedExchanges.ts";

export interface TwoParties {
  readonly first: Party;
  readonly second: Party;
  /** Words that the first party has sent, and the second. */
  readonly sent: readonly [number[], number[]];
}

/** More than any test draws. */
const AMOUNTS: Amounts = { tripleWords: 2 ** 16, squares: 2 ** 10 };

/** Parties with freshly dealt randomness. */
export function twoParties(rng: Rng, amounts: Amounts = AMOUNTS): TwoParties {
  const [firstSeed, secondSeed] = [rng.bytes(32), rng.bytes(32)];
  const corrections = correctionsFor(firstSeed, secondSeed, amounts);
  const sent: [number[], number[]] = [[], []];
  const [toSecond, toFirst] = pairedExchanges();
  const heard =
    (exchange: Exchange, into: number[]): Exchange =>
    (kind, words) => {
      into.push(...words);
      return exchange(kind, words);
    };
  return {
    first: {
      isFirst: true,
      dealt: firstDealt(firstSeed, amounts),
      exchange: heard(toSecond, sent[0]),
    },
    second: {
      isFirst: false,
      dealt: secondDealt(secondSeed, corrections, amounts),
      exchange: heard(toFirst, sent[1]),
    },
    sent,
  };
}

/** Runs one program as both parties. */
export function asBoth<T>(
  { first, second }: TwoParties,
  program: (party: Party) => Promise<T>,
): Promise<readonly [T, T]> {
  return Promise.all([program(first), program(second)]);
}

/** Summands modulo 2^64, the first one uniform. */
export function sharesOf(
  rng: Rng,
  values: readonly bigint[],
): readonly [BigUint64Array, BigUint64Array] {
  const mine = new BigUint64Array(new Uint8Array(rng.bytes(8 * values.length)).buffer);
  return [
    mine,
    BigUint64Array.from(values, (value, k) => BigInt.asUintN(64, value - (mine[k] ?? 0n))),
  ];
}

/** 4-sigma bound on how often each bit of uniformly random words is set. */
export function expectUniform(words: readonly number[], expect: Chai.ExpectStatic): void {
  const tolerance = 4 * Math.sqrt(words.length / 4);
  for (let bit = 0; bit < 32; bit += 1) {
    const set = words.filter((word) => ((word >>> bit) & 1) === 1).length;
    expect(Math.abs(set - words.length / 2), `bit ${bit}`).to.be.at.most(tolerance);
  }
}
