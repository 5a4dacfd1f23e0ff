/**
 * P5 on the paper's round: whoever passes an upload on changes what it says, and nobody can tell.
 */
import { expect } from "chai";
import { deliverToPaperBuyer, openWithPaperKey } from "../../offchain/study/paper/keyHandOut.ts";
import { runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { partyAt } from "../../offchain/study/paper/paperRecords.ts";
import { lenientRule } from "../../offchain/study/paper/rules.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { aBuyer, aSeller, RULES, tinyKey, uploadsOf, widerKey } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { changePlaintext } from "../support/attacks/tampering.ts";

describe("malleability attack on the paper's round", () => {
  const key = tinyKey();
  const rng = counterRng("malleate");
  const zeros = uniformZeros(key.publicKey, rng);
  const open = (c: Parameters<typeof decrypt>[1]) => decrypt(key, c);
  const place = { xM: 1100, yM: 1000 };
  const uploads = uploadsOf(zeros, {
    buyers: [aBuyer()],
    sellers: [aSeller({ ...place, pricePerKwh: 140 }), aSeller({ ...place, pricePerKwh: 160 })],
  });
  const [first, second] = [partyAt(uploads.sellers, 0), partyAt(uploads.sellers, 1)];
  const lowered = { ...second, pricePerKwh: changePlaintext(second.pricePerKwh, -50n) };

  for (const rule of RULES) {
    it(`lowers a price by 50 and with it the choice, unnoticed, ${rule.name} rule`, () => {
      const run = (sellers: typeof uploads.sellers) => {
        const seen: number[] = [];
        const { matches } = runPairwiseRound({
          buyers: uploads.buyers,
          sellers,
          rule,
          open,
          onSighting: ({ pair }) => seen.push(pair.dPricePerKwh),
        });
        return { seen, winners: matches.map(({ seller, score }) => [seller, score]) };
      };
      expect(run([first, second])).to.deep.equal({ seen: [10, -10], winners: [[1, 90]] });
      expect(run([first, lowered])).to.deep.equal({ seen: [10, 40], winners: [[0, 110]] });
    });
  }

  it("makes the buyer believe in the lower price: it is what the delivery opens to", () => {
    const userZeros = uniformZeros(widerKey().publicKey, rng);
    const delivery = deliverToPaperBuyer(userZeros, key, lowered);
    expect(openWithPaperKey(key.publicKey, key, delivery.pricePerKwh.value)).to.equal(110n);
  });

  it("moves a seller as well", () => {
    const moved = { ...first, xM: changePlaintext(first.xM, 10_000n) };
    const round = { ...uploads, sellers: [moved], rule: lenientRule, open };
    expect(runPairwiseRound(round).matches).to.deep.equal([]);
  });
});
