import { expect } from "chai";
import fc from "fast-check";
import { openPaperPair, type PaperOpen } from "../../../../offchain/study/paper/cloud.ts";
import { pairUp } from "../../../../offchain/study/paper/proxy.ts";
import { partyAt } from "../../../../offchain/study/paper/paperRecords.ts";
import { lenientRule, literalRule } from "../../../../offchain/study/paper/rules.ts";
import {
  openSpan,
  runSpannedRound,
  spannedPair,
} from "../../../../offchain/study/paper/spanning.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../../../offchain/core/primitives/paillier/zeros.ts";
import { randomBelow } from "../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal } from "../../../support/primitives/draws.ts";
import {
  cityRound,
  oracleWinners,
  paperRounds,
  RULES,
  tinyKey,
  uploadsOf,
  winnersOf,
} from "../../../support/paper/rounds.ts";

describe("the paper's round from a spanning tree", () => {
  const key = tinyKey();
  const rng = counterRng("paper spanning");
  const zeros = uniformZeros(key.publicKey, rng);
  const open: PaperOpen = (c) => decrypt(key, c);

  it("knows every pair exactly from I + J − 1 opened ones", () => {
    fc.assert(
      fc.property(paperRounds, (round) => {
        const uploads = uploadsOf(zeros, round);
        let openings = 0;
        const counting: PaperOpen = (c) => ((openings += 1), open(c));
        const span = openSpan(uploads, literalRule, counting);
        const features = partyAt(round.buyers, 0).features.length;
        const [buyers, sellers] = [round.buyers.length, round.sellers.length];
        const ofPairs = (buyers + sellers - 1) * (3 + 2 * features);
        expect(openings).to.equal(ofPairs + buyers * (3 + features));
        for (const [i, buyer] of uploads.buyers.entries()) {
          for (const [j, seller] of uploads.sellers.entries()) {
            const opened = openPaperPair(open, pairUp(buyer, seller));
            expect(spannedPair(span, i, j)).to.deep.equal(opened);
          }
        }
      }),
      { numRuns: 40, seed: 32 },
    );
  });

  for (const rule of RULES) {
    it(`matches ten thousand pairs as the oracle by the ${rule.name} rule`, () => {
      const round = cityRound(100, 100, (bound) => Number(randomBelow(rng, BigInt(bound))));
      const result = runSpannedRound(openSpan(uploadsOf(zeros, round), rule, open), rule);
      expect(winnersOf(result, round)).to.deep.equal(oracleWinners(rule, round));
      expect(result.matches.length).to.be.within(20, 100);
      expect(result.comparedPairs).to.be.within(5_050, 10_000);
    });
  }

  it("is empty where nobody meets", () => {
    const { buyers, sellers } = uploadsOf(
      zeros,
      cityRound(2, 2, () => 0),
    );
    for (const uploads of [
      { buyers: [], sellers },
      { buyers, sellers: [] },
    ]) {
      const span = openSpan(uploads, lenientRule, open);
      expect(runSpannedRound(span, lenientRule)).to.deep.equal({ matches: [], comparedPairs: 0 });
      expect(refusal(() => spannedPair(span, 0, 0))).to.equal("PaperError E_PAPER_PARTIES");
    }
  });
});
