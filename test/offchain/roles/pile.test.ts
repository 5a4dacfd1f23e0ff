import { expect } from "chai";
import { id } from "ethers";
import { bidCommitment } from "../../../offchain/messages/market.ts";
import { offerFields } from "../../../offchain/messages/records.ts";
import { uploadHash } from "../../../offchain/messages/upload.ts";
import { decodeSigned } from "../../../offchain/primitives/paillier/encoding.ts";
import { decrypt } from "../../../offchain/primitives/paillier/privateKey.ts";
import { encrypt } from "../../../offchain/primitives/paillier/publicKey.ts";
import { prepareBid, receiveVehicle } from "../../../offchain/roles/pile.ts";
import { AUCTION_ID, CLEAR_OFFER, headerOf, person, VENUE, type Person } from "../market.ts";
import { asyncRefusal, counterRng, refusal } from "../primitives/support.ts";
import { decisionFor, deliver, KEY, meeting, toPile, type Meeting } from "./meeting.ts";

const { publicKey } = KEY;
const rng = counterRng("pile");

describe("the pile", () => {
  let met: Meeting;
  let stranger: Person;

  before(async () => {
    met = await meeting();
    stranger = await person("stranger");
  });

  describe("prepares a bid", () => {
    it("that commits to price, power and exactly the ciphertexts it uploads", () => {
      const { upload, offer, commitment } = met.bid;
      expect(offer).to.deep.equal({
        pricePerKwh: CLEAR_OFFER.pricePerKwh,
        powerW: 22_000n,
        encryptedOfferHash: uploadHash(upload),
        salt: CLEAR_OFFER.salt,
      });
      expect(commitment).to.equal(bidCommitment(VENUE, AUCTION_ID, met.pile.wallet.address, offer));
      const values = upload.fields.map((c) => decodeSigned(publicKey, decrypt(KEY, c), 544));
      expect(values).to.deep.equal(offerFields(CLEAR_OFFER));
    });

    it("with another commitment every time, for the same offer", () => {
      const again = prepareBid(VENUE, headerOf(met.pile), publicKey, CLEAR_OFFER, rng);
      expect(again.commitment).not.to.equal(met.bid.commitment);
    });

    it("not for an offer out of range", () => {
      const dear = { ...CLEAR_OFFER, pricePerKwh: 2n ** 24n };
      const prepare = (): unknown => prepareBid(VENUE, headerOf(met.pile), publicKey, dear, rng);
      expect(refusal(prepare)).to.equal("RecordError E_RECORD_RANGE");
    });
  });

  describe("receives a vehicle", () => {
    it("and learns its position, and can open the decision too", async () => {
      const delivery = await toPile(met, met.request, met.note);
      expect(await receiveVehicle(publicKey, met.pile.sealKeys, met.bid, delivery)).to.deep.equal({
        opening: {
          auctionId: AUCTION_ID,
          evId: met.vehicle.participantId,
          cpId: met.pile.participantId,
          offer: met.bid.offer,
          r: met.note.r,
        },
        decision: decisionFor(met.note),
        position: { xM: 1_000, yM: 1_000 },
      });
    });

    it("but not for another bid than its own", async () => {
      const note = { ...met.note, bidCommitment: id("another bid") };
      const delivery = await toPile(met, met.request, note);
      expect(
        await asyncRefusal(() => receiveVehicle(publicKey, met.pile.sealKeys, met.bid, delivery)),
      ).to.equal("ReceiveError E_RECEIVE_BID");
    });

    it("but not one that was delivered to somebody else", async () => {
      const delivery = await toPile(met, met.request, met.note);
      expect(
        await asyncRefusal(() => receiveVehicle(publicKey, stranger.sealKeys, met.bid, delivery)),
      ).to.equal("SealedBoxError E_AEAD");
    });

    const nonsense: Readonly<Record<string, readonly bigint[]>> = {
      "x below 0": [publicKey.n - 1n, 0n],
      "x of 2^16": [65_536n, 0n],
      "y below 0": [0n, publicKey.n - 1n],
      "y of 2^16": [0n, 65_536n],
      "x wider than any field": [publicKey.n / 2n, 0n],
      "x alone": [0n],
      "three numbers": [0n, 0n, 0n],
      nothing: [],
    };
    for (const [what, plaintexts] of Object.entries(nonsense)) {
      it(`but not at ${what}`, async () => {
        const fields = plaintexts.map((value) => encrypt(publicKey, value, rng));
        const delivery = await deliver(met.pile, fields, met.note);
        expect(
          await asyncRefusal(() => receiveVehicle(publicKey, met.pile.sealKeys, met.bid, delivery)),
        ).to.equal("ReceiveError E_RECEIVE_POSITION");
      });
    }

    it("at the edges of the map", async () => {
      const fields = [65_535n, 0n].map((value) => encrypt(publicKey, value, rng));
      const delivery = await deliver(met.pile, fields, met.note);
      const { position } = await receiveVehicle(publicKey, met.pile.sealKeys, met.bid, delivery);
      expect(position).to.deep.equal({ xM: 65_535, yM: 0 });
    });
  });
});
