/** Where the fields of a record lie, and what masks make of them. */
import { expect } from "chai";
import {
  assertLayoutFits,
  drawMasks,
  formOf,
  offerLayout,
  requestLayout,
  REVEALED_FIELD_BYTES,
  REVEALED_FIELDS,
  revealedOfOffer,
  unpackMasked,
  type Layout,
} from "../../../../offchain/core/messages/packedRecord.ts";
import { offerFields, requestFields } from "../../../../offchain/core/messages/records.ts";
import { publicKeyFromModulus } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { seededRng } from "../../../../offchain/study/worlds/seededRng.ts";
import { CLEAR_OFFER, CLEAR_REQUEST } from "../../../support/matching/crowdRound.ts";
import { expectUniform } from "../../../support/primitives/twoParties.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const OFFER = offerLayout(2);

/** The plaintext of a record, by the places that its proof is about. */
function packed(layout: Layout, values: readonly bigint[]): bigint {
  return formOf(layout).fields.reduce(
    (sum, { offset }, k) => sum + ((values[k] ?? 0n) << BigInt(offset)),
    0n,
  );
}

describe("a packed record", () => {
  it("has as many fields as its clear record, in their order", () => {
    expect(requestLayout(2)).to.deep.equal([16, 16, 24, 34, 24, 24]);
    expect(offerLayout(2)).to.deep.equal([16, 16, 24, 24, 24, 544]);
    expect(requestLayout(2)).to.have.lengthOf(requestFields(CLEAR_REQUEST).length);
    expect(OFFER).to.have.lengthOf(offerFields(CLEAR_OFFER).length);
    expect(requestLayout(0)).to.deep.equal([16, 16, 24, 34]);
  });

  it("proves every field to be within its width, with 82 bits to the next", () => {
    const { fields } = formOf(OFFER);
    expect(fields.map(({ offset }) => offset)).to.deep.equal([0, 98, 196, 302, 408, 514]);
    expect(fields.map(({ minimum }) => minimum)).to.deep.equal(OFFER.map(() => 0n));
    const largest = OFFER.map((bits) => 2n ** BigInt(bits) - 1n);
    expect(fields.map(({ maximum }) => maximum)).to.deep.equal(largest);
  });

  it("is unpacked with its masks, field by field, at the ends of every range too", () => {
    const rng = seededRng("packed");
    const largest = OFFER.map((bits) => 2n ** BigInt(bits) - 1n);
    for (const values of [offerFields(CLEAR_OFFER), largest, OFFER.map(() => 0n)]) {
      const { masks, plaintext } = drawMasks(OFFER, rng);
      const masked = unpackMasked(OFFER, packed(OFFER, values) + plaintext);
      expect(masked.map((field, k) => field - (masks[k] ?? 0n))).to.deep.equal(values);
    }
  });

  it("keeps its fields apart even under the largest masks", () => {
    const largest = OFFER.map((bits) => 2n ** BigInt(bits) - 1n);
    const masks = OFFER.map((bits) => 2n ** BigInt(bits + 80) - 1n);
    const masked = unpackMasked(OFFER, packed(OFFER, largest) + packed(OFFER, masks));
    expect(masked).to.deep.equal(OFFER.map((_, k) => (largest[k] ?? 0n) + (masks[k] ?? 0n)));
  });

  it("looks the same to the cloud whatever is in it: bits of masked slots are uniform", () => {
    for (const values of [offerFields(CLEAR_OFFER), OFFER.map(() => 0n)]) {
      const rng = seededRng("slots");
      const words: number[] = [];
      for (let k = 0; k < 300; k += 1) {
        const { plaintext } = drawMasks(OFFER, rng);
        const masked = unpackMasked(OFFER, packed(OFFER, values) + plaintext);
        for (const field of masked) words.push(Number(BigInt.asUintN(32, field)));
      }
      expectUniform(words, expect);
    }
  });

  it("has masks 80 bits longer than the fields they hide", () => {
    const rng = seededRng("masks");
    const drawn = Array.from({ length: 200 }, () => drawMasks(OFFER, rng).masks);
    for (const [k, bits] of OFFER.entries()) {
      const lengths = drawn.map((masks) => (masks[k] ?? 0n).toString(2).length);
      expect(Math.max(...lengths)).to.equal(bits + 80);
    }
  });

  it("reveals of an offer x, y, price and opening, in 79 bytes each", () => {
    expect([REVEALED_FIELDS, REVEALED_FIELD_BYTES]).to.deep.equal([4, 79]);
    const [x, y, price, , , opening] = offerFields(CLEAR_OFFER);
    expect(revealedOfOffer(offerFields(CLEAR_OFFER))).to.deep.equal([x, y, price, opening]);
  });

  it("fits below n with two bits to spare, or is refused", () => {
    const bits = OFFER.reduce((sum, width) => sum + width + 82, 0);
    const fits = (keyBits: number): string =>
      refusal(() => {
        assertLayoutFits(publicKeyFromModulus((1n << BigInt(keyBits - 1)) + 1n), OFFER);
      });
    expect(fits(bits + 3)).to.equal("accepted");
    expect(fits(bits + 2)).to.equal("PaillierError E_PLAINTEXT_RANGE");
  });
});
