import { expect } from "chai";
import { PrivateKey } from "paillier-bigint";
import {
  baselineScorer,
  encryptBaselineBuyer,
  encryptBaselineSeller,
  runBaselineRound,
} from "../../../../offchain/study/paper/faithfulBaseline.ts";
import { mapPaperBuyer, partyAt } from "../../../../offchain/study/paper/paperRecords.ts";
import { lenientRule, literalRule } from "../../../../offchain/study/paper/rules.ts";
import { toPaillierBigintPrivateKey } from "../../../../offchain/core/primitives/paillier/interop.ts";
import { refusal } from "../../../support/primitives/draws.ts";
import { aSeller, tinyKey, workedExample } from "../../../support/paper/rounds.ts";

/** The package's key, which also counts. */
class CountingKey extends PrivateKey {
  decryptions = 0;

  override decrypt(c: bigint): bigint {
    this.decryptions += 1;
    return super.decrypt(c);
  }
}

describe("the faithful baseline on paillier-bigint", () => {
  const { p, q, lambda, mu } = tinyKey();
  const { publicKey } = toPaillierBigintPrivateKey(tinyKey());
  const counting = () => new CountingKey(lambda, mu, publicKey, p, q);
  const { buyers, sellers } = workedExample();
  const uploads = {
    buyers: buyers.map((buyer) => encryptBaselineBuyer(publicKey, buyer)),
    sellers: sellers.map((seller) => encryptBaselineSeller(publicKey, seller)),
  };

  it("decides the worked example", () => {
    const run = (rule: typeof literalRule) =>
      runBaselineRound(counting(), rule, uploads.buyers, uploads.sellers);
    expect(run(literalRule)).to.deep.equal({ matches: [], comparedPairs: 5 });
    expect(run(lenientRule).matches).to.deep.equal([{ buyer: 0, seller: 1, score: 55 }]);
  });

  it("packs nothing: 3 + 2K decryptions a pair, the buyer's own before the first", () => {
    const key = counting();
    const score = baselineScorer(key, literalRule, partyAt(uploads.buyers, 0));
    expect(key.decryptions).to.equal(5);
    for (const seller of uploads.sellers) score(seller);
    expect(key.decryptions).to.equal(5 + 5 * 7);
  });

  it("encrypts every field by itself", () => {
    const fields: bigint[] = [];
    mapPaperBuyer(partyAt(uploads.buyers, 0), (c) => fields.push(c));
    expect(new Set(fields).size).to.equal(12);
    expect(fields.map((c) => counting().decrypt(c)).slice(0, 4)).to.deep.equal([
      1000n,
      1000n,
      150n,
      800n,
    ]);
  });

  it("refuses records of different numbers of features, and fractions", () => {
    const score = baselineScorer(counting(), literalRule, partyAt(uploads.buyers, 0));
    const plain = encryptBaselineSeller(publicKey, aSeller());
    expect(refusal(() => score(plain))).to.equal("PaperError E_PAPER_FEATURES");
    const fraction = aSeller({ xM: 0.5 });
    const outcome = refusal(() => encryptBaselineSeller(publicKey, fraction));
    expect(outcome).to.equal("PaperError E_PAPER_NUMBER");
  });
});
