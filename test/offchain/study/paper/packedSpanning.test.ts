import { expect } from "chai";
import type { PaperOpen } from "../../../../offchain/study/paper/cloud.ts";
import {
  openPackedSpan,
  openPackedTree,
  pairPackedUploads,
} from "../../../../offchain/study/paper/packedSpanning.ts";
import {
  encryptPackedUploads,
  paperSlots,
  type PaperRoundShape,
} from "../../../../offchain/study/paper/packedUpload.ts";
import { partyAt } from "../../../../offchain/study/paper/paperRecords.ts";
import { lenientRule, literalRule } from "../../../../offchain/study/paper/rules.ts";
import {
  openSpan,
  runSpannedRound,
  spannedPair,
} from "../../../../offchain/study/paper/spanning.ts";
import { type GroupLayout, unpackRecords } from "../../../../offchain/core/primitives/packing.ts";
import { decodeSigned } from "../../../../offchain/core/primitives/paillier/encoding.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  addPlain,
  type Ciphertext,
  encrypt,
  publicKeyFromModulus,
} from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { ownerZeros } from "../../../../offchain/core/primitives/paillier/ownerEncryption.ts";
import { randomBelow } from "../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey } from "../../../support/primitives/draws.ts";
import {
  aBuyer,
  aSeller,
  cityRound,
  type ClearPaperRound,
  oracleWinners,
  RULES,
  uploadsOf,
  winnersOf,
} from "../../../support/paper/rounds.ts";

/** No limit but the key's. */
const AS_MANY_AS_FIT = 1_000;

