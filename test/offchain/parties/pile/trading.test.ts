import { expect } from "chai";
import { id } from "ethers";
import type { DecisionNote, Delivery } from "../../../../offchain/core/messages/delivery.ts";
import { bidCommitment } from "../../../../offchain/core/messages/market.ts";
import { offerLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { rangesClaim } from "../../../../offchain/core/messages/provenRecord.ts";
import { offerFields } from "../../../../offchain/core/messages/records.ts";
import { uploadHash } from "../../../../offchain/core/messages/upload.ts";
import { claimHolds } from "../../../../offchain/core/primitives/proofs/equations.ts";
import { receiveVehicle } from "../../../../offchain/parties/pile/trading.ts";
import { openRecords } from "../../../../offchain/parties/cloud/opening.ts";
import {
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  CLEAR_REQUEST,
  dealtKey,
  person,
  VENUE,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";
import {
  decisionFor,
  deliver,
  meeting,
  toPile,
  type Meeting,
} from "../../../support/parties/meeting.ts";

const { privateKey, roundKey } = dealtKey();

describe("the pile", () => {
  let met: Meeting;
  let stranger: Person;

  before(async () => {
    met = await meeting();
    stranger = await person("stranger");
  });

  describe("prepares a bid", () => {
    it("that commits to price, power and exactly the upload", () => {
      const { upload, offer, commitment } = met.bid;
      expect(offer).to.deep.equal({
        pricePerKwh: CLEAR_OFFER.pricePerKwh,
        powerW: 22_000n,
        encryptedOfferHash: uploadHash(upload),
        salt: CLEAR_OFFER.salt,
      });
      expect(commitment).to.equal(bidCommitment(VENUE, AUCTION_ID, met.pile.wallet.address, offer));
    });

    it("whose ciphertext holds the offer, with a proof that holds", () => {
      const { upload } = met.bid;
      const [values] = openRecords(privateKey, offerLayout(2), [upload.record]);
      expect(values).to.deep.equal(offerFields(CLEAR_OFFER));
      expect(claimHolds(rangesClaim(roundKey, offerLayout(2), upload))).to.equal(true);
    });

    it("with another commitment every time, for the same offer", async () => {
      expect((await bidOf(met.pile)).commitment).not.to.equal(met.bid.commitment);
    });

    it("not for an offer out of range", async () => {
      const dear = { ...CLEAR_OFFER, pricePerKwh: 2n ** 24n };
      expect(await asyncRefusal(() => bidOf(met.pile, {}, dear))).to.equal(
        "RecordError E_RECORD_RANGE",
      );
    });
  });

  describe("receives a vehicle", () => {
    const received = (delivery: Delivery, { sealKeys } = met.pile): Promise<string> =>
      asyncRefusal(() => receiveVehicle(sealKeys, met.bid, delivery));

    it("and learns its position, and can open the decision too", async () => {
      const delivery = await toPile(met, met.note);
      expect(await receiveVehicle(met.pile.sealKeys, met.bid, delivery)).to.deep.equal({
        opening: {
          auctionId: AUCTION_ID,
          evId: met.vehicle.participantId,
          cpId: met.pile.participantId,
          round: met.bid.round,
          offer: met.bid.offer,
          r: met.note.r,
        },
        decision: decisionFor(met.note),
        position: CLEAR_REQUEST.position,
      });
    });

    const others: readonly Partial<DecisionNote>[] = [
      { bidCommitment: id("another bid") },
      { encryptedOfferHash: id("another offer") },
    ];
    for (const change of others) {
      it(`but not for another ${Object.keys(change).join()} than its own`, async () => {
        const delivery = await toPile(met, { ...met.note, ...change });
        expect(await received(delivery)).to.equal("ReceiveError E_RECEIVE_BID");
      });
    }

    it("but not one that was delivered to somebody else", async () => {
      const delivery = await toPile(met, met.note);
      expect(await received(delivery, stranger)).to.equal("SealedBoxError E_AEAD");
    });

    const nonsense: Readonly<Record<string, readonly bigint[]>> = {
      "x below 0": [-1n, 0n],
      "x of 2^16": [65_536n, 0n],
      "y below 0": [0n, -1n],
      "y of 2^16": [0n, 65_536n],
      "x wider than any field": [2n ** 600n, 0n],
      "x alone": [0n],
      "three numbers": [0n, 0n, 0n],
      nothing: [],
    };
    for (const [what, values] of Object.entries(nonsense)) {
      it(`but not at ${what}`, async () => {
        const delivery = await deliver(met.pile, values, met.note);
        expect(await received(delivery)).to.equal("ReceiveError E_RECEIVE_POSITION");
      });
    }

    it("at the edges of the map", async () => {
      const delivery = await deliver(met.pile, [65_535n, 0n], met.note);
      const { position } = await receiveVehicle(met.pile.sealKeys, met.bid, delivery);
      expect(position).to.deep.equal({ xM: 65_535, yM: 0 });
    });
  });
});
