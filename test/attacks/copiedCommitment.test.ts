/**
 * Commitments are public. A pile that repeats another's on chain, and sends something that opens to
 * nothing under it, takes neither its place nor its match; it has locked a bond of its own.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import type { SentUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { decideAuction, postDecisions } from "../../offchain/market/auction/decideAuction.ts";
import { missingUploads } from "../../offchain/market/auction/missingUploads.ts";
import type { MatcherDesk } from "../../offchain/parties/proxy/matcherDesk.ts";
import { memoryMatcherStore, type MatcherStore } from "../../offchain/parties/proxy/store.ts";
import {
  asks,
  auctionTown,
  bids,
  openedIn,
  UNWATCHED,
  type Town,
} from "../support/market/auctionTown.ts";

/** As every upload, but opens to nothing. */
const JUNK = "0x00";

describe("a pile that repeats another's commitment", function () {
  this.timeout(120_000);
  let connection: NetworkConnection;
  let town: Town;
  let auction: AnnouncedAuction;
  let paul: string;
  let pia: string;
  /** What was left for the matcher, in its order. */
  const sent: SentUpload[] = [];

  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
    auction = await openedIn(town);
    paul = await town.paul.wallet.getAddress();
    pia = await town.pia.wallet.getAddress();
    const { auctions } = town.world.market.contracts;
    const sendUpload = (upload: SentUpload): Promise<void> => {
      sent.push(upload);
      return Promise.resolve();
    };
    await asks(town, { ...town.eva, sendUpload }, auction);
    // Locks a bond; what it is going to repeat is not there yet.
    await bids(town, { ...town.pia, sendUpload }, auction, 590_000n);
    const { bid } = await bids(town, { ...town.paul, sendUpload }, auction, 400_000n);
    const { auctionId } = auction;
    const { commitment } = bid;
    await auctions.connect(town.pia.wallet).bid(auctionId, commitment);
    sent.push({ auctionId, kind: "offer", account: pia, commitment, box: JUNK });
    await connection.networkHelpers.time.increaseTo(auction.terms.biddingEnds);
  });
  after(() => connection.close());

  /** The matcher, with everything that was sent in a store. */
  const matcherWith = async (store: MatcherStore): Promise<MatcherDesk> => {
    for (const upload of sent) await store.leave(upload);
    return { ...town.matcher, store };
  };
  const decided = async (desk: MatcherDesk) => {
    const { market } = town.world;
    const { matches, decided: round } = await decideAuction(
      market,
      desk,
      town.servers,
      auction,
      UNWATCHED,
    );
    return { piles: matches.map(({ pile }) => pile), unread: round?.unread ?? [] };
  };

  it("takes the upload of the other out of a store that knows commitments alone: straw man", async () => {
    const { piles, unread } = await decided(await matcherWith(byCommitment()));
    const accounts = unread.map(({ name }) => name.split("-")[0]);
    expect(accounts).to.have.members([paul, pia]);
    expect(piles).to.deep.equal([]);
  });

  it("is left out alone: nobody's upload is missing, and the other is matched", async () => {
    const { market } = town.world;
    const { auctionId } = auction;
    const desk = await matcherWith(town.matcher.store);
    expect(await missingUploads(market, desk.store, auctionId)).to.deep.equal([]);
    const { piles, unread } = await decided(desk);
    expect(unread.map(({ name }) => name.split("-")[0])).to.deep.equal([pia]);
    expect(piles).to.deep.equal([paul]);
  });

  it("pays for it: its bond is locked, and no decision is about it", async () => {
    const { market } = town.world;
    const { escrow } = market.contracts;
    expect(await postDecisions(market, town.matcher, auction.auctionId)).to.have.lengthOf(1);
    expect((await escrow.balanceOf(pia)).locked).to.equal(auction.terms.bidBond);
  });
});

/** A store whose boxes lie under commitments alone: the last one that was left there is in it. */
function byCommitment(): MatcherStore {
  const { left, leave, ...store } = memoryMatcherStore();
  const boxes = new Map<string, string>();
  return {
    ...store,
    left,
    leave: async (upload) => {
      boxes.set(upload.commitment, upload.box);
      await leave(upload);
    },
    box: (_auctionId, _kind, name) => {
      const [, commitment = ""] = name.split("-");
      return Promise.resolve(boxes.get(commitment) ?? JUNK);
    },
  };
}
