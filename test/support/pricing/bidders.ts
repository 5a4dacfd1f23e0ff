/** What the tests of pricing share: a rule, and arbitrary rules, qualities and bidders. */
import fc from "fast-check";
import type { ScoreRule } from "../../../offchain/core/messages/openAuction.ts";
import type { Bidder } from "../../../offchain/core/pricing/bidder.ts";

export const RULE: ScoreRule = {
  maxPricePerKwh: 600_000n,
  minDecrement: 5_000n,
  priceBps: 6_000n,
  powerBps: 1_500n,
  qualityBps: 1_000n,
  distanceBps: 1_500n,
  referencePowerW: 22_000n,
  maxDistanceM: 1_000n,
};

const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt(0n, 2n ** BigInt(bits) - 1n);
const positive = (bits: number): fc.Arbitrary<bigint> => fc.bigInt(1n, 2n ** BigInt(bits) - 1n);

/** Rules that the contract takes. */
export const rules: fc.Arbitrary<ScoreRule> = fc
  .tuple(
    fc.record({
      maxPricePerKwh: positive(64),
      minDecrement: positive(64),
      referencePowerW: positive(32),
      maxDistanceM: positive(32),
    }),
    fc.array(fc.nat(9_999), { minLength: 3, maxLength: 3 }),
  )
  .map(([scales, cuts]) => {
    const [a = 0, b = 0, c = 0] = [...cuts].sort((x, y) => x - y);
    const [powerBps, qualityBps, distanceBps] = [BigInt(a), BigInt(b - a), BigInt(c - b)];
    return { ...scales, priceBps: BigInt(10_000 - c), powerBps, qualityBps, distanceBps };
  });

/** Distances are to be taken modulo the rule's maximum. */
export const qualities = fc.record({
  powerW: uint(32),
  ratingWad: fc.bigInt(0n, 3n * 10n ** 18n),
  distanceM: uint(32),
});

/** Up to eight bidders, each of whom can at least cover its cost at its start price. */
export const competitors: fc.Arbitrary<readonly Bidder[]> = fc.array(
  fc
    .record({
      costPerKwh: fc.bigInt(0n, 400n),
      advantage: fc.bigInt(0n, 300n),
      markup: fc.bigInt(0n, 400n),
    })
    .map(({ costPerKwh, advantage, markup }) => ({
      name: "a pile",
      costPerKwh,
      advantage,
      startPricePerKwh: costPerKwh + markup,
    })),
  { minLength: 1, maxLength: 8 },
);

/** The three piles of the specification: A = 0, 10, 50, costs 80, 100, 120, all asking 200. */
export function threePiles(): readonly Bidder[] {
  return [
    { name: "first", costPerKwh: 80n, advantage: 0n, startPricePerKwh: 200n },
    { name: "second", costPerKwh: 100n, advantage: 10n, startPricePerKwh: 200n },
    { name: "third", costPerKwh: 120n, advantage: 50n, startPricePerKwh: 200n },
  ];
}
