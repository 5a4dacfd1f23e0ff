import { expect } from "chai";
import fc from "fast-check";
import {
  NOT_NEEDED,
  NOT_OFFERED,
  offerFields,
  packOpening,
  requestFields,
  unpackOpening,
  type ClearOffer,
  type ClearRequest,
} from "../../../../offchain/core/messages/records.ts";
import { bytes32, CLEAR_OFFER, CLEAR_REQUEST } from "../../../support/matching/crowdRound.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const OUT_OF_RANGE = "RecordError E_RECORD_RANGE";
const RUNS = { numRuns: 500, seed: 0x5eed };

type Changed<T> = readonly [what: string, change: Partial<T>];

describe("clear records", () => {
  it("gives the numbers of a request in the order of its layout", () => {
    expect(requestFields(CLEAR_REQUEST)).to.deep.equal([
      1_000n,
      1_000n,
      1_500_000n,
      640_000n,
      300_000n,
      16_777_215n,
    ]);
  });

  it("gives the numbers of an offer in the order of its layout", () => {
    expect(offerFields(CLEAR_OFFER)).to.deep.equal([
      1_200n,
      1_100n,
      1_490_000n,
      290_000n,
      16_777_214n,
      packOpening(CLEAR_OFFER),
    ]);
  });

  const bounds: readonly Changed<ClearRequest & ClearOffer>[] = [
    ["a position of 0", { position: { xM: 0, yM: 0 } }],
    ["the largest position", { position: { xM: 65_535, yM: 65_535 } }],
    ["a price of 0", { maxPricePerKwh: 0n, pricePerKwh: 0n }],
    ["the largest price", { maxPricePerKwh: 16_777_215n, pricePerKwh: 16_777_215n }],
    ["a reach of 0", { maxDistanceM: 0 }],
    ["the largest reach", { maxDistanceM: 131_071 }],
    ["a power of 0", { powerW: 0 }],
    ["the largest power", { powerW: 4_294_967_295 }],
    ["no features", { featureBids: [], featureAsks: [] }],
    ["free features", { featureBids: [0n], featureAsks: [0n] }],
    ["the dearest feature", { featureBids: [16_777_213n], featureAsks: [16_777_213n] }],
  ];
  for (const [what, change] of bounds) {
    it(`accepts ${what}`, () => {
      expect(refusal(() => requestFields({ ...CLEAR_REQUEST, ...change }))).to.equal("accepted");
      expect(refusal(() => offerFields({ ...CLEAR_OFFER, ...change }))).to.equal("accepted");
    });
  }

  const badRequests: readonly Changed<ClearRequest>[] = [
    ["x below 0", { position: { xM: -1, yM: 0 } }],
    ["x of 2^16", { position: { xM: 65_536, yM: 0 } }],
    ["x between metres", { position: { xM: 0.5, yM: 0 } }],
    ["x that is no number", { position: { xM: NaN, yM: 0 } }],
    ["y below 0", { position: { xM: 0, yM: -1 } }],
    ["y of 2^16", { position: { xM: 0, yM: 65_536 } }],
    ["a price below 0", { maxPricePerKwh: -1n }],
    ["a price of 2^24", { maxPricePerKwh: 16_777_216n }],
    ["a reach below 0", { maxDistanceM: -1 }],
    ["a reach of 2^17", { maxDistanceM: 131_072 }],
    ["a reach between metres", { maxDistanceM: 10.5 }],
    ["an endless reach", { maxDistanceM: Infinity }],
    ["a feature bid below 0", { featureBids: [null, -1n] }],
    ["the marker NOT_OFFERED as a bid", { featureBids: [NOT_OFFERED] }],
    ["the marker NOT_NEEDED as a bid", { featureBids: [NOT_NEEDED] }],
  ];
  for (const [what, change] of badRequests) {
    it(`refuses a request with ${what}`, () => {
      const request = { ...CLEAR_REQUEST, ...change };
      expect(refusal(() => requestFields(request))).to.equal(OUT_OF_RANGE);
    });
  }

  const badOffers: readonly Changed<ClearOffer>[] = [
    ["x below 0", { position: { xM: -1, yM: 0 } }],
    ["x of 2^16", { position: { xM: 65_536, yM: 0 } }],
    ["y below 0", { position: { xM: 0, yM: -1 } }],
    ["y of 2^16", { position: { xM: 0, yM: 65_536 } }],
    ["y between metres", { position: { xM: 0, yM: 0.1 } }],
    ["a price below 0", { pricePerKwh: -1n }],
    ["a price of 2^24", { pricePerKwh: 16_777_216n }],
    ["a power below 0", { powerW: -1 }],
    ["a power of 2^32", { powerW: 4_294_967_296 }],
    ["a power between watts", { powerW: 0.5 }],
    ["a feature ask below 0", { featureAsks: [-1n] }],
    ["the marker NOT_OFFERED as an ask", { featureAsks: [NOT_OFFERED] }],
    ["the marker NOT_NEEDED as an ask", { featureAsks: [NOT_NEEDED] }],
    ["a salt of 33 bytes", { salt: `0x01${"00".repeat(32)}` }],
    ["a site salt of 33 bytes", { siteSalt: `0x01${"00".repeat(32)}` }],
  ];
  for (const [what, change] of badOffers) {
    it(`refuses an offer with ${what}`, () => {
      expect(refusal(() => offerFields({ ...CLEAR_OFFER, ...change }))).to.equal(OUT_OF_RANGE);
    });
  }

  it("keeps a refused value out of the message", () => {
    const position = { xM: 77_777_777, yM: 0 };
    const without = /^(?!.*77777777).*$/;
    expect(() => requestFields({ ...CLEAR_REQUEST, position })).to.throw(without);
    const featureBids = [77_777_777n];
    expect(() => requestFields({ ...CLEAR_REQUEST, featureBids })).to.throw(without);
  });

  it("lets bid − ask ≥ 0 say: not needed, or offered at an acceptable price", () => {
    const price = fc.option(fc.bigInt({ min: 0n, max: NOT_OFFERED - 1n }), { freq: 3 });
    const close = fc.option(fc.bigInt({ min: 0n, max: 3n }), { freq: 3 });
    fc.assert(
      fc.property(fc.oneof(fc.tuple(price, price), fc.tuple(close, close)), ([bid, ask]) => {
        const margin =
          (requestFields({ ...CLEAR_REQUEST, featureBids: [bid] })[4] ?? -1n) -
          (offerFields({ ...CLEAR_OFFER, featureAsks: [ask] })[3] ?? -1n);
        const suits = bid === null || (ask !== null && ask <= bid);
        expect(margin >= 0n).to.equal(suits);
      }),
      RUNS,
    );
  });

  it("unpacks every opening that it packed", () => {
    const opening = fc.record({
      siteSalt: bytes32,
      salt: bytes32,
      powerW: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(opening, (given) => {
        const powerW = BigInt(given.powerW);
        expect(unpackOpening(packOpening(given))).to.deep.equal({ ...given, powerW });
      }),
      RUNS,
    );
  });

  it("packs siteSalt · 2^288 + salt · 2^32 + powerW", () => {
    const [siteSalt, salt] = [`0x${"00".repeat(31)}07`, `0x${"00".repeat(31)}05`];
    expect(packOpening({ siteSalt, salt, powerW: 3 })).to.equal(
      7n * 2n ** 288n + 5n * 2n ** 32n + 3n,
    );
  });

  it("refuses to unpack what is wider than an opening or negative", () => {
    expect(refusal(() => unpackOpening(2n ** 544n - 1n))).to.equal("accepted");
    expect(refusal(() => unpackOpening(2n ** 544n))).to.equal(OUT_OF_RANGE);
    expect(refusal(() => unpackOpening(-1n))).to.equal(OUT_OF_RANGE);
  });
});
