/**
 * P6 on the paper's round: a need or an offer that is no bit is a number like any other, and wins
 * matches.
 */
import { expect } from "chai";
import { type PairwiseRound, runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { literalRule } from "../../offchain/study/paper/rules.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import {
  aBuyer,
  aSeller,
  type ClearPaperRound,
  RULES,
  tinyKey,
  uploadsOf,
} from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { encryptAnything } from "../support/attacks/tampering.ts";

describe("forged α on the paper's round", () => {
  const key = tinyKey();
  const rng = counterRng("forged alpha");
  const zeros = uniformZeros(key.publicKey, rng);

  const honest = (need: number, offer: number): ClearPaperRound => ({
    buyers: [aBuyer({ features: [{ need, pricePerKwh: 30, weight: 1 }] })],
    sellers: [aSeller({ features: [{ offer, pricePerKwh: 20 }] })],
  });
  const outcome = (
    uploads: Pick<PairwiseRound, "buyers" | "sellers">,
    rule: PairwiseRound["rule"],
  ) => {
    const sums: (number | undefined)[] = [];
    const { matches } = runPairwiseRound({
      ...uploads,
      rule,
      open: (c) => decrypt(key, c),
      onSighting: ({ pair }) => sums.push(pair.features[0]?.sum),
    });
    return { sums, matched: matches.length };
  };

  /** The seller's upload with its offer exchanged for a ciphertext of another number. */
  const withForgedOffer = (need: number, forged: bigint) => {
    const { buyers, sellers } = uploadsOf(zeros, honest(need, 0));
    const offer = encryptAnything(key.publicKey, forged, rng);
    return {
      buyers,
      sellers: sellers.map((seller) => ({
        ...seller,
        features: seller.features.map((feature) => ({ ...feature, offer })),
      })),
    };
  };
  /** Likewise the buyer's need. */
  const withForgedNeed = (forged: bigint, offered: number) => {
    const { buyers, sellers } = uploadsOf(zeros, honest(0, offered));
    const need = encryptAnything(key.publicKey, forged, rng);
    return {
      sellers,
      buyers: buyers.map((buyer) => ({
        ...buyer,
        features: buyer.features.map((feature) => ({ ...feature, need })),
      })),
    };
  };

  for (const rule of RULES) {
    it(`accepts offers of 2 and −1, whatever they add up to, ${rule.name} rule`, () => {
      expect(outcome(withForgedOffer(1, 2n), rule).sums).to.deep.equal([3]);
      expect(outcome(withForgedOffer(1, -1n), rule).sums).to.deep.equal([0]);
      expect(outcome(withForgedOffer(0, -1n), rule).sums).to.deep.equal([-1]);
    });

    it(`accepts needs of 2 and −1 as well, ${rule.name} rule`, () => {
      expect(outcome(withForgedNeed(2n, 1), rule).sums).to.deep.equal([3]);
      expect(outcome(withForgedNeed(-1n, 1), rule).sums).to.deep.equal([0]);
    });

    it(`matches a buyer that claims to need twice with a seller that offers nothing, ${rule.name} rule`, () => {
      expect(outcome(uploadsOf(zeros, honest(1, 0)), rule)).to.deep.equal({
        sums: [1],
        matched: 0,
      });
      expect(outcome(withForgedNeed(2n, 0), rule)).to.deep.equal({ sums: [2], matched: 1 });
    });
  }

  it("wins a buyer that needs nothing for a seller that offers twice", () => {
    const fair = outcome(uploadsOf(zeros, honest(0, 1)), literalRule);
    expect(fair).to.deep.equal({ sums: [1], matched: 0 });
    expect(outcome(withForgedOffer(0, 2n), literalRule)).to.deep.equal({ sums: [2], matched: 1 });
  });
});
