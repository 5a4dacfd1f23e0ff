import { expect } from "chai";
import type { PaperPair } from "../../../../offchain/study/paper/paperRecords.ts";
import {
  lenientRule,
  literalRule,
  paperDistanceM,
  type PaperBuyerView,
} from "../../../../offchain/study/paper/rules.ts";
import { expectNear } from "../../../support/near.ts";
import { RULES } from "../../../support/paper/rounds.ts";

const view = (overrides: Partial<PaperBuyerView> = {}): PaperBuyerView => ({
  maxDistanceM: 800,
  distanceWeight: 1,
  priceWeight: 1,
  featureWeights: [1],
  needs: [1],
  ...overrides,
});

const pair = (overrides: Partial<PaperPair<number>> = {}): PaperPair<number> => ({
  dxM: -300,
  dyM: 400,
  dPricePerKwh: 10,
  features: [{ sum: 2, dPricePerKwh: 1 }],
  ...overrides,
});

const feature = (sum: number, dPricePerKwh: number) => ({ features: [{ sum, dPricePerKwh }] });

describe("the paper's rules", () => {
  it("measure the real distance from differences of either sign, equation (19)", () => {
    expect(paperDistanceM({ dxM: -300, dyM: 400 })).to.equal(500);
    expectNear(paperDistanceM({ dxM: 1, dyM: -1 }), 1.4142135623730951, 1e-15);
  });

  for (const { name, score } of RULES) {
    describe(name, () => {
      it("adds distance, price and features, each with its weight, equation (20)", () => {
        expect(score(view(), pair())).to.equal(500 + 10 + 1);
        const weighted = view({ distanceWeight: 3, priceWeight: 5, featureWeights: [7] });
        expect(score(weighted, pair(feature(2, 4)))).to.equal(1500 + 50 + 28);
      });

      it("keeps a seller nearer than the limit, not one at it", () => {
        expect(score(view({ maxDistanceM: 501 }), pair())).to.equal(511);
        expect(score(view({ maxDistanceM: 500 }), pair())).to.equal(null);
        expect(score(view({ maxDistanceM: 499 }), pair())).to.equal(null);
        const here = pair({ dxM: 0, dyM: 0 });
        expect(score(view({ maxDistanceM: 0 }), here)).to.equal(null);
        expect(score(view({ maxDistanceM: 1 }), here)).to.equal(11);
      });

      it("keeps a seller that asks less for a feature, not one that asks as much", () => {
        expect(score(view(), pair(feature(2, 1)))).to.equal(511);
        expect(score(view(), pair(feature(2, 0)))).to.equal(null);
        expect(score(view(), pair(feature(2, -1)))).to.equal(null);
      });

      it("keeps a seller at a sum of 2 alone", () => {
        for (const sum of [-1, 0, 1, 3]) {
          expect(score(view(), pair(feature(sum, 1))), `${sum}`).to.equal(null);
        }
      });

      it("does not bound the base price, and prefers the dearer seller", () => {
        const scores = [149, 0, -50, -1_000_000].map((dPricePerKwh) =>
          score(view(), pair({ dPricePerKwh })),
        );
        expect(scores).to.deep.equal([650, 501, 451, -999_499]);
      });

      it("asks for nothing where there is no feature", () => {
        const plain = view({ featureWeights: [], needs: [] });
        expect(score(plain, pair({ features: [] }))).to.equal(510);
      });
    });
  }

  it("differ on a feature that the buyer does not need", () => {
    const unneeding = view({ needs: [0] });
    for (const [sum, dPricePerKwh] of [
      [0, 0],
      [1, -30],
      [2, 5],
    ] as const) {
      expect(lenientRule.score(unneeding, pair(feature(sum, dPricePerKwh)))).to.equal(510);
    }
    expect(literalRule.score(unneeding, pair(feature(0, 0)))).to.equal(null);
    expect(literalRule.score(unneeding, pair(feature(1, -30)))).to.equal(null);
    expect(literalRule.score(unneeding, pair(feature(2, 5)))).to.equal(515);
  });

  it("differ in what the cloud opens of the needs", () => {
    expect(literalRule.needsOpened([1, 0])).to.deep.equal([]);
    expect(lenientRule.needsOpened([1, 0])).to.deep.equal([1, 0]);
  });
});
