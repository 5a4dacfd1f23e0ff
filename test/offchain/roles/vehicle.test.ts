import { expect } from "chai";
import { id } from "ethers";
import type { DecisionNote } from "../../../offchain/messages/delivery.ts";
import { offerFields, type ClearOffer } from "../../../offchain/messages/records.ts";
import type { Offer } from "../../../offchain/messages/market.ts";
import { encrypt } from "../../../offchain/primitives/paillier/publicKey.ts";
import type { PreparedBid } from "../../../offchain/roles/pile.ts";
import {
  receiveMatch,
  type CertifiedPile,
  type MatchedPile,
} from "../../../offchain/roles/vehicle.ts";
import { AUCTION_ID, CLEAR_OFFER, person, VENUE, type Person } from "../market.ts";
import { asyncRefusal, counterRng } from "../primitives/support.ts";
import {
  bidWithUpload,
  certifiedAt,
  decisionFor,
  deliver,
  KEY,
  meeting,
  noteOf,
  toVehicle,
  type Meeting,
} from "./meeting.ts";

const { publicKey } = KEY;
const BID = "MatchError E_MATCH_BID";
const SITE = "MatchError E_MATCH_SITE";
const FORM = "MatchError E_MATCH_FORM";

describe("the vehicle", () => {
  let met: Meeting;
  let stranger: Person;

  before(async () => {
    met = await meeting();
    stranger = await person("stranger");
  });

  /** What the vehicle makes of a delivery about `bid`, with `note` from the proxy. */
  async function receive(
    bid: PreparedBid,
    note: DecisionNote,
    pileOf: (cpId: string) => CertifiedPile = () => met.certified,
  ): Promise<MatchedPile> {
    const delivery = await toVehicle(met, bid, note);
    return receiveMatch(VENUE, publicKey, met.vehicle.sealKeys, delivery, (cpId) =>
      Promise.resolve(pileOf(cpId)),
    );
  }
  const received = (...args: Parameters<typeof receive>): Promise<string> =>
    asyncRefusal(() => receive(...args));

  it("learns site, price and power, and can open the decision", async () => {
    const matched = await receive(met.bid, met.note);
    expect(matched).to.deep.equal({
      opening: {
        auctionId: AUCTION_ID,
        evId: met.vehicle.participantId,
        cpId: met.pile.participantId,
        offer: {
          pricePerKwh: 1_490_000n,
          powerW: 22_000n,
          encryptedOfferHash: met.bid.offer.encryptedOfferHash,
          salt: CLEAR_OFFER.salt,
        },
        r: met.note.r,
      },
      decision: decisionFor(met.note),
      site: { xM: 1_200, yM: 1_100 },
    });
  });

  it("looks up the pile that the note names", async () => {
    const asked: string[] = [];
    await receive(met.bid, met.note, (cpId) => {
      asked.push(cpId);
      return met.certified;
    });
    expect(asked).to.deep.equal([met.pile.participantId]);
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
      const { pricePerKwh, powerW, salt } = edge;
      const offer = { pricePerKwh, powerW: BigInt(powerW), salt };
      const { bid } = bidWithUpload(met, offerFields(edge), offer);
      const { opening, site } = await receive(bid, noteOf(met, bid), () =>
        certifiedAt(met.pile, edge),
      );
      expect(site).to.deep.equal(edge.position);
      expect(opening.offer).to.deep.equal(bid.offer);
    }
  });

  describe("refuses a pile that committed to", () => {
    const others: Readonly<Record<string, Partial<Offer>>> = {
      "a higher price": { pricePerKwh: CLEAR_OFFER.pricePerKwh + 1n },
      "a lower price": { pricePerKwh: CLEAR_OFFER.pricePerKwh - 1n },
      "another power": { powerW: 11_000n },
      "another salt": { salt: id("another salt") },
      "other ciphertexts": { encryptedOfferHash: id("other ciphertexts") },
    };
    for (const [what, committed] of Object.entries(others)) {
      it(what, async () => {
        const { bid } = bidWithUpload(met, offerFields(CLEAR_OFFER), committed);
        expect(await received(bid, noteOf(met, bid))).to.equal(BID);
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
        expect(await received(met.bid, met.note, () => certified)).to.equal(SITE);
      });
    }

    it("under another id, at the same site", async () => {
      const certified = { ...certifiedAt(stranger, CLEAR_OFFER), account: met.pile.wallet.address };
      expect(await received(met.bid, met.note, () => certified)).to.equal(SITE);
    });

    it("for another account", async () => {
      const certified = { ...met.certified, account: stranger.wallet.address };
      expect(await received(met.bid, met.note, () => certified)).to.equal(BID);
    });
  });

  describe("refuses, if the proxy makes its decision about", () => {
    it("the ciphertexts of another offer", async () => {
      const note = { ...met.note, encryptedOfferHash: id("another offer") };
      expect(await received(met.bid, note)).to.equal(BID);
    });

    it("the bid of another pile", async () => {
      const note = { ...met.note, bidCommitment: id("another bid") };
      expect(await received(met.bid, note)).to.equal(BID);
    });

    it("another pile", async () => {
      const note = { ...met.note, cpId: stranger.participantId };
      const other = certifiedAt(stranger, CLEAR_OFFER);
      expect(await received(met.bid, note, () => other)).to.equal(BID);
    });

    it("another auction", async () => {
      expect(await received(met.bid, { ...met.note, auctionId: id("another auction") })).to.equal(
        BID,
      );
    });

    it("another venue", async () => {
      const delivery = await toVehicle(met, met.bid, met.note);
      for (const venue of [
        { ...VENUE, chainId: 1n },
        { ...VENUE, auctions: stranger.wallet.address },
      ]) {
        const receiving = (): Promise<unknown> =>
          receiveMatch(venue, publicKey, met.vehicle.sealKeys, delivery, () =>
            Promise.resolve(met.certified),
          );
        expect(await asyncRefusal(receiving)).to.equal(BID);
      }
    });
  });

  describe("refuses revealed numbers that no offer has:", () => {
    const [negX = 0n, negY = 0n, negPrice = 0n, askA = 0n, askB = 0n, opening = 0n] =
      offerFields(CLEAR_OFFER);
    const nonsense: readonly (readonly [string, readonly bigint[]])[] = [
      ["x below 0", [1n, negY, negPrice, askA, askB, opening]],
      ["x of 2^16", [-65_536n, negY, negPrice, askA, askB, opening]],
      ["y below 0", [negX, 1n, negPrice, askA, askB, opening]],
      ["y of 2^16", [negX, -65_536n, negPrice, askA, askB, opening]],
      ["a price below 0", [negX, negY, 1n, askA, askB, opening]],
      ["a price of 2^24", [negX, negY, -(2n ** 24n), askA, askB, opening]],
      ["an opening below 0", [negX, negY, negPrice, askA, askB, -1n]],
    ];
    for (const [what, values] of nonsense) {
      it(what, async () => {
        const { bid } = bidWithUpload(met, values);
        expect(await received(bid, noteOf(met, bid))).to.equal(FORM);
      });
    }

    const receiveFields = (plaintexts: readonly bigint[]): Promise<string> =>
      asyncRefusal(async () => {
        const rng = counterRng("fields");
        const fields = plaintexts.map((value) => encrypt(publicKey, value, rng));
        const delivery = await deliver(met.vehicle, fields, met.note);
        return receiveMatch(VENUE, publicKey, met.vehicle.sealKeys, delivery, () =>
          Promise.resolve(met.certified),
        );
      });

    it("an opening wider than 544 bits", async () => {
      expect(await receiveFields([0n, 0n, 0n, 2n ** 544n])).to.equal(FORM);
      expect(await receiveFields([0n, 0n, 0n, publicKey.n / 2n])).to.equal(FORM);
    });

    for (const count of [0, 3, 5]) {
      it(`${count} fields instead of 4`, async () => {
        expect(await receiveFields(new Array<bigint>(count).fill(0n))).to.equal(FORM);
      });
    }
  });

  it("refuses a delivery to somebody else", async () => {
    const delivery = await toVehicle(met, met.bid, met.note);
    const receiving = (): Promise<unknown> =>
      receiveMatch(VENUE, publicKey, stranger.sealKeys, delivery, () =>
        Promise.resolve(met.certified),
      );
    expect(await asyncRefusal(receiving)).to.equal("SealedBoxError E_AEAD");
  });

  it("refuses a note that was changed after the decision", async () => {
    const delivery = await toVehicle(met, met.bid, met.note);
    const other = await toVehicle(met, met.bid, { ...met.note, evId: stranger.participantId });
    const receiving = (): Promise<unknown> =>
      receiveMatch(
        VENUE,
        publicKey,
        met.vehicle.sealKeys,
        { ...delivery, masks: other.masks },
        () => Promise.resolve(met.certified),
      );
    expect(await asyncRefusal(receiving)).to.equal("SealedBoxError E_AEAD");
  });
});
