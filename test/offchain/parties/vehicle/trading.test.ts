import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import type { DecisionNote } from "../../../../offchain/core/messages/decisionNote.ts";
import type { VehicleDelivery } from "../../../../offchain/core/messages/delivery.ts";
import { FIRST_ROUND, type Offer } from "../../../../offchain/core/messages/market.ts";
import { requestLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { rangesClaim } from "../../../../offchain/core/messages/provenRecord.ts";
import {
  offerFields,
  requestFields,
  type ClearOffer,
  type Position,
} from "../../../../offchain/core/messages/records.ts";
import { claimHolds } from "../../../../offchain/core/primitives/proofs/equations.ts";
import { openRecords } from "../../../../offchain/parties/cloud/opening.ts";
import {
  receiveMatch,
  type AskedFor,
  type CertifiedPile,
  type MatchedPile,
} from "../../../../offchain/parties/vehicle/trading.ts";
import {
  ASKED,
  AUCTION_ID,
  certifiedAt,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  person,
  requestOf,
  VENUE,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";
import {
  commitmentTo,
  decisionFor,
  deliver,
  meeting,
  toVehicle,
  type Meeting,
} from "../../../support/parties/meeting.ts";

const { privateKey, roundKey } = dealtKey();
const AUCTION = "MatchError E_MATCH_AUCTION";
const BID = "MatchError E_MATCH_BID";
const SITE = "MatchError E_MATCH_SITE";
const FORM = "MatchError E_MATCH_FORM";
const LIMITS = "MatchError E_MATCH_LIMITS";
/** Wants whatever there is. */
const ANYTHING: AskedFor = {
  auctionId: AUCTION_ID,
  position: { xM: 0, yM: 0 },
  maxPricePerKwh: 2n ** 24n - 1n,
  maxDistanceM: 131_071,
};

describe("the vehicle", () => {
  let met: Meeting;
  let stranger: Person;

  before(async () => {
    met = await meeting();
    stranger = await person("stranger");
  });

  /** What can differ from an honest delivery to somebody who asked for `CLEAR_REQUEST`. */
  interface Receiving {
    readonly asked?: AskedFor;
    readonly certified?: CertifiedPile;
    readonly venue?: typeof VENUE;
    readonly recipient?: Person;
  }
  async function receive(
    delivery: VehicleDelivery | Promise<VehicleDelivery>,
    receiving: Receiving = {},
  ): Promise<MatchedPile> {
    const { asked = ASKED, certified = met.certified, venue = VENUE, recipient } = receiving;
    const { sealKeys } = recipient ?? met.vehicle;
    return receiveMatch(venue, asked, sealKeys, await delivery, () => Promise.resolve(certified));
  }
  const received = (...args: Parameters<typeof receive>): Promise<string> =>
    asyncRefusal(() => receive(...args));
  const honest = (): Promise<VehicleDelivery> => toVehicle(met, met.note);
  const noted = (change: Partial<DecisionNote>): Promise<VehicleDelivery> =>
    toVehicle(met, { ...met.note, ...change });
  /** An honest delivery of another offer, which the pile has committed to and is certified for. */
  const offered = (offer: ClearOffer): [Promise<VehicleDelivery>, Receiving] => {
    const { pricePerKwh, salt } = offer;
    const commitment = commitmentTo(met, { pricePerKwh, powerW: BigInt(offer.powerW), salt });
    const delivery = toVehicle(met, { ...met.note, bidCommitment: commitment }, offer);
    return [delivery, { certified: certifiedAt(met.pile, offer) }];
  };

  it("encrypts its request, with a proof that holds", () => {
    const { request } = met;
    const [values] = openRecords(privateKey, requestLayout(2), [request.record]);
    expect(values).to.deep.equal(requestFields(CLEAR_REQUEST));
    expect(claimHolds(rangesClaim(roundKey, requestLayout(2), request))).to.equal(true);
  });

  it("encrypts no request out of range", async () => {
    const far = { ...CLEAR_REQUEST, maxDistanceM: 131_072 };
    expect(await asyncRefusal(() => requestOf(met.vehicle, {}, far))).to.equal(
      "RecordError E_RECORD_RANGE",
    );
  });

  it("learns site, price and power, and can open the decision", async () => {
    expect(await receive(honest())).to.deep.equal({
      opening: {
        auctionId: AUCTION_ID,
        evId: met.vehicle.participantId,
        cpId: met.pile.participantId,
        round: FIRST_ROUND,
        offer: {
          pricePerKwh: 1_490_000n,
          powerW: 22_000n,
          salt: CLEAR_OFFER.salt,
        },
        uploadHash: met.bid.uploadHash,
        r: met.note.r,
      },
      decision: decisionFor(met.note),
      site: { xM: 1_200, yM: 1_100 },
    });
  });

  it("looks up the pile that the note names", async () => {
    const lookedUp: string[] = [];
    await receiveMatch(VENUE, ASKED, met.vehicle.sealKeys, await honest(), (cpId) => {
      lookedUp.push(cpId);
      return Promise.resolve(met.certified);
    });
    expect(lookedUp).to.deep.equal([met.pile.participantId]);
  });

  it("learns numbers at the edges of their ranges", async () => {
    const edges: readonly ClearOffer[] = [
      { ...CLEAR_OFFER, position: { xM: 0, yM: 0 }, pricePerKwh: 0n, powerW: 0 },
      {
        ...CLEAR_OFFER,
        position: { xM: 65_535, yM: 65_535 },
        pricePerKwh: 2n ** 24n - 1n,
        powerW: 2 ** 32 - 1,
        salt: `0x${"ff".repeat(32)}`,
        siteSalt: `0x${"ff".repeat(32)}`,
      },
    ];
    for (const edge of edges) {
      const [delivery, receiving] = offered(edge);
      const { opening, site } = await receive(delivery, { ...receiving, asked: ANYTHING });
      expect(site).to.deep.equal(edge.position);
      const { pricePerKwh, powerW, salt } = edge;
      expect(opening.offer).to.include({ pricePerKwh, powerW: BigInt(powerW), salt });
    }
  });

  describe("refuses a pile that committed to", () => {
    const others: Readonly<Record<string, Partial<Offer>>> = {
      "a higher price": { pricePerKwh: CLEAR_OFFER.pricePerKwh + 1n },
      "a lower price": { pricePerKwh: CLEAR_OFFER.pricePerKwh - 1n },
      "another power": { powerW: 11_000n },
      "another salt": { salt: id("another salt") },
    };
    for (const [what, committed] of Object.entries(others)) {
      it(what, async () => {
        const commitment = commitmentTo(met, committed);
        expect(await received(noted({ bidCommitment: commitment }))).to.equal(BID);
      });
    }
  });

  describe("refuses a pile that is certified", () => {
    const elsewhere: Readonly<Record<string, Partial<ClearOffer>>> = {
      "one metre farther east": { position: { xM: 1_201, yM: 1_100 } },
      "one metre farther north": { position: { xM: 1_200, yM: 1_101 } },
      "with x and y exchanged": { position: { xM: 1_100, yM: 1_200 } },
      "under another site salt": { siteSalt: id("another site salt") },
    };
    for (const [where, change] of Object.entries(elsewhere)) {
      it(where, async () => {
        const certified = certifiedAt(met.pile, { ...CLEAR_OFFER, ...change });
        expect(await received(honest(), { certified })).to.equal(SITE);
      });
    }

    it("under another id, at the same site", async () => {
      const certified = { ...certifiedAt(stranger, CLEAR_OFFER), account: met.pile.wallet.address };
      expect(await received(honest(), { certified })).to.equal(SITE);
    });

    it("for another account", async () => {
      const certified = { ...met.certified, account: stranger.wallet.address };
      expect(await received(honest(), { certified })).to.equal(BID);
    });
  });

  describe("refuses, if the proxy makes its decision about", () => {
    it("another upload of the pile", async () => {
      expect(await received(noted({ uploadHash: id("another upload") }))).to.equal(BID);
    });

    it("the bid of another pile", async () => {
      expect(await received(noted({ bidCommitment: id("another bid") }))).to.equal(BID);
    });

    it("another pile", async () => {
      const delivery = noted({ cpId: stranger.participantId });
      const certified = certifiedAt(stranger, CLEAR_OFFER);
      expect(await received(delivery, { certified })).to.equal(BID);
    });

    it("another auction", async () => {
      expect(await received(noted({ auctionId: id("another auction") }))).to.equal(AUCTION);
    });

    it("the auction of an earlier match, all of which was right then", async () => {
      const asked = { ...ASKED, auctionId: id("the next auction") };
      expect(await received(honest(), { asked })).to.equal(AUCTION);
    });

    it("another venue", async () => {
      for (const venue of [
        { ...VENUE, chainId: 1n },
        { ...VENUE, auctions: stranger.wallet.address },
      ]) {
        expect(await received(honest(), { venue })).to.equal(BID);
      }
    });
  });

  describe("holds a match against what it asked for:", () => {
    const at = (position: Position, maxDistanceM: number): AskedFor => ({
      ...ASKED,
      position,
      maxDistanceM,
    });

    it("a price at its limit is accepted, one unit more is not", async () => {
      const limit = { ...ASKED, maxPricePerKwh: CLEAR_OFFER.pricePerKwh };
      expect(await received(honest(), { asked: limit })).to.equal("accepted");
      const lower = { ...ASKED, maxPricePerKwh: CLEAR_OFFER.pricePerKwh - 1n };
      expect(await received(honest(), { asked: lower })).to.equal(LIMITS);
    });

    it("a site at the limit of the distance is accepted, wherever it is", async () => {
      // A rounded root would put the second of these 2^-46 m beyond its limit.
      for (const [dx, dy, metres] of [
        [3, 4, 5],
        [35, 120, 125],
        [-119, 408, 425],
        [-126, -432, 450],
      ] as const) {
        const { xM, yM } = CLEAR_OFFER.position;
        const from = { xM: xM + dx, yM: yM + dy };
        expect(await received(honest(), { asked: at(from, metres) })).to.equal("accepted");
        expect(await received(honest(), { asked: at(from, metres - 1) })).to.equal(LIMITS);
      }
    });

    it("what the matcher takes for near enough is, and nothing else", async () => {
      const coordinate = fc.integer({ min: 0, max: 65_535 });
      const reach = fc.integer({ min: 0, max: 131_071 });
      const delivery = await honest();
      await fc.assert(
        fc.asyncProperty(coordinate, coordinate, reach, async (xM, yM, maxDistanceM) => {
          const { position: site } = CLEAR_OFFER;
          const squared = (site.xM - xM) ** 2 + (site.yM - yM) ** 2;
          const expected = squared <= maxDistanceM * maxDistanceM ? "accepted" : LIMITS;
          expect(await received(delivery, { asked: at({ xM, yM }, maxDistanceM) })).to.equal(
            expected,
          );
        }),
        { numRuns: 100, seed: 0x5eed },
      );
    });
  });

  describe("refuses revealed numbers that no offer has:", () => {
    const [x = 0n, y = 0n, price = 0n, , , opening = 0n] = offerFields(CLEAR_OFFER);
    const nonsense: readonly (readonly [string, readonly bigint[]])[] = [
      ["x below 0", [-1n, y, price, opening]],
      ["x of 2^16", [65_536n, y, price, opening]],
      ["y below 0", [x, -1n, price, opening]],
      ["y of 2^16", [x, 65_536n, price, opening]],
      ["a price below 0", [x, y, -1n, opening]],
      ["a price of 2^24", [x, y, 2n ** 24n, opening]],
      ["an opening below 0", [x, y, price, -1n]],
      ["an opening wider than 544 bits", [x, y, price, 2n ** 544n]],
    ];
    for (const [what, values] of nonsense) {
      it(what, async () => {
        expect(await received(deliver(met.vehicle, values, met.note))).to.equal(FORM);
      });
    }

    for (const values of [[], [x, y, price], [x, y, price, opening, 0n]]) {
      it(`${values.length} fields instead of 4`, async () => {
        const delivery = deliver(met.vehicle, values, met.note);
        expect(await received(delivery)).to.equal("DeliveryError E_DELIVERY_FORM");
      });
    }
  });

  it("refuses a delivery to somebody else", async () => {
    expect(await received(honest(), { recipient: stranger })).to.equal("SealedBoxError E_AEAD");
  });

  it("refuses a note that was changed after the decision", async () => {
    const { masks } = await noted({ evId: stranger.participantId });
    expect(await received({ ...(await honest()), masks })).to.equal("SealedBoxError E_AEAD");
  });
});
