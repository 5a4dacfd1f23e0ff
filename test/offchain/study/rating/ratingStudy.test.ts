/**
 * Figure 5 of He et al.: what the reference says over 400 runs, and what the chain makes of the run
 * that is drawn.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { ratingPath } from "../../../../offchain/core/reputation/pileRating.ts";
import { byContract, byLibrary } from "../../../../offchain/study/rating/ratingStage.ts";
import {
  drawScores,
  FULL_WEIGHT,
  RATINGS,
  referenceSpread,
  scoresAs,
  SCORINGS,
  STUDIED_PILES,
  STUDY_RUNS,
  studyRatings,
  type RatingStudy,
  type Scoring,
  type Spread,
} from "../../../../offchain/study/rating/ratingStudy.ts";
import { expectNear } from "../../../support/near.ts";
import { ratingStage } from "../../../support/market/ratingStage.ts";

const SEED = "chargeveil";
const PARITY = 1e-9;

interface Ending {
  readonly pile: string;
  readonly after: number;
  readonly mean: number;
  readonly sd: number;
}

/** SCHEMES I.3: means and standard deviations over 400 runs of real-valued scores. */
const EXPECTED: readonly Ending[] = [
  { pile: "low", after: 180, mean: 0.995, sd: 0.139 },
  { pile: "middle", after: 180, mean: 1.996, sd: 0.121 },
  { pile: "high", after: 180, mean: 3.009, sd: 0.097 },
  { pile: "cheat", after: 180, mean: 0.307, sd: 0.142 },
];
/** The cheat on its way, where the table gives no spread: that of the pile whose quality it has. */
const CHEAT_ON_ITS_WAY: readonly Ending[] = [
  { pile: "cheat", after: 60, mean: 2.964, sd: 0.097 },
  { pile: "cheat", after: 120, mean: 0.309, sd: 0.142 },
];
/** Means of N(quality, 0.6) rounded and clipped to 1, 2, 3. */
const WHOLE_MEANS: Readonly<Record<string, number>> = {
  low: 1.2085,
  middle: 2,
  high: 2.7915,
  cheat: 1.0229,
};

describe("the study of ratings", function () {
  this.timeout(60_000);

  const spreads = new Map<string, Spread>();
  const spreadOf = (scoring: Scoring, name: string): Spread => {
    const pile = STUDIED_PILES.find((one) => one.name === name);
    if (pile === undefined) throw new Error(`expected a pile ${name}`);
    const known = spreads.get(`${scoring}/${name}`);
    const spread = known ?? referenceSpread(SEED, pile, scoring, STUDY_RUNS);
    spreads.set(`${scoring}/${name}`, spread);
    return spread;
  };

  describe("by the reference over 400 runs", () => {
    for (const { pile, after, mean, sd } of [...EXPECTED, ...CHEAT_ON_ITS_WAY]) {
      it(`has the ${pile} pile at ${mean} after ${after} evaluations`, () => {
        const found = spreadOf("real", pile).mean[after - 1] ?? NaN;
        expectNear(found, mean, (4 * sd) / Math.sqrt(STUDY_RUNS));
      });
    }

    it("spreads as the table says, within a sixth", () => {
      for (const { pile, after, sd } of EXPECTED) {
        expectNear((spreadOf("real", pile).sd[after - 1] ?? NaN) / sd, 1, 1 / 6, pile);
      }
    });

    it("is the smoother the better the pile: low quality fluctuates more", () => {
      const [low, middle, high] = ["low", "middle", "high"].map(
        (pile) => spreadOf("real", pile).sd.at(-1) ?? NaN,
      );
      expect(low).to.be.above(middle ?? NaN);
      expect(middle).to.be.above(high ?? NaN);
    });

    it("ends with whole scores at the mean of what was given", () => {
      for (const [pile, mean] of Object.entries(WHOLE_MEANS)) {
        const spread = spreadOf("whole", pile);
        const sd = spread.sd.at(-1) ?? NaN;
        expectNear(spread.mean.at(-1) ?? NaN, mean, (4 * sd) / Math.sqrt(STUDY_RUNS), pile);
      }
    });

    it("draws the same scores again, and others for another run, pile or seed", () => {
      const [low, middle] = STUDIED_PILES;
      if (low === undefined || middle === undefined) throw new Error("expected piles");
      const scores = drawScores(SEED, low, 0);
      expect(scores)
        .to.have.lengthOf(RATINGS)
        .and.deep.equal(drawScores(SEED, low, 0));
      expect(scores).not.to.deep.equal(drawScores(SEED, low, 1));
      expect(scores).not.to.deep.equal(drawScores("other", low, 0));
      expect(scores).not.to.deep.equal(drawScores(SEED, middle, 0));
    });

    it("rounds to what a vehicle can give", () => {
      expect(scoresAs("whole", [-0.7, 0.4, 1.49, 1.5, 2.2, 2.51, 4.1])).to.deep.equal([
        1, 1, 1, 2, 2, 3, 3,
      ]);
      expect(scoresAs("real", [-0.7, 4.1])).to.deep.equal([-0.7, 4.1]);
    });
  });

  describe("on chain", () => {
    let connection: NetworkConnection;
    let study: RatingStudy;

    before(async () => {
      connection = await network.create();
      const stage = await ratingStage(connection);
      study = await studyRatings(SEED, 2, { real: byLibrary(stage), whole: byContract(stage) });
    });
    after(() => connection.close());

    it("has every pile under both scorings", () => {
      const names = study.lines.map(({ scoring, pile }) => `${scoring} ${pile}`);
      const piles = STUDIED_PILES.map(({ name }) => name);
      expect(names).to.deep.equal(SCORINGS.flatMap((one) => piles.map((pile) => `${one} ${pile}`)));
    });

    it("is the reference within 1e-9, after each of 1,440 evaluations", () => {
      let compared = 0;
      for (const { scores, onChain } of study.lines) {
        const reference = ratingPath(0, scores, FULL_WEIGHT);
        expect(onChain).to.have.lengthOf(RATINGS);
        for (const [n, rating] of onChain.entries()) {
          expectNear(rating, reference[n] ?? NaN, PARITY, `after ${n + 1}`);
          compared += 1;
        }
      }
      expect(compared).to.equal(2 * 4 * RATINGS);
    });
  });
});