describe("the paper's round from packed uploads", () => {
  const key = smallKey();
  const { publicKey } = key;
  const rng = counterRng("paper packed");
  const zeros = ownerZeros(key, rng);
  const open: PaperOpen = (c) => decrypt(key, c);
  const city = (buyers: number, sellers: number): ClearPaperRound =>
    cityRound(buyers, sellers, (bound) => Number(randomBelow(rng, BigInt(bound))));

  const shapeOf = (
    { buyers, sellers }: ClearPaperRound,
    overrides: Partial<PaperRoundShape> = {},
  ): PaperRoundShape => ({
    rule: literalRule,
    features: partyAt(buyers, 0).features.length,
    buyers: buyers.length,
    sellers: sellers.length,
    mostRecords: AS_MANY_AS_FIT,
    ...overrides,
  });
  const packed = (round: ClearPaperRound, overrides: Partial<PaperRoundShape> = {}) =>
    encryptPackedUploads(
      paperSlots(publicKey, shapeOf(round, overrides)),
      zeros,
      round.buyers,
      round.sellers,
    );

  it("has room at 2,048 bits for 12 records of buyers and 22 of sellers", () => {
    const large = publicKeyFromModulus((1n << 2047n) + 1n);
    const round = { buyers: 100, sellers: 100, features: 1, mostRecords: AS_MANY_AS_FIT };
    const { buyerGroup, sellerGroup } = paperSlots(large, { rule: literalRule, ...round });
    expect([buyerGroup.count, sellerGroup.count]).to.deep.equal([12, 22]);
    expect(buyerGroup.magnitudeBits).to.be.below(2046);
  });

  for (const rule of RULES) {
    for (const mostRecords of [1, 2, AS_MANY_AS_FIT]) {
      it(`opens to the very tree of the single fields: ${rule.name}, up to ${mostRecords} a group`, () => {
        for (const [buyers, sellers] of [
          [1, 1],
          [1, 5],
          [5, 1],
          [4, 7],
          [7, 4],
        ] as const) {
          const round = city(buyers, sellers);
          const span = openPackedSpan(packed(round, { rule, mostRecords }), open);
          expect(span).to.deep.equal(openSpan(uploadsOf(zeros, round), rule, open));
        }
      });
    }

    it(`matches ten thousand pairs as the oracle by the ${rule.name} rule`, () => {
      const round = city(100, 100);
      const result = runSpannedRound(openPackedSpan(packed(round, { rule }), open), rule);
      expect(winnersOf(result, round)).to.deep.equal(oracleWinners(rule, round));
      expect(result.matches.length).to.be.within(20, 100);
    });
  }

  it("takes exactly I + J − 1 decryptions, a record each", () => {
    for (const [buyers, sellers] of [
      [1, 1],
      [9, 4],
      [10, 30],
    ] as const) {
      let openings = 0;
      const counting: PaperOpen = (c) => ((openings += 1), open(c));
      openPackedSpan(packed(city(buyers, sellers), { mostRecords: 1 }), counting);
      expect(openings).to.equal(buyers + sellers - 1);
    }
  });

  it("takes as many fewer as records fit a group", () => {
    let openings = 0;
    const counting: PaperOpen = (c) => ((openings += 1), open(c));
    const uploads = packed(city(10, 30));
    const { buyerGroup, sellerGroup } = uploads.slots;
    openPackedSpan(uploads, counting);
    expect([buyerGroup.count, sellerGroup.count]).to.deep.equal([3, 5]);
    expect(openings).to.equal(Math.ceil(10 / 3) + Math.ceil(29 / 5));
  });

  it("leaves no slot to itself: what a short group opens to is known from the first", () => {
    const { slots, ...uploads } = packed(city(4, 9));
    const { toFirstSeller, fromFirstBuyer } = pairPackedUploads({ slots, ...uploads });
    const recordsOf = (group: GroupLayout) => (c: Ciphertext) =>
      unpackRecords(group, decodeSigned(publicKey, open(c), group.magnitudeBits), 2);
    const buyers = toFirstSeller.map(recordsOf(slots.buyerGroup));
    const sellers = fromFirstBuyer.map(recordsOf(slots.sellerGroup));
    expect([buyers.length, sellers.length]).to.deep.equal([2, 2]);
    expect(buyers[1]?.slice(1)).to.deep.equal(buyers[0]?.slice(1));
    expect(sellers[1]?.slice(3)).to.deep.equal(sellers[0]?.slice(3));
  });

  it("knows pairs that nobody opened", () => {
    const round = city(5, 5);
    const span = openPackedSpan(packed(round), open);
    const [buyer, seller] = [partyAt(round.buyers, 3), partyAt(round.sellers, 4)];
    const { dxM, dyM, dPricePerKwh } = spannedPair(span, 3, 4);
    expect([dxM, dyM, dPricePerKwh]).to.deep.equal([
      buyer.xM - seller.xM,
      buyer.yM - seller.yM,
      buyer.pricePerKwh - seller.pricePerKwh,
    ]);
  });

  it("carries the ends of every range", () => {
    const most = { pricePerKwh: 2 ** 24 - 1, xM: 2 ** 16 - 1, yM: 2 ** 16 - 1 };
    const weights = { distanceWeight: 2 ** 16 - 1, priceWeight: 2 ** 16 - 1, weight: 2 ** 16 - 1 };
    const high = aBuyer({
      ...most,
      maxDistanceM: 2 ** 17 - 1,
      distanceWeight: weights.distanceWeight,
      priceWeight: weights.priceWeight,
      features: [{ need: 1, pricePerKwh: 2 ** 24 - 1, weight: weights.weight }],
    });
    const low = aBuyer({
      xM: 0,
      yM: 0,
      pricePerKwh: 0,
      maxDistanceM: 0,
      distanceWeight: 0,
      priceWeight: 0,
      features: [{ need: 0, pricePerKwh: 0, weight: 0 }],
    });
    const dear = aSeller({ ...most, features: [{ offer: 1, pricePerKwh: 2 ** 24 - 1 }] });
    const cheap = aSeller({
      xM: 0,
      yM: 0,
      pricePerKwh: 0,
      features: [{ offer: 0, pricePerKwh: 0 }],
    });
    const buyers = [high, low, low, high, low, high];
    const round = { buyers, sellers: [dear, cheap, dear, dear, cheap, cheap, dear] };
    for (const rule of RULES) {
      const span = openPackedSpan(packed(round, { rule }), open);
      expect(span).to.deep.equal(openSpan(uploadsOf(zeros, round), rule, open));
    }
  });

  describe("refuses", () => {
    it("a field out of range, by its slot", () => {
      const forged = [
        { buyers: [aBuyer({ xM: 2 ** 16 })], sellers: [aSeller()] },
        { buyers: [aBuyer({ maxDistanceM: 2 ** 17 })], sellers: [aSeller()] },
        { buyers: [aBuyer({ priceWeight: 2 ** 16 })], sellers: [aSeller()] },
        { buyers: [aBuyer()], sellers: [aSeller({ pricePerKwh: -(2 ** 24) })] },
      ];
      for (const round of forged) {
        expect(refusal(() => packed(round))).to.equal("PackingError E_SLOT_RANGE");
      }
      const fraction = { buyers: [aBuyer({ yM: 0.5 })], sellers: [aSeller()] };
      expect(refusal(() => packed(fraction))).to.equal("PaperError E_PAPER_NUMBER");
    });

    it("other parties or other features than the round is laid out for", () => {
      const { buyers, sellers } = city(3, 3);
      const slots = paperSlots(publicKey, shapeOf({ buyers, sellers }));
      const outcome = (round: ClearPaperRound) =>
        refusal(() => encryptPackedUploads(slots, zeros, round.buyers, round.sellers));
      const parties = "PaperError E_PAPER_PARTIES";
      expect(outcome({ buyers: buyers.slice(1), sellers })).to.equal(parties);
      expect(outcome({ buyers, sellers: [...sellers, aSeller()] })).to.equal(parties);
      const plain = [aSeller(), aSeller(), aSeller()];
      expect(outcome({ buyers, sellers: plain })).to.equal("PackingError E_SLOT_COUNT");
      for (const empty of [{ buyers: 0 }, { sellers: 0 }]) {
        const shape = shapeOf({ buyers, sellers }, empty);
        expect(refusal(() => paperSlots(publicKey, shape))).to.equal(parties);
      }
      const none = shapeOf({ buyers, sellers }, { mostRecords: 0 });
      expect(refusal(() => paperSlots(publicKey, none))).to.equal("PackingError E_LAYOUT");
    });

    it("a plaintext that is no packed difference", () => {
      const round = { buyers: [aBuyer({ xM: 1300 })], sellers: [aSeller({ xM: 1000 })] };
      const { slots, ...uploads } = packed(round, { rule: lenientRule });
      const { toFirstSeller } = pairPackedUploads({ slots, ...uploads });
      const c = partyAt(toFirstSeller, 0);
      const outcome = (opened: Ciphertext) =>
        refusal(() => openPackedTree(slots, { toFirstSeller: [opened], fromFirstBuyer: [] }, open));
      expect(outcome(c)).to.equal("accepted");
      const widest = 2n * (2n ** 16n - 1n) - 300n;
      expect(outcome(addPlain(c, widest))).to.equal("accepted");
      expect(outcome(addPlain(c, widest + 1n))).to.equal("PackingError E_SLOT_RANGE");
      const half = encrypt(publicKey, publicKey.n / 2n, rng);
      expect(outcome(half)).to.equal("PaillierError E_PLAINTEXT_RANGE");
    });
  });
});
