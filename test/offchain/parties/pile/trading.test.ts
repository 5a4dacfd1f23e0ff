import { expect } from "chai";
import { id } from "ethers";
import type { DecisionNote } from "../../../../offchain/core/messages/decisionNote.ts";
import type { PileNotice } from "../../../../offchain/core/messages/pileNotice.ts";
import { bidCommitment, offerHash } from "../../../../offchain/core/messages/market.ts";
import { offerLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { rangesClaim } from "../../../../offchain/core/messages/provenRecord.ts";
import { offerFields } from "../../../../offchain/core/messages/records.ts";
import { uploadHash } from "../../../../offchain/core/messages/upload.ts";
import { claimHolds } from "../../../../offchain/core/primitives/proofs/equations.ts";
import { receiveNotice } from "../../../../offchain/parties/pile/trading.ts";
import { openRecords } from "../../../../offchain/parties/cloud/opening.ts";
import {
  AUCTION_ID,
  bidOf,
  CLEAR_OFFER,
  dealtKey,
  person,
  VENUE,
  type Person,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";
import { decisionFor, meeting, toPile, type Meeting } from "../../../support/parties/meeting.ts";

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
        salt: CLEAR_OFFER.salt,
      });
      const parts = { offerHash: offerHash(offer), uploadHash: uploadHash(upload) };
      expect(met.bid.uploadHash).to.equal(parts.uploadHash);
      expect(commitment).to.equal(bidCommitment(VENUE, AUCTION_ID, met.pile.wallet.address, parts));
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

  describe("receives a notice", () => {
    const received = (notice: PileNotice, { sealKeys } = met.pile): Promise<string> =>
      asyncRefusal(() => receiveNotice(sealKeys, met.bid, notice));

    it("and learns which vehicle comes and under which session, and nothing else", async () => {
      const notice = await toPile(met, met.note);
      expect(await receiveNotice(met.pile.sealKeys, met.bid, notice)).to.deep.equal({
        evId: met.vehicle.participantId,
        decision: decisionFor(met.note),
      });
    });

    const others: readonly Partial<DecisionNote>[] = [
      { bidCommitment: id("another bid") },
      { uploadHash: id("another offer") },
    ];
    for (const change of others) {
      it(`but not for another ${Object.keys(change).join()} than its own`, async () => {
        const notice = await toPile(met, { ...met.note, ...change });
        expect(await received(notice)).to.equal("ReceiveError E_RECEIVE_BID");
      });
    }

    it("but not one that was for somebody else", async () => {
      const notice = await toPile(met, met.note);
      expect(await received(notice, stranger)).to.equal("SealedBoxError E_AEAD");
    });
  });
});
