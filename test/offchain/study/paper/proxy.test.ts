import { expect } from "chai";
import fc from "fast-check";
import {
  openPaperBuyer,
  openPaperPair,
  type PaperOpen,
} from "../../../../offchain/study/paper/cloud.ts";
import { pairUp } from "../../../../offchain/study/paper/proxy.ts";
import { mapPaperBuyer, mapPaperSeller } from "../../../../offchain/study/paper/paperRecords.ts";
import { lenientRule, literalRule } from "../../../../offchain/study/paper/rules.ts";
import { encryptPaperBuyer, encryptPaperSeller } from "../../../../offchain/study/paper/upload.ts";
import {
  decrypt,
  decryptByExponent,
  decryptTextbook,
} from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  type Ciphertext,
  encryptWithRandomness,
} from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { uniformZeros } from "../../../../offchain/core/primitives/paillier/zeros.ts";
import { counterRng, refusal, toyKey } from "../../../support/primitives/draws.ts";
import {
  aBuyer,
  aSeller,
  paperRounds,
  tinyKey,
  workedExample,
} from "../../../support/paper/rounds.ts";

describe("the paper's uploads, proxy and cloud", () => {
  const key = tinyKey();
  const zeros = uniformZeros(key.publicKey, counterRng("paper proxy"));
  const open: PaperOpen = (c) => decrypt(key, c);
  const { buyers, sellers } = workedExample();
  const buyer = buyers[0] ?? aBuyer();
  const seller = sellers[0] ?? aSeller();

  it("work out the toy key's numbers, where a sum of 130 is read as −57 and a difference is −70", () => {
    const toy = toyKey();
    const constant = (value: bigint, rho: bigint) =>
      encryptWithRandomness(toy.publicKey, value, rho);
    const [c30, c100] = [constant(30n, 5n), constant(100n, 7n)];
    expect([c30.value, c100.value]).to.deep.equal([25545n, 25174n]);
    const paired = pairUp(
      mapPaperBuyer(buyer, () => c30),
      mapPaperSeller(seller, () => c100),
    );
    expect(paired.features[0]?.sum.value).to.equal(24889n);
    expect(paired.dxM.value).to.equal(14724n);
    for (const decryptor of [decrypt, decryptTextbook, decryptByExponent]) {
      const opened = openPaperPair((c) => decryptor(toy, c), paired);
      expect(opened).to.deep.equal({
        dxM: -70,
        dyM: -70,
        dPricePerKwh: -70,
        features: [
          { sum: -57, dPricePerKwh: -70 },
          { sum: -57, dPricePerKwh: -70 },
        ],
      });
    }
  });

  it("encrypt every field by itself, under fresh randomness", () => {
    const seen: bigint[] = [];
    const keep = (c: Ciphertext): bigint => (seen.push(c.value), decrypt(key, c));
    expect(mapPaperBuyer(encryptPaperBuyer(zeros, buyer), keep)).to.deep.equal(
      mapPaperBuyer(buyer, BigInt),
    );
    expect(mapPaperSeller(encryptPaperSeller(zeros, seller), keep)).to.deep.equal(
      mapPaperSeller(seller, BigInt),
    );
    expect(seen).to.have.lengthOf(6 + 3 * 2 + 3 + 2 * 2);
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it("give the differences and sums of the clear records", () => {
    fc.assert(
      fc.property(paperRounds, ({ buyers: [one], sellers: [other] }) => {
        if (one === undefined || other === undefined) throw new Error("expected a pair");
        const paired = pairUp(encryptPaperBuyer(zeros, one), encryptPaperSeller(zeros, other));
        expect(openPaperPair(open, paired)).to.deep.equal({
          dxM: one.xM - other.xM,
          dyM: one.yM - other.yM,
          dPricePerKwh: one.pricePerKwh - other.pricePerKwh,
          features: one.features.map(({ need, pricePerKwh }, t) => ({
            sum: need + (other.features[t]?.offer ?? NaN),
            dPricePerKwh: pricePerKwh - (other.features[t]?.pricePerKwh ?? NaN),
          })),
        });
      }),
      { numRuns: 50, seed: 31 },
    );
  });

  it("open of a buyer alone what the rule asks for", () => {
    const upload = encryptPaperBuyer(zeros, buyer);
    const own = { maxDistanceM: 800, distanceWeight: 1, priceWeight: 1, featureWeights: [1, 1] };
    expect(openPaperBuyer(open, literalRule, upload)).to.deep.equal({ ...own, needs: [] });
    expect(openPaperBuyer(open, lenientRule, upload)).to.deep.equal({ ...own, needs: [1, 0] });
  });

  it("take what an honest user would never send: nothing is bounded", () => {
    const forged = aBuyer({ pricePerKwh: -5, features: [{ need: 2, pricePerKwh: 0, weight: -1 }] });
    const opened = mapPaperBuyer(encryptPaperBuyer(zeros, forged), open);
    expect(opened.pricePerKwh).to.equal(key.publicKey.n - 5n);
    expect(opened.features[0]?.need).to.equal(2n);
  });

  it("refuse fractions and records of different numbers of features", () => {
    for (const pricePerKwh of [0.5, NaN, Infinity, 2 ** 53]) {
      const outcome = refusal(() => encryptPaperSeller(zeros, aSeller({ pricePerKwh })));
      expect(outcome, `${pricePerKwh}`).to.equal("PaperError E_PAPER_NUMBER");
    }
    const [more, none] = [encryptPaperBuyer(zeros, buyer), encryptPaperBuyer(zeros, aBuyer())];
    const [two, zero] = [encryptPaperSeller(zeros, seller), encryptPaperSeller(zeros, aSeller())];
    expect(refusal(() => pairUp(more, zero))).to.equal("PaperError E_PAPER_FEATURES");
    expect(refusal(() => pairUp(none, two))).to.equal("PaperError E_PAPER_FEATURES");
  });

  it("refuse records under two keys", () => {
    const foreign = encryptPaperSeller(
      uniformZeros(toyKey().publicKey, counterRng("foreign")),
      aSeller({ xM: 1, yM: 1 }),
    );
    const outcome = refusal(() => pairUp(encryptPaperBuyer(zeros, aBuyer()), foreign));
    expect(outcome).to.equal("PaillierError E_KEY_MISMATCH");
  });
});
