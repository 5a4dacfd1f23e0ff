import { expect } from "chai";
import {
  matchPaperLeniently,
  matchPaperLiterally,
  paperIndex,
} from "../../../../offchain/study/paper/plaintextPaperMatcher.ts";
import type { PaperBuyer, PaperSeller } from "../../../../offchain/study/paper/paperRecords.ts";
import { partyAt } from "../../../../offchain/study/paper/paperRecords.ts";
import { expectNear } from "../../../support/near.ts";
import { aBuyer, aSeller, workedExample } from "../../../support/paper/rounds.ts";

const needs = (need: number, pricePerKwh: number): Partial<PaperBuyer<number>> => ({
  features: [{ need, pricePerKwh, weight: 1 }],
});
const offers = (offer: number, pricePerKwh: number): Partial<PaperSeller<number>> => ({
  features: [{ offer, pricePerKwh }],
});

describe("the oracle of the paper's matching", () => {
  const both = { matchPaperLiterally, matchPaperLeniently };

  it("decides the worked example: nobody literally, s2 leniently", () => {
    const { buyers, sellers } = workedExample();
    expect(matchPaperLiterally(buyers, sellers)).to.deep.equal([null]);
    expect(matchPaperLeniently(buyers, sellers)).to.deep.equal([1]);
  });

  it("has the example's indices", () => {
    const { buyers, sellers } = workedExample();
    const indices = sellers.map((seller) => paperIndex(partyAt(buyers, 0), seller, [1, 0]));
    const expected = [520, 55, 1000 + 30 + 20, 600 + 50 + 30, 223.606797749979 + 1 + 1];
    for (const [j, index] of indices.entries())
      expectNear(index, expected[j] ?? NaN, 1e-9, `s${j + 1}`);
  });

  for (const [name, match] of Object.entries(both)) {
    it(`${name} counts no limit as kept that is only met`, () => {
      const at = (maxDistanceM: number) =>
        match([aBuyer({ maxDistanceM })], [aSeller({ xM: 1300, yM: 1400 })]);
      expect([at(500), at(501)]).to.deep.equal([[null], [0]]);
      const paying = (pricePerKwh: number) =>
        match([aBuyer(needs(1, pricePerKwh))], [aSeller(offers(1, 20))]);
      expect([paying(19), paying(20), paying(21)]).to.deep.equal([[null], [null], [0]]);
    });

    it(`${name} gives every seller once, a tie to the earlier, and the dearer before the cheaper`, () => {
      const buyers = [aBuyer(), aBuyer(), aBuyer(), aBuyer()];
      const sellers = [aSeller(), aSeller({ pricePerKwh: 999 }), aSeller()];
      expect(match(buyers, sellers)).to.deep.equal([1, 0, 2, null]);
    });
  }

  it("differs between its rules on features that the buyer does not need", () => {
    const unneeding = [aBuyer(needs(0, 0))];
    for (const seller of [aSeller(offers(0, 0)), aSeller(offers(1, 9))]) {
      expect(matchPaperLiterally(unneeding, [seller])).to.deep.equal([null]);
      expect(matchPaperLeniently(unneeding, [seller])).to.deep.equal([0]);
    }
    expect(matchPaperLeniently([aBuyer(needs(1, 9))], [aSeller(offers(0, 0))])).to.deep.equal([
      null,
    ]);
  });
});
