import { expect } from "chai";
import { id } from "ethers";
import {
  bidCommitment,
  FIRST_ROUND,
  MAX_ROUNDS,
  offerHash,
  roundOfBid,
  type BidParts,
  type Offer,
  type Venue,
} from "../../../../offchain/core/messages/market.ts";

const VENUE: Venue = {
  chainId: 31_337n,
  auctions: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
};
const AUCTION = id("an auction");
const PILE = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";
const OFFER: Offer = { pricePerKwh: 450_000n, powerW: 11_000n, salt: id("a salt") };
const BID: BidParts = { offerHash: offerHash(OFFER), uploadHash: id("an upload") };

describe("the round of a bid", () => {
  it("is found from offer and commitment, for every round there can be", () => {
    for (let round = FIRST_ROUND; round <= MAX_ROUNDS; round += 1n) {
      const commitment = bidCommitment(VENUE, AUCTION, PILE, BID, round);
      expect(roundOfBid(VENUE, AUCTION, PILE, BID, commitment)).to.equal(round);
    }
  });

  it("is the first where none is named", () => {
    const commitment = bidCommitment(VENUE, AUCTION, PILE, BID);
    expect(roundOfBid(VENUE, AUCTION, PILE, BID, commitment)).to.equal(FIRST_ROUND);
  });

  it("is none for another offer, auction, pile, or a round beyond the last", () => {
    const commitment = bidCommitment(VENUE, AUCTION, PILE, BID, 2n);
    const cheaper = { ...OFFER, pricePerKwh: OFFER.pricePerKwh - 1n };
    for (const other of [{ offerHash: offerHash(cheaper) }, { uploadHash: id("another") }]) {
      expect(roundOfBid(VENUE, AUCTION, PILE, { ...BID, ...other }, commitment)).to.equal(null);
    }
    expect(roundOfBid(VENUE, id("another"), PILE, BID, commitment)).to.equal(null);
    expect(roundOfBid(VENUE, AUCTION, VENUE.auctions, BID, commitment)).to.equal(null);
    const beyond = bidCommitment(VENUE, AUCTION, PILE, BID, MAX_ROUNDS + 1n);
    expect(roundOfBid(VENUE, AUCTION, PILE, BID, beyond)).to.equal(null);
  });
});
