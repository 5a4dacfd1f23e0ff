/**
 * What the tests of the paper's matching share: small keys, the worked example, random rounds and
 * what is in them.
 */
import fc from "fast-check";
import type { PaperRoundResult } from "../../../offchain/study/paper/greedy.ts";
import type { PaperUploads } from "../../../offchain/study/paper/pairwiseRound.ts";
import {
  matchPaperLeniently,
  matchPaperLiterally,
} from "../../../offchain/study/paper/plaintextPaperMatcher.ts";
import type { PaperBuyer, PaperSeller } from "../../../offchain/study/paper/paperRecords.ts";
import { lenientRule, literalRule, type PaperRule } from "../../../offchain/study/paper/rules.ts";
import { encryptPaperBuyer, encryptPaperSeller } from "../../../offchain/study/paper/upload.ts";
import { privateKeyFromPrimes } from "../../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../../../offchain/core/primitives/paillier/privateKey.ts";
import type { ZeroSource } from "../../../offchain/core/primitives/paillier/zeros.ts";

export interface ClearPaperRound {
  readonly buyers: readonly PaperBuyer<number>[];
  readonly sellers: readonly PaperSeller<number>[];
}

export const RULES: readonly PaperRule[] = [literalRule, lenientRule];

/**
 * n of 128 bits, from primes that suit short exponents: quick, and wide enough for every single
 * field.
 */
export function tinyKey(): PrivateKey {
  return privateKeyFromPrimes(0xf8dcfa46080980fbn, 0xf3467467b752735fn);
}

/** As `tinyKey`, another one of the same length; its n is smaller than the μ of `tinyKey`. */
export function otherTinyKey(): PrivateKey {
  return privateKeyFromPrimes(0xc8360b4bd15600abn, 0xc76f35462b5efef3n);
}

/** n of 192 bits, larger than those of 128. */
export function widerKey(): PrivateKey {
  return privateKeyFromPrimes(0xec491d08635f78d7d2bd219fn, 0xc22c3ca2c9f4dada450696fbn);
}

/** A buyer at a place who needs nothing in particular and weighs everything by 1. */
export function aBuyer(overrides: Partial<PaperBuyer<number>> = {}): PaperBuyer<number> {
  return {
    xM: 1000,
    yM: 1000,
    pricePerKwh: 150,
    maxDistanceM: 800,
    distanceWeight: 1,
    priceWeight: 1,
    features: [],
    ...overrides,
  };
}

export function aSeller(overrides: Partial<PaperSeller<number>> = {}): PaperSeller<number> {
  return { xM: 1200, yM: 1100, pricePerKwh: 149, features: [], ...overrides };
}

/** The worked example: one buyer, five sellers, all weights 1. */
export function workedExample(): ClearPaperRound {
  const features = (...values: readonly (readonly [offer: number, pricePerKwh: number])[]) =>
    values.map(([offer, pricePerKwh]) => ({ offer, pricePerKwh }));
  const buyer = aBuyer({
    features: [
      { need: 1, pricePerKwh: 30, weight: 1 },
      { need: 0, pricePerKwh: 0, weight: 1 },
    ],
  });
  const sellers: readonly PaperSeller<number>[] = [
    { xM: 1300, yM: 1400, pricePerKwh: 140, features: features([1, 20], [1, 10]) },
    { xM: 1100, yM: 1000, pricePerKwh: 200, features: features([1, 25], [0, 0]) },
    { xM: 1600, yM: 1800, pricePerKwh: 120, features: features([1, 10], [0, 0]) },
    { xM: 1000, yM: 1600, pricePerKwh: 100, features: features([0, 0], [1, 5]) },
    { xM: 1200, yM: 1100, pricePerKwh: 149, features: features([1, 29], [0, 0]) },
  ];
  return { buyers: [buyer], sellers };
}

/** Small numbers, so that distances, prices and scores often meet their limits and each other. */
export const paperRounds: fc.Arbitrary<ClearPaperRound> = fc
  .integer({ min: 0, max: 2 })
  .chain((features) =>
    fc.record({
      buyers: fc.array(buyersOf(features), { minLength: 1, maxLength: 3 }),
      sellers: fc.array(sellersOf(features), { minLength: 1, maxLength: 4 }),
    }),
  );

function buyersOf(features: number): fc.Arbitrary<PaperBuyer<number>> {
  const feature = fc.record({ need: oftenOne, pricePerKwh: upTo(4), weight: upTo(2) });
  return fc.record({
    xM: upTo(5),
    yM: upTo(5),
    pricePerKwh: upTo(4),
    maxDistanceM: upTo(8),
    distanceWeight: upTo(2),
    priceWeight: upTo(2),
    features: fc.array(feature, { minLength: features, maxLength: features }),
  });
}

function sellersOf(features: number): fc.Arbitrary<PaperSeller<number>> {
  const feature = fc.record({ offer: oftenOne, pricePerKwh: upTo(2) });
  return fc.record({
    xM: upTo(5),
    yM: upTo(5),
    pricePerKwh: upTo(4),
    features: fc.array(feature, { minLength: features, maxLength: features }),
  });
}

const oftenOne = fc.constantFrom(1, 1, 1, 0);

function upTo(max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max });
}

/** Every user's upload, field by field. */
export function uploadsOf(zeros: ZeroSource, { buyers, sellers }: ClearPaperRound): PaperUploads {
  return {
    buyers: buyers.map((buyer) => encryptPaperBuyer(zeros, buyer)),
    sellers: sellers.map((seller) => encryptPaperSeller(zeros, seller)),
  };
}

/** For every buyer its seller, as the oracle gives it. */
export function winnersOf(
  { matches }: PaperRoundResult,
  { buyers }: ClearPaperRound,
): readonly (number | null)[] {
  const sellerOf = new Map(matches.map(({ buyer, seller }) => [buyer, seller]));
  return buyers.map((_, buyer) => sellerOf.get(buyer) ?? null);
}

/** The oracle for a rule. */
export function oracleWinners(
  rule: PaperRule,
  { buyers, sellers }: ClearPaperRound,
): readonly (number | null)[] {
  const match = rule === literalRule ? matchPaperLiterally : matchPaperLeniently;
  return match(buyers, sellers);
}

/** A large round of plain shape: coordinates over three kilometres, one feature. */
export function cityRound(
  buyers: number,
  sellers: number,
  drawBelow: (bound: number) => number,
): ClearPaperRound {
  const place = () => ({ xM: drawBelow(3000), yM: drawBelow(3000) });
  return {
    buyers: Array.from({ length: buyers }, () => ({
      ...place(),
      pricePerKwh: 100 + drawBelow(100),
      maxDistanceM: 500 + drawBelow(1500),
      distanceWeight: 1 + drawBelow(3),
      priceWeight: 1 + drawBelow(3),
      features: [{ need: drawBelow(2), pricePerKwh: 20 + drawBelow(20), weight: drawBelow(3) }],
    })),
    sellers: Array.from({ length: sellers }, () => ({
      ...place(),
      pricePerKwh: 100 + drawBelow(100),
      features: [{ offer: drawBelow(2), pricePerKwh: 10 + drawBelow(20) }],
    })),
  };
}
