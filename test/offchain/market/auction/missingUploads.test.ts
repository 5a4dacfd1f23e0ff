/** What is missing of an auction: what stands on chain and was not sent, and nothing else. */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { AnnouncedAuction } from "../../../../offchain/core/messages/announcedAuction.ts";
import { decideAuction } from "../../../../offchain/market/auction/decideAuction.ts";
import { missingUploads } from "../../../../offchain/market/auction/missingUploads.ts";
import type { MatcherDesk } from "../../../../offchain/parties/proxy/matcherDesk.ts";
import type { PreparedOffer } from "../../../../offchain/market/auction/bidding.ts";
import {
  asks,
  auctionTown,
  bids,
  NO_SERVERS,
  openedIn,
  UNWATCHED,
  type Town,
} from "../../../support/market/auctionTown.ts";

describe("uploads that are missing", function () {
  this.timeout(120_000);
  let connection: NetworkConnection;
  let town: Town;
  let auction: AnnouncedAuction;
  let first: PreparedOffer;
  let second: PreparedOffer;

  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
    auction = await openedIn(town);
    await asks(town, town.eva, auction);
    await bids(town, town.paul, auction, 400_000n);
    first = await bids(town, town.pia, auction, 590_000n);
    second = await bids(town, town.pia, auction, 550_000n);
  });
  after(() => connection.close());

  /** The matcher's store as if these commitments had not come. */
  const without = (...lost: readonly string[]): MatcherDesk => {
    const { store } = town.matcher;
    const left: typeof store.left = async (auctionId, kind) =>
      (await store.left(auctionId, kind)).filter(
        (name) => !lost.some((commitment) => name.endsWith(commitment)),
      );
    return { ...town.matcher, store: { ...store, left } };
  };
  const missing = async (desk: MatcherDesk): Promise<readonly unknown[]> =>
    (await missingUploads(town.world.market, desk.store, auction.auctionId)).map(
      ({ kind, account }) => [kind, account],
    );

  it("are none where all came, also without one that was replaced", async () => {
    expect(await missing(town.matcher)).to.deep.equal([]);
    expect(await missing(without(first.bid.commitment))).to.deep.equal([]);
  });

  it("are named by account, requests first; a replaced one stands for no other", async () => {
    const { auctions } = town.world.market.contracts;
    const eva = await town.eva.wallet.getAddress();
    const pia = await town.pia.wallet.getAddress();
    const request = await auctions.requestOf(auction.auctionId, eva);
    expect(await missing(without(second.bid.commitment, request))).to.deep.equal([
      ["request", eva],
      ["offer", pia],
    ]);
  });

  it("stop the decision before either server is asked, or are left out when it is told so", async () => {
    const { market } = town.world;
    await connection.networkHelpers.time.increaseTo(auction.terms.biddingEnds);
    const desk = without(second.bid.commitment);
    const refused: unknown = await decideAuction(
      market,
      desk,
      NO_SERVERS,
      auction,
      UNWATCHED,
    ).catch((error: unknown) => error);
    const pia = await town.pia.wallet.getAddress();
    expect(refused).to.include({ code: "E_UPLOADS_MISSING" });
    expect(refused).to.have.nested.include({ "values.missing": 1, "values.account": pia });
    const { decided, matches } = await decideAuction(market, desk, town.servers, auction, {
      ...UNWATCHED,
      withoutMissing: true,
    });
    expect(decided?.missing.map(({ account }) => account)).to.deep.equal([pia]);
    expect(matches.map(({ pile }) => pile)).to.deep.equal([await town.paul.wallet.getAddress()]);
  });

  it("are no longer those of a request that was withdrawn", async () => {
    const { auctions } = town.world.market.contracts;
    const eva = await town.eva.wallet.getAddress();
    const request = await auctions.requestOf(auction.auctionId, eva);
    const { matchingEnds } = auction.terms;
    expect(await missing(without(request))).to.deep.equal([["request", eva]]);
    await connection.networkHelpers.time.increaseTo(matchingEnds);
    await auctions.connect(town.eva.wallet).withdrawRequest(auction.auctionId);
    expect(await missing(without(request))).to.deep.equal([]);
  });
});
