/**
 * Opening an auction, knowing it, asking and bidding in it: what is kept before the chain is told,
 * and what is checked.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { AnnouncedAuction } from "../../../../offchain/core/messages/announcedAuction.ts";
import { offerFields } from "../../../../offchain/core/messages/records.ts";
import { prepareOffer } from "../../../../offchain/market/auction/bidding.ts";
import { phaseOf } from "../../../../offchain/market/auction/rounds.ts";
import { checkAuction, knowAuction } from "../../../../offchain/market/auction/knownAuction.ts";
import { openAuction } from "../../../../offchain/market/auction/openAuction.ts";
import { signRequest } from "../../../../offchain/market/auction/requesting.ts";
import { relayCall } from "../../../../offchain/market/relaying.ts";
import type { OfferDesk } from "../../../../offchain/parties/pile/offerDesk.ts";
import type { RequestDesk } from "../../../../offchain/parties/vehicle/requestDesk.ts";
import {
  asks,
  auctionTown,
  bids,
  dealtIn,
  openedIn,
  planOf,
  wouldAsk,
  type Town,
} from "../../../support/market/auctionTown.ts";
import { otherDealtKey } from "../../../support/matching/crowdRound.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";

const NOTHING = `0x${"00".repeat(32)}`;

describe("an auction that is opened", function () {
  this.timeout(60_000);
  let connection: NetworkConnection;
  let town: Town;

  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
  });
  after(() => connection.close());

  it("is announced, and its key at the cloud, before the chain is told", async () => {
    const { world, matcher } = town;
    const seen: string[] = [];
    const noted = async (what: string, auctionId: string): Promise<void> => {
      seen.push(`${what}: ${await phaseOf(world.market, auctionId)}`);
    };
    const desk = {
      ...matcher,
      store: {
        ...matcher.store,
        announce: ({ auctionId }: AnnouncedAuction) => noted("announced", auctionId),
      },
    };
    const dealt = {
      ...dealtIn(town),
      handOver: (auctionId: string) => noted("key", auctionId),
    };
    const { auctionId } = await openAuction(world.market, desk, dealt, await planOf(town));
    seen.push(`opened: ${await phaseOf(world.market, auctionId)}`);
    expect(seen).to.deep.equal(["announced: none", "key: none", "opened: bidding"]);
  });

  it("has the times of its plan", async () => {
    const plan = await planOf(town, 3n);
    const { terms } = await openAuction(town.world.market, town.matcher, dealtIn(town), plan);
    expect(terms).to.include({
      biddingEnds: BigInt(plan.biddingEnds),
      matchingEnds: BigInt(plan.matchingEnds),
      slotStart: BigInt(plan.slotStart),
      slotEnd: BigInt(plan.slotEnd),
      openingEnds: BigInt(plan.openingEnds),
      maxRounds: 3n,
    });
  });

  it("is known by its terms, its key and its area, and by no others", async () => {
    const { market } = town.world;
    const { store } = town.matcher;
    const auction = await openedIn(town);
    expect(await knowAuction(market, store, auction.auctionId)).to.deep.equal(auction);
    const answer = (change: Partial<AnnouncedAuction>): Promise<string> =>
      asyncRefusal(() => checkAuction(market, { ...auction, ...change }));
    const { terms, area } = auction;
    expect(await answer({ terms: { ...terms, bidBond: 1n } })).to.equal(
      "StepError E_AUCTION_TERMS",
    );
    expect(await answer({ roundKey: otherDealtKey().roundKey })).to.equal(
      "StepError E_AUCTION_KEY",
    );
    expect(await answer({ area: { ...area, reachM: 1 } })).to.equal("StepError E_AUCTION_AREA");
    expect(await asyncRefusal(() => knowAuction(market, store, id("another")))).to.equal(
      "StepError E_AUCTION_UNKNOWN",
    );
  });

  describe("and asked and bid in", () => {
    let auction: AnnouncedAuction;

    before(async () => {
      auction = await openedIn(town);
    });

    /** What the chain has of an account whenever its store or the proxy gets something. */
    const watching = <Desk extends RequestDesk | OfferDesk>(
      desk: Desk,
      seen: string[],
    ): Pick<Desk, "sendUpload" | "faucet"> => {
      const note = async (what: string): Promise<void> => {
        const { auctions } = town.world.market.contracts;
        const account = await desk.wallet.getAddress();
        const [request, bid] = [
          await auctions.requestOf(auction.auctionId, account),
          await auctions.bidOf(auction.auctionId, account),
        ];
        seen.push(`${what}: ${request === NOTHING && bid === NOTHING ? "nothing" : "committed"}`);
      };
      return {
        faucet: async (market, owner, units) => {
          await note(`${units} free`);
          await desk.faucet?.(market, owner, units);
        },
        sendUpload: async (sent) => {
          await note(sent.kind);
          await desk.sendUpload(sent);
        },
      };
    };

    it("keeps the wish and the upload before the request is on chain, and locks one deposit", async () => {
      const { eva } = town;
      const seen: string[] = [];
      const store: RequestDesk["store"] = {
        ...eva.store,
        keepWish: async (...kept) => {
          seen.push("wish");
          await eva.store.keepWish(...kept);
        },
      };
      const desk = { ...eva, ...watching(eva, seen), store };
      const first = await asks(town, desk, auction);
      const second = await asks(town, desk, auction);
      expect(seen).to.deep.equal([
        "20000000 free: nothing",
        "wish",
        "request: nothing",
        "wish",
        "request: committed",
      ]);
      const { auctionId } = auction;
      for (const { commitment } of [first, second]) {
        expect(await eva.store.wishBehind(auctionId, commitment)).to.include({ maxDistanceM: 800 });
      }
      const { auctions } = town.world.market.contracts;
      const account = await eva.wallet.getAddress();
      expect(await auctions.requestOf(auctionId, account)).to.equal(second.commitment);
    });

    it("takes the request of a vehicle that signs and sends nothing, if its deposit is free", async () => {
      const { ed, world } = town;
      const { market, stranger } = world;
      const [account, seen]: [string, string[]] = [await ed.wallet.getAddress(), []];
      const desk = { ...ed, ...watching(ed, seen) };
      const prepared = await wouldAsk(town, desk, auction);
      const sign = () => signRequest(market, desk, auction, prepared);
      expect(await asyncRefusal(sign)).to.equal("RefusedError E_REFUSED");
      expect(seen, "nothing is handed over for nothing").to.deep.equal([]);

      const { vehicleDeposit } = auction.terms;
      await world.faucet(market, stranger, vehicleDeposit);
      const { escrow, token, auctions } = market.contracts;
      await token.connect(stranger).approve(await escrow.getAddress(), vehicleDeposit);
      await escrow.connect(stranger).deposit(account, vehicleDeposit);
      const sent = await world.connection.ethers.provider.getTransactionCount(account);
      const { call, commitment, depositUnits } = await sign();
      expect(seen).to.deep.equal(["request: nothing"]);
      expect([call.deadline, depositUnits]).to.deep.equal([
        auction.terms.biddingEnds,
        vehicleDeposit,
      ]);
      await relayCall(market, stranger, call);
      expect(await auctions.requestOf(auction.auctionId, account)).to.equal(commitment);
      expect(await world.connection.ethers.provider.getTransactionCount(account)).to.equal(sent);
    });

    it("keeps the salt and the upload before the bid is on chain, and locks one bond", async () => {
      const { paul } = town;
      const seen: string[] = [];
      const desk = { ...paul, ...watching(paul, seen) };
      const first = await bids(town, desk, auction, 500_000n);
      await bids(town, desk, auction, 450_000n);
      expect(seen).to.deep.equal(["5000000 free: nothing", "offer: nothing", "offer: committed"]);
      const kept = await paul.store.bidBehind(auction.auctionId, first.bid.commitment);
      expect(kept?.offer.salt).to.equal(first.bid.offer.salt);
    });

    it("takes the set and the cells of a bucket along, and the features of the site's power", async () => {
      const { pia, world } = town;
      const fields: bigint[] = [];
      const watched: OfferDesk = {
        ...pia,
        encryptProven: (header, roundKey, layout, values) => {
          fields.push(...values);
          return pia.encryptProven(header, roundKey, layout, values);
        },
      };
      const whereabouts = { setId: id("a set"), cells: [{ column: 1, row: 2 }] };
      const ask = { round: 2n, pricePerKwh: 400_000n };
      const { bid } = await prepareOffer(world.market, watched, auction, ask, whereabouts);
      expect(bid.upload).to.deep.include(whereabouts);
      const { position, siteSalt, powerW } = pia.site;
      const { salt } = bid.offer;
      const clear = { position, siteSalt, powerW, salt, pricePerKwh: 400_000n };
      expect(fields).to.deep.equal(offerFields({ ...clear, featureAsks: [0n, null] }));
    });

    it("still has the salt of a bid that the chain refused", async () => {
      const { pia, world } = town;
      const { authority, market, otherPile } = world;
      const { identities } = market.contracts;
      await identities.connect(authority).suspend(otherPile.signer.address);
      const left = town.matcher.store.left;
      const before = await left(auction.auctionId, "offer");
      expect(await asyncRefusal(() => bids(town, pia, auction, 480_000n))).to.include(
        "RefusedError",
      );
      await identities.connect(authority).reinstate(otherPile.signer.address);
      const [name = ""] = (await left(auction.auctionId, "offer")).filter(
        (one) => !before.includes(one),
      );
      const [, commitment = ""] = name.split("-");
      expect(await pia.store.bidBehind(auction.auctionId, commitment)).not.to.equal(null);
    });
  });
});
