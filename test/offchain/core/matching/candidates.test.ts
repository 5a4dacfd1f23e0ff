import { expect } from "chai";
import fc from "fast-check";
import {
  checkCandidates,
  everyPair,
  placesLeft,
  waveOf,
} from "../../../../offchain/core/matching/candidates.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const record = [0n];
const summandsOf = (requests: number, offers: number) => ({
  requests: Array.from({ length: requests }, () => record),
  offers: Array.from({ length: offers }, () => record),
});
const OFFERS = 12;
const list = fc.uniqueArray(fc.nat({ max: OFFERS - 1 })).map((some) => some.sort((a, b) => a - b));
const lists = fc.array(list, { maxLength: 6 });

describe("candidates", () => {
  it("are everybody with everybody, if nobody is left out", () => {
    expect(everyPair(2, 3)).to.deep.equal([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(everyPair(2, 0)).to.deep.equal([[], []]);
  });

  it("are accepted as the lists that they should be", () => {
    fc.assert(
      fc.property(lists, (some) => {
        checkCandidates(summandsOf(some.length, OFFERS), some);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("are refused with a number too many or too few, twice, out of order or out of the round", () => {
    const wrong = [
      [[0]],
      [[0], [1], [2]],
      [[0], [1, 1]],
      [[0], [2, 1]],
      [[0], [3]],
      [[-1], [0]],
      [[0.5], [0]],
      [[NaN], [0]],
    ];
    for (const some of wrong) {
      const code = refusal(() => {
        checkCandidates(summandsOf(2, 3), some);
      });
      expect(code, JSON.stringify(some)).to.equal("CandidatesError E_CANDIDATES");
    }
  });

  it("are left at the places of those that have not gone", () => {
    fc.assert(
      fc.property(list, list, (some, gone) => {
        const left = placesLeft(some, new Set(gone)).map((place) => some[place]);
        expect(left).to.deep.equal(some.filter((one) => !gone.includes(one)));
      }),
      { numRuns: 100, seed: 2 },
    );
  });
});

describe("a wave", () => {
  it("has the offers that somebody in it is compared with and that are left, and no others", () => {
    fc.assert(
      fc.property(lists, list, (some, gone) => {
        const { offers, candidates } = waveOf(some, new Set(gone));
        const left = some.map((one) => one.filter((offer) => !gone.includes(offer)));
        expect(offers).to.deep.equal([...new Set(left.flat())].sort((a, b) => a - b));
        const named = candidates.map((one) => one.map((number) => offers[number]));
        expect(named).to.deep.equal(left);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});
