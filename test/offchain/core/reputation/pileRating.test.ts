import { expect } from "chai";
import fc from "fast-check";
import {
  BEST_RATING,
  nextRating,
  RATING_MEMORY,
  ratingPath,
  raterWeight,
} from "../../../../offchain/core/reputation/pileRating.ts";
import { expectNear } from "../../../support/near.ts";

const BOUNDS = { maxCredibility: 20, minWeight: 0.1 };
const real = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true });

describe("the pile rating's reference", () => {
  it("is a convex combination of what it was and the score", () => {
    fc.assert(
      fc.property(real(0, BEST_RATING), real(-1, 5), real(0, 1), (rating, score, weight) => {
        const next = nextRating(rating, score, weight);
        expect(next).to.be.within(Math.min(rating, score), Math.max(rating, score));
        const gain = Math.abs(next - rating) / Math.max(1e-12, Math.abs(score - rating));
        expect(gain).to.be.at.most(weight / RATING_MEMORY + 1e-9);
      }),
      { numRuns: 500, seed: 0x5eed },
    );
  });

  it("takes a path that each step continues", () => {
    const path = ratingPath(0, [3, 3, 1, 2, 3], 1);
    const expected = [0.299258, 0.56812, 0.610977, 0.748721, 0.971381];
    expect(path).to.have.lengthOf(expected.length);
    for (const [k, rating] of path.entries()) expectNear(rating, expected[k] ?? NaN, 5e-7);
    expect(ratingPath(1.5, [], 1)).to.deep.equal([]);
  });

  it("weighs a rater by its share of the highest credibility, and never below the floor", () => {
    const weights = [-5, 0, 1, 2, 3, 10, 20, 25].map((value) => raterWeight(value, BOUNDS));
    expect(weights).to.deep.equal([0.1, 0.1, 0.1, 0.1, 0.15, 0.5, 1, 1]);
    expect(raterWeight(0, { maxCredibility: 20, minWeight: 0 })).to.equal(0);
  });
});
