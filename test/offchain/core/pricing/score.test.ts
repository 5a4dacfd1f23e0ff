import { expect } from "chai";
import fc from "fast-check";
import type { ScoreRule } from "../../../../offchain/core/messages/openAuction.ts";
import { advantageDown, effectivePriceUp } from "../../../../offchain/core/pricing/score.ts";
import { qualities, rules, RULE } from "../../../support/pricing/bidders.ts";

const BEST_RATING = 3n * 10n ** 18n;

describe("the score of a public bid", () => {
  const plain = { powerW: 0n, ratingWad: 0n, distanceM: 1_000n };

  it("gives nothing for nothing but a price", () => {
    expect(advantageDown(RULE, plain)).to.equal(0n);
    expect(effectivePriceUp(RULE, 450_000n, plain)).to.equal(450_000n);
  });

  const vectors: readonly (readonly [
    what: string,
    of: Partial<typeof plain>,
    advantage: bigint,
  ])[] = [
    ["full power", { powerW: 22_000n }, 150_000n],
    ["more than full power", { powerW: 44_000n }, 150_000n],
    ["half the power", { powerW: 11_000n }, 75_000n],
    ["the best rating", { ratingWad: BEST_RATING }, 100_000n],
    ["a third of it, rounded down", { ratingWad: 10n ** 18n }, 33_333n],
    ["next door", { distanceM: 0n }, 150_000n],
    ["a metre nearer", { distanceM: 999n }, 150n],
    ["all of it", { powerW: 22_000n, ratingWad: BEST_RATING, distanceM: 0n }, 400_000n],
  ];
  for (const [what, of, advantage] of vectors) {
    it(`gives ${advantage} units for ${what}`, () => {
      expect(advantageDown(RULE, { ...plain, ...of })).to.equal(advantage);
    });
  }

  it("rounds the effective price up, and lets it fall below zero", () => {
    expect(effectivePriceUp(RULE, 450_000n, { ...plain, ratingWad: 10n ** 18n })).to.equal(
      416_667n,
    );
    const all = { powerW: 22_000n, ratingWad: BEST_RATING, distanceM: 0n };
    expect(effectivePriceUp(RULE, 100_000n, all)).to.equal(-300_000n);
  });

  it("never punishes what is better", () => {
    fc.assert(
      fc.property(rules, qualities, fc.bigInt(0n, 10n ** 9n), (rule, given, price) => {
        const at = within(rule, given);
        const e = effectivePriceUp(rule, price, at);
        expect(effectivePriceUp(rule, price + 1n, at)).to.equal(e + 1n);
        expect(effectivePriceUp(rule, price, { ...at, powerW: at.powerW + 1n }) <= e).to.equal(
          true,
        );
        const nearer = at.distanceM === 0n ? 0n : at.distanceM - 1n;
        expect(effectivePriceUp(rule, price, { ...at, distanceM: nearer }) <= e).to.equal(true);
      }),
      { numRuns: 500, seed: 0x5eed },
    );
  });

  function within(rule: ScoreRule, given: typeof plain): typeof plain {
    return { ...given, distanceM: given.distanceM % (rule.maxDistanceM + 1n) };
  }
});
