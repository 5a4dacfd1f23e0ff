/**
 * P1 and P2 on the paper's round: one match, and a user opens all that was sent in the round; the
 * cloud needs none.
 */
import { expect } from "chai";
import {
  deliverToPaperBuyer,
  deliverToPaperSeller,
  openWithPaperKey,
  unwrapPaperKey,
} from "../../offchain/study/paper/keyHandOut.ts";
import { runPairwiseRound } from "../../offchain/study/paper/pairwiseRound.ts";
import { mapPaperBuyer, mapPaperSeller, partyAt } from "../../offchain/study/paper/paperRecords.ts";
import { literalRule } from "../../offchain/study/paper/rules.ts";
import { decrypt } from "../../offchain/core/primitives/paillier/privateKey.ts";
import { uniformZeros } from "../../offchain/core/primitives/paillier/zeros.ts";
import { aBuyer, aSeller, tinyKey, uploadsOf, widerKey } from "../support/paper/rounds.ts";
import { counterRng } from "../support/primitives/draws.ts";
import { openCaptured, openingExponentAmong } from "../support/attacks/roundKey.ts";

describe("key leak attack on the paper's round", () => {
  const roundKey = tinyKey();
  const { publicKey } = roundKey;
  const userKey = widerKey();
  const rng = counterRng("key leak");
  const clear = {
    buyers: [aBuyer(), aBuyer({ xM: 2222, yM: 3333, maxDistanceM: 10, pricePerKwh: 177 })],
    sellers: [aSeller(), aSeller({ xM: 2900, yM: 44, pricePerKwh: 161 })],
  };
  const uploads = uploadsOf(uniformZeros(publicKey, rng), clear);
  const { matches } = runPairwiseRound({
    ...uploads,
    rule: literalRule,
    open: (c) => decrypt(roundKey, c),
  });

  it("is about a round in which buyer 0 and seller 0 are matched, nobody else", () => {
    expect(matches.map(({ buyer, seller }) => [buyer, seller])).to.deep.equal([[0, 0]]);
  });

  const userZeros = uniformZeros(userKey.publicKey, rng);
  const deliveries = {
    "the matched buyer": deliverToPaperBuyer(userZeros, roundKey, partyAt(uploads.sellers, 0)),
    "the matched seller": deliverToPaperSeller(userZeros, roundKey, partyAt(uploads.buyers, 0)),
  };
  for (const [who, { wrapped }] of Object.entries(deliveries)) {
    it(`lets ${who} open every field of users it was not matched with`, () => {
      const handed = unwrapPaperKey(userKey, wrapped);
      const buyer = partyAt(uploads.buyers, 1);
      const seller = partyAt(uploads.sellers, 1);
      const open = (c: typeof buyer.xM): number =>
        Number(openWithPaperKey(publicKey, handed, c.value));
      expect(mapPaperBuyer(buyer, open)).to.deep.equal(clear.buyers[1]);
      expect(mapPaperSeller(seller, open)).to.deep.equal(clear.sellers[1]);
    });

    it(`is found by an attacker who only looks through what ${who} holds`, () => {
      const { lambda, mu } = unwrapPaperKey(userKey, wrapped);
      const held = [1000n, 1000n, 150n, userKey.lambda, userKey.publicKey.n, mu, lambda];
      const exponent = openingExponentAmong(publicKey, held);
      if (exponent === null) throw new Error("expected the key among what was held");
      const captured = partyAt(uploads.buyers, 1);
      expect([captured.xM, captured.yM].map((c) => openCaptured(exponent, c))).to.deep.equal([
        2222n,
        3333n,
      ]);
    });
  }

  it("needs no match for the cloud: it opens every upload that it taps (P2)", () => {
    const open = (c: Parameters<typeof decrypt>[1]): number => Number(decrypt(roundKey, c));
    expect(uploads.buyers.map((buyer) => mapPaperBuyer(buyer, open))).to.deep.equal(clear.buyers);
    expect(uploads.sellers.map((seller) => mapPaperSeller(seller, open))).to.deep.equal(
      clear.sellers,
    );
  });

  it("gives nothing to a user who was not matched", () => {
    const { p, q, lambda, mu, publicKey: own } = userKey;
    const held = [0n, 1n, -1n, 2222n, 3333n, 10n, 177n, p, q, lambda, mu, own.n, publicKey.n];
    expect(openingExponentAmong(publicKey, held)).to.equal(null);
  });

  it("recognises the key in any form: λ, a multiple, a prime, a multiple of one", () => {
    const { lambda, mu, p, q } = roundKey;
    const captured = partyAt(uploads.sellers, 1).pricePerKwh;
    for (const number of [lambda, lambda * mu, 7n * lambda, p, q, 6n * p]) {
      const exponent = openingExponentAmong(publicKey, [5n, number]);
      if (exponent === null) throw new Error("expected the key to be recognised");
      expect(openCaptured(exponent, captured)).to.equal(161n);
    }
  });
});
