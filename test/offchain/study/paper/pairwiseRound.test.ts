import { expect } from "chai";
import type { PaperOpen } from "../../../../offchain/study/paper/cloud.ts";
import {
  type PairwiseRound,
  runPairwiseRound,
} from "../../../../offchain/study/paper/pairwiseRound.ts";
import { lenientRule, literalRule } from "../../../../offchain/study/paper/rules.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../../../offchain/core/primitives/paillier/zeros.ts";
import { expectNear } from "../../../support/near.ts";
import { counterRng } from "../../../support/primitives/draws.ts";
import {
  aBuyer,
  aSeller,
  type ClearPaperRound,
  RULES,
  tinyKey,
  uploadsOf,
  workedExample,
} from "../../../support/paper/rounds.ts";

describe("the paper's round, pair by pair", () => {
  const key = tinyKey();
  const zeros = uniformZeros(key.publicKey, counterRng("paper round"));
  const open: PaperOpen = (c) => decrypt(key, c);

  const run = (round: ClearPaperRound, overrides: Partial<PairwiseRound> = {}) =>
    runPairwiseRound({ ...uploadsOf(zeros, round), rule: literalRule, open, ...overrides });

  describe("of the worked example", () => {
    it("matches nobody by the literal rule: every seller has a sum other than 2 somewhere", () => {
      expect(run(workedExample()).matches).to.deep.equal([]);
    });

    it("matches s2 with W = 55 by the lenient rule, though it asks 200 of a bid of 150", () => {
      const { matches, comparedPairs } = run(workedExample(), { rule: lenientRule });
      expect(matches).to.deep.equal([{ buyer: 0, seller: 1, score: 55 }]);
      expect(comparedPairs).to.equal(5);
    });

    it("has the known distances, sums and indices", () => {
      const sums: number[][] = [];
      run(workedExample(), {
        onSighting: ({ pair }) => sums.push(pair.features.map(({ sum }) => sum)),
      });
      expect(sums).to.deep.equal([
        [2, 1],
        [2, 0],
        [2, 0],
        [1, 1],
        [2, 0],
      ]);
      const scores = workedExample().sellers.map((seller) => {
        const alone = { buyers: workedExample().buyers, sellers: [seller] };
        return run(alone, { rule: lenientRule }).matches[0]?.score ?? null;
      });
      expect(scores.slice(0, 4)).to.deep.equal([520, 55, null, null]);
      expectNear(scores[4] ?? NaN, Math.sqrt(50_000) + 2, 1e-9);
    });
  });

  for (const rule of RULES) {
    describe(`by the ${rule.name} rule`, () => {
      it("gives the first buyer its best and the next one what is left", () => {
        const near = aSeller({ xM: 1001, yM: 1000 });
        const far = aSeller({ xM: 1002, yM: 1000 });
        const round = { buyers: [aBuyer(), aBuyer(), aBuyer()], sellers: [far, near] };
        const { matches, comparedPairs } = run(round, { rule });
        expect(matches.map(({ buyer, seller }) => [buyer, seller])).to.deep.equal([
          [0, 1],
          [1, 0],
        ]);
        expect(comparedPairs).to.equal(2 + 1);
      });

      it("gives a tie to the earlier seller", () => {
        const { matches } = run({ buyers: [aBuyer()], sellers: [aSeller(), aSeller()] }, { rule });
        expect(matches.map(({ seller }) => seller)).to.deep.equal([0]);
      });

      it("ends without buyers, without sellers, and without a seller that stays", () => {
        const none = { matches: [], comparedPairs: 0 };
        expect(run({ buyers: [], sellers: [aSeller()] }, { rule })).to.deep.equal(none);
        expect(run({ buyers: [aBuyer()], sellers: [] }, { rule })).to.deep.equal(none);
        const outOfReach = { buyers: [aBuyer({ maxDistanceM: 1 })], sellers: [aSeller()] };
        expect(run(outOfReach, { rule })).to.deep.equal({ matches: [], comparedPairs: 1 });
      });
    });
  }

  it("opens 3 + 2K numbers a pair, and the buyer's own once", () => {
    const { buyers, sellers } = workedExample();
    const counted = (rule: PairwiseRound["rule"]) => {
      let openings = 0;
      const counting: PaperOpen = (c) => ((openings += 1), open(c));
      run({ buyers: [...buyers, ...buyers], sellers }, { rule, open: counting });
      return openings;
    };
    expect(counted(literalRule)).to.equal(10 * (3 + 2 * 2) + 2 * (3 + 2));
    // The first buyer is matched: one seller fewer for the second.
    expect(counted(lenientRule)).to.equal(9 * (3 + 2 * 2) + 2 * (3 + 2 + 2));
  });
});
