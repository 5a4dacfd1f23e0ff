/**
 * The end of rounds and of an auction: who is left out, what is kept before it is said, and who
 * goes on after an interrupt.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { AnnouncedAuction } from "../../../../offchain/core/messages/announcedAuction.ts";
import { requestCommitment } from "../../../../offchain/core/messages/market.ts";
import { lastClosedRound } from "../../../../offchain/chain/closedRound.ts";
import { pendingSeconds } from "../../../../offchain/chain/market.ts";
import { orderSeed } from "../../../../offchain/chain/orderSeed.ts";
import { closeRound } from "../../../../offchain/market/auction/closeRound.ts";
import {
  decideAuction,
  decidedMatches,
  postDecisions,
  type DecidedAuction,
} from "../../../../offchain/market/auction/decideAuction.ts";
import { readMatchNotice } from "../../../../offchain/market/auction/matchNotice.ts";
import { openMatch } from "../../../../offchain/market/auction/openMatch.ts";
import { settledSeed } from "../../../../offchain/market/auction/orderOfRound.ts";
import {
  releaseClosed,
  releaseLosers,
  RELEASE_RELAY_SECONDS,
} from "../../../../offchain/market/auction/releasing.ts";
import { phaseOf, runningRound } from "../../../../offchain/market/auction/rounds.ts";
import { lastStanding } from "../../../../offchain/market/auction/standing.ts";
import { committedIn } from "../../../../offchain/chain/committed.ts";
import { gatherSubmissions } from "../../../../offchain/market/auction/submissions.ts";
import type { MatchingServers } from "../../../../offchain/market/matching.ts";
import type { OfferDesk } from "../../../../offchain/parties/pile/offerDesk.ts";
import type { MatcherDesk } from "../../../../offchain/parties/proxy/matcherDesk.ts";
import { memoryMatcherStore } from "../../../../offchain/parties/proxy/store.ts";
import {
  asks,
  auctionTown,
  bids,
  NO_SERVERS,
  openedIn,
  passTo,
  UNWATCHED,
  type Town,
} from "../../../support/market/auctionTown.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";

describe("the end of a round", function () {
  this.timeout(120_000);
  let connection: NetworkConnection;
  let town: Town;
  let auction: AnnouncedAuction;

  /** Two rounds at most: eva asks, paul and pia bid, pia twice. */
  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
    auction = await openedIn(town, 2n);
    await asks(town, town.eva, auction);
    await bids(town, town.paul, auction, 400_000n);
    await bids(town, town.pia, auction, 590_000n);
    await bids(town, town.pia, auction, 550_000n);
  });
  after(() => connection.close());

  const close = (
    matcher: MatcherDesk,
    servers: MatchingServers = town.servers,
  ): ReturnType<typeof closeRound> =>
    closeRound(town.world.market, matcher, servers, auction, UNWATCHED);
  const decide = (
    servers: MatchingServers = town.servers,
    matcher = town.matcher,
  ): ReturnType<typeof decideAuction> =>
    decideAuction(town.world.market, matcher, servers, auction, UNWATCHED);
  /** The matcher with what was sent to it, that keeps what it says and decides apart. */
  const forgetful = (): MatcherDesk => {
    const { keepClosing, closing, keepDecided, decided, decision } = memoryMatcherStore();
    const apart = { keepClosing, closing, keepDecided, decided, decision };
    return { ...town.matcher, store: { ...town.matcher.store, ...apart } };
  };

  it("is not before its time, and says when that is", async () => {
    for (const early of [() => close(town.matcher, NO_SERVERS), () => decide(NO_SERVERS)]) {
      const error: unknown = await early().catch((one: unknown) => one);
      expect(error).to.include({ code: "E_AUCTION_PHASE" });
      expect(error).to.have.nested.include({
        "values.phase": "bidding",
        "values.roundEnds": auction.terms.biddingEnds,
      });
    }
  });

  const gathered = async (): ReturnType<typeof gatherSubmissions> => {
    const committed = await committedIn(town.world.market, auction.auctionId);
    return gatherSubmissions(committed, town.matcher, auction);
  };

  it("has everybody as the chain knows them, and passes over what was replaced", async () => {
    const { market, vehicle, pile, otherPile } = town.world;
    const { requests, offers, unread } = await gathered();
    expect(unread).to.deep.equal([]);
    expect(requests.map(({ participantId }) => participantId)).to.deep.equal([vehicle.id]);
    expect(offers.map(({ participantId }) => participantId)).to.deep.equal([pile.id, otherPile.id]);
    const { auctions } = market.contracts;
    for (const { signed, commitment } of offers) {
      const { account } = signed.upload;
      expect(commitment).to.equal(await auctions.bidOf(auction.auctionId, account));
    }
  });

  it("leaves out one upload that does not open, and names it", async () => {
    const { auctionId } = auction;
    const { leave, left, box } = town.matcher.store;
    const [name = ""] = await left(auctionId, "request");
    const good = await box(auctionId, "request", name);
    const bad = good.slice(0, -2) + (good.endsWith("00") ? "01" : "00");
    const sent = { auctionId, kind: "request", ...namedIn(name) } as const;
    await leave({ ...sent, box: bad });
    const { requests, offers, unread } = await gathered();
    await leave({ ...sent, box: good });
    expect([requests.length, offers.length]).to.deep.equal([0, 2]);
    expect(unread.map(({ kind, name: of }) => [kind, of])).to.deep.equal([["request", name]]);
    expect(unread[0]?.code).to.match(/^E_/);
  });

  it("passes over an upload that was left under another's commitment", async () => {
    const { market } = town.world;
    const { venue } = market;
    const { auctionId } = auction;
    const { leave, left, box } = town.matcher.store;
    const [name = ""] = await left(auctionId, "offer");
    const copied = await box(auctionId, "offer", name);
    const commitment = requestCommitment(venue, auctionId, venue.auctions, auctionId);
    const { account } = namedIn(name);
    await leave({ auctionId, kind: "offer", account, commitment, box: copied });
    const { offers, unread } = await gathered();
    expect([offers.length, unread.length]).to.deep.equal([2, 0]);
  });

  it("has an order although nobody has mined a block since: empty transactions make them", async () => {
    const { market, matcher } = town.world;
    const snapshot = await connection.networkHelpers.takeSnapshot();
    await passTo(town, auction.terms.biddingEnds);
    expect(await asyncRefusal(() => orderSeed(market, auction.terms))).to.equal(
      "OrderSeedError E_ORDER_SEED",
    );
    const blocks = await market.provider.getBlockNumber();
    const seed = await settledSeed(market, matcher.signer, auction.terms);
    expect(await market.provider.getBlockNumber()).to.equal(blocks + 2);
    expect(await orderSeed(market, auction.terms)).to.equal(seed);
    await snapshot.restore();
  });

  it("goes on with the words of another run that was first: the root on chain is that of the kept notices", async () => {
    const { market } = town.world;
    const { auctionId, terms } = auction;
    const snapshot = await connection.networkHelpers.takeSnapshot();
    await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
    const matcher = forgetful();
    const firsts: Awaited<ReturnType<typeof close>>[] = [];
    const rehearse: MatchingServers["rehearse"] = async (input) => {
      firsts.push(await close(matcher));
      return town.servers.rehearse(input);
    };
    const second = await asyncRefusal(() => close(matcher, { ...NO_SERVERS, rehearse }));
    expect(second).to.include("RefusedError");
    expect(firsts).to.have.length(1);
    const kept = await matcher.store.closing(auctionId, 1n);
    expect(kept).to.deep.equal(firsts[0]?.closing);
    expect((await lastClosedRound(market, auctionId))?.transcriptRoot).to.equal(kept?.root);
    const standing = await lastStanding(market, town.paul, matcher.store, auctionId);
    expect(standing).to.include({ round: 1n, leads: true });
    await snapshot.restore();
  });

  it("goes on with the same words after an interrupt: notices are kept before their root is on chain", async () => {
    const { market, stranger } = town.world;
    const { auctionId, terms } = auction;
    await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
    const interrupted = await asyncRefusal(() => close({ ...town.matcher, wallet: stranger }));
    expect(interrupted).to.include("RefusedError");
    const kept = await town.matcher.store.closing(auctionId, 1n);
    expect(kept?.notices.length).to.equal(2);
    expect(await lastClosedRound(market, auctionId)).to.equal(null);
    expect(
      await asyncRefusal(() => lastStanding(market, town.pia, town.matcher.store, auctionId)),
    ).to.equal("StepError E_ROUND_OPEN");

    const closed = await close(town.matcher, NO_SERVERS);
    expect(closed.rehearsed).to.equal(null);
    expect(closed.closing).to.deep.equal(kept);
    expect(closed.nextRoundEnds > terms.biddingEnds).to.equal(true);
    expect((await lastClosedRound(market, auctionId))?.transcriptRoot).to.equal(kept?.root);
  });

  it("tells each pile where the bid stood that it had then, also when it has bid again", async () => {
    const { market } = town.world;
    const { auctionId } = auction;
    const said = town.matcher.store;
    const paul = await lastStanding(market, town.paul, said, auctionId);
    expect(paul).to.include({ round: 1n, leads: true, referencePricePerKwh: 400_000n });
    const before = await lastStanding(market, town.pia, said, auctionId);
    expect(before.leads).to.equal(false);
    await bids(town, town.pia, auction, 380_000n, 2n);
    expect(await lastStanding(market, town.pia, said, auctionId)).to.deep.equal(before);
  });

  it("tells nothing to who had no bid, and nothing that the matcher did not publish", async () => {
    const { market } = town.world;
    const { auctionId } = auction;
    const { store } = town.matcher;
    const none = { wallet: town.eva.wallet, sealKeys: town.eva.sealKeys };
    expect(await asyncRefusal(() => lastStanding(market, none, store, auctionId))).to.equal(
      "StepError E_NO_NOTICE",
    );
    const silent = { closing: () => Promise.resolve(null) };
    expect(await asyncRefusal(() => lastStanding(market, town.paul, silent, auctionId))).to.equal(
      "StepError E_NO_NOTICE",
    );
    const closing = await store.closing(auctionId, 1n);
    const piles = closing?.notices ?? [];
    const crossed = piles.map(({ pile }, k) => ({ pile, box: piles.at(k - 1)?.box ?? "" }));
    const crossing = { closing: () => Promise.resolve({ notices: crossed }) };
    expect(await asyncRefusal(() => lastStanding(market, town.paul, crossing, auctionId))).to.match(
      /^(SealedBoxError|StandingError) /,
    );
  });

  describe("that was the last one", () => {
    before(async () => {
      const { roundEnds } = await runningRound(town.world.market, auction.auctionId);
      await connection.networkHelpers.time.increaseTo(roundEnds);
    });

    it("is not closed, and nothing is posted or released before it is matched", async () => {
      const { market } = town.world;
      const { auctionId } = auction;
      expect(await asyncRefusal(() => close(town.matcher, NO_SERVERS))).to.equal(
        "StepError E_ROUND_LAST",
      );
      for (const step of [
        () => postDecisions(market, town.matcher, auctionId),
        () => releaseLosers(market, town.matcher, town.second, auctionId),
      ]) {
        expect(await asyncRefusal(step)).to.equal("StepError E_NOT_DECIDED");
      }
    });

    it("is matched by two at once: both go on with the decisions of the first", async () => {
      const { market } = town.world;
      const { auctionId } = auction;
      const snapshot = await connection.networkHelpers.takeSnapshot();
      const matcher = forgetful();
      const firsts: DecidedAuction[] = [];
      const match: MatchingServers["match"] = async (input) => {
        firsts.push(await decide(town.servers, matcher));
        await postDecisions(market, matcher, auctionId);
        return town.servers.match(input);
      };
      const second = await decide({ ...NO_SERVERS, match }, matcher);
      const [first] = firsts;
      expect(first?.decided).not.to.equal(null);
      expect(second).to.deep.equal({ matches: first?.matches, decided: null });
      expect(await asyncRefusal(() => postDecisions(market, matcher, auctionId))).to.include(
        "RefusedError",
      );
      const matches = await decidedMatches(matcher.store, auctionId);
      const { session } = await openMatch(market, town.eva, { auctionId, matches });
      expect(session).to.equal(first?.matches[0]?.decision);
      await snapshot.restore();
    });

    it("is matched once: the result is kept, and an interrupted run posts the same decisions", async () => {
      const { market } = town.world;
      const { auctionId } = auction;
      const { matches, decided } = await decide();
      expect(decided?.unread).to.deep.equal([]);
      expect(matches.map(({ pile }) => pile)).to.deep.equal([await town.pia.wallet.getAddress()]);
      expect(await phaseOf(market, auctionId)).to.equal("matching");

      const again = await decide(NO_SERVERS);
      expect(again).to.deep.equal({ matches, decided: null });
      const posted = await postDecisions(market, town.matcher, auctionId);
      expect(posted).to.deep.equal(matches.map(({ decision }) => decision));
      expect(await phaseOf(market, auctionId)).to.equal("opening");
      expect(await asyncRefusal(() => decide(NO_SERVERS))).to.equal("StepError E_AUCTION_PHASE");
    });

    it("is opened by the vehicle, noticed by the pile, and by nobody else", async () => {
      const { market } = town.world;
      const { auctionId } = auction;
      const matches = await decidedMatches(town.matcher.store, auctionId);
      const decided = { auctionId, matches };
      const vehicle = await openMatch(market, town.eva, decided);
      expect(vehicle.site).to.deep.equal(town.pia.site.position);
      expect(vehicle.opening).to.include({ round: 2n });
      expect(vehicle.session).to.equal(matches[0]?.decision);
      expect(await readMatchNotice(market, town.pia, decided)).to.deep.equal({
        session: vehicle.session,
        vehicle: await town.eva.wallet.getAddress(),
      });
      const refused = (desk: OfferDesk): Promise<string> =>
        asyncRefusal(() => readMatchNotice(market, desk, decided));
      expect(await refused(town.paul)).to.equal("StepError E_NOT_MATCHED");
      expect(await refused({ ...town.pia, store: town.paul.store })).to.equal("StepError E_NO_BID");
      const forgotten = { ...town.eva, store: town.ed.store };
      expect(await asyncRefusal(() => openMatch(market, forgotten, decided))).to.equal(
        "StepError E_NO_REQUEST",
      );
      const asPile = { ...town.eva, wallet: town.pia.wallet };
      expect(await asyncRefusal(() => openMatch(market, asPile, decided))).to.equal(
        "StepError E_NOT_THE_VEHICLE",
      );
    });

    it("is noticed under no other vehicle than the matcher has published", async () => {
      const { market } = town.world;
      const { auctionId } = auction;
      const vehicle = await town.ed.wallet.getAddress();
      const matches = (await decidedMatches(town.matcher.store, auctionId)).map((match) => ({
        ...match,
        vehicle,
      }));
      expect(
        await asyncRefusal(() => readMatchNotice(market, town.pia, { auctionId, matches })),
      ).to.equal("ReceiveError E_RECEIVE_VEHICLE");
    });

    it("frees who lost, with a signature that lasts an hour from now", async () => {
      const { market } = town.world;
      const { auctions } = market.contracts;
      const { auctionId } = auction;
      const [from, clock] = [await market.provider.getBlockNumber(), await pendingSeconds(market)];
      expect(await releaseLosers(market, town.matcher, town.second, auctionId)).to.equal(1);
      const block = await market.provider.getBlock(from + 1, true);
      const [call] = block?.prefetchedTransactions ?? [];
      const sent = auctions.interface.parseTransaction({ data: call?.data ?? "" });
      const deadline = Number(sent?.args.deadline);
      expect(deadline - clock - RELEASE_RELAY_SECONDS).to.be.within(0, 5);
      const paul = await town.paul.wallet.getAddress();
      expect(sent?.args.piles).to.deep.equal([paul]);
      expect(BigInt(await auctions.bidOf(auctionId, paul))).to.equal(0n);
      const pia = await town.pia.wallet.getAddress();
      expect(BigInt(await auctions.bidOf(auctionId, pia))).not.to.equal(0n);
      expect(await releaseLosers(market, town.matcher, town.second, auctionId)).to.equal(0);
    });

    it("frees everybody when it is closed, for anybody and without a signature", async () => {
      const { market, stranger } = town.world;
      const { auctionId, terms } = auction;
      expect(await asyncRefusal(() => releaseClosed(market, stranger, auctionId))).to.include(
        "RefusedError",
      );
      await connection.networkHelpers.time.increaseTo(terms.openingEnds);
      expect(await releaseClosed(market, stranger, auctionId)).to.equal(2);
      const { locked } = await market.contracts.escrow.balanceOf(
        await town.eva.wallet.getAddress(),
      );
      expect(locked).to.equal(0n);
    });
  });
});

/** What the name of an upload is made of. */
function namedIn(name: string): { readonly account: string; readonly commitment: string } {
  const [account = "", commitment = ""] = name.split("-");
  return { account, commitment };
}
