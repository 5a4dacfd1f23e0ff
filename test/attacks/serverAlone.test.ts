/**
 * A matcher that goes on without its second server, played to the end on chain: it posts what the
 * cloud has not computed, releases who is matched, plays with people whom the chain does not know.
 * The contracts without the second signature are the straw man of
 * `test/contracts/attacks/ServerAlone.t.sol`; a cloud that signs whatever it is told is the one
 * here.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { send } from "../../offchain/chain/market.ts";
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { finalOutcome, signAsServer } from "../../offchain/core/messages/outcome.ts";
import { decideAuction, postDecisions } from "../../offchain/market/auction/decideAuction.ts";
import { answerMatch } from "../../offchain/market/auction/openMatch.ts";
import { releaseClosed, releaseLosers } from "../../offchain/market/auction/releasing.ts";
import type { MatchingInput } from "../../offchain/market/matching.ts";
import type { Decision } from "../../offchain/parties/proxy/store.ts";
import {
  asks,
  auctionTown,
  bids,
  openedIn,
  UNWATCHED,
  type Town,
} from "../support/market/auctionTown.ts";
import { refusalIn } from "../support/market/charging.ts";
import { fund } from "../support/market/deployed.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";

const BAD_SIGNATURE = "AuctionBadSignature";

describe("a matcher that goes on without the second server", () => {
  let connection: NetworkConnection;
  let town: Town;
  let auction: AnnouncedAuction;
  let untouched: readonly string[];

  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
    const { world } = town;
    for (const one of [world.vehicle, world.pile, world.otherPile]) await fund(world, one);
    auction = await openedIn(town);
    await asks(town, town.eva, auction);
    await bids(town, town.paul, auction, 450_000n);
    await bids(town, town.pia, auction, 500_000n);
    await connection.networkHelpers.time.increaseTo(auction.terms.biddingEnds);
    untouched = await held();
  });
  after(() => connection.close());

  /** Of everybody, free and locked. */
  async function held(): Promise<readonly string[]> {
    const { escrow } = town.world.market.contracts;
    return Promise.all(
      [town.eva, town.paul, town.pia].map(async ({ wallet }) => {
        const { free, locked } = await escrow.balanceOf(await wallet.getAddress());
        return `${free} free, ${locked} locked`;
      }),
    );
  }

  const decide = (meddle: (input: MatchingInput) => MatchingInput = (input) => input) =>
    decideAuction(
      town.world.market,
      town.matcher,
      { ...town.servers, match: (input) => town.servers.match(meddle(input)) },
      auction,
      UNWATCHED,
    );
  const decided = async (): Promise<Decision> => {
    const decision = await town.matcher.store.decision(auction.auctionId);
    if (decision === null) throw new Error("expected decisions");
    return decision;
  };
  const post = (
    decisions: readonly Bytes32[],
    root: Bytes32,
    signature: string,
  ): Promise<string> => {
    const { market } = town.world;
    const auctions = market.contracts.auctions.connect(town.matcher.wallet);
    const sent = () =>
      auctions.postDecisions(auction.auctionId, 1n, [...decisions], root, signature);
    return refusalIn(() => send(market, sent()));
  };

  it("gets no round with people whom the chain does not know, and loses nothing of theirs", async () => {
    const invented = (input: MatchingInput): MatchingInput => ({
      ...input,
      committed: { ...input.committed, offers: input.committed.offers.slice(1) },
    });
    expect(await asyncRefusal(() => decide(invented))).to.equal("LineError E_LINE_FRAME");
    expect(await held()).to.deep.equal(untouched);
  });

  it("posts no decisions but those that both have computed", async () => {
    await decide();
    const { matches, participantsRoot, secondSignature } = await decided();
    const decisions = matches.map(({ decision }) => decision);
    const { market } = town.world;
    const { auctionId } = auction;
    const lie = [id("a decision of its own")];
    expect(await post(lie, participantsRoot, secondSignature)).to.equal(BAD_SIGNATURE);
    expect(await post([], participantsRoot, secondSignature)).to.equal(BAD_SIGNATURE);
    expect(await post(decisions, id("others took part"), secondSignature)).to.equal(BAD_SIGNATURE);
    const content = finalOutcome({ auctionId, round: 1n }, lie, participantsRoot);
    const own = await signAsServer(town.matcher.wallet, market.venue, "final", content);
    expect(await post(lie, participantsRoot, own)).to.equal(BAD_SIGNATURE);
    expect(await held()).to.deep.equal(untouched);

    // Where the second server signs what it is told, the lie stands, and nobody is served.
    const snapshot = await connection.networkHelpers.takeSnapshot();
    const { signer } = town.world.secondServer;
    const careless = await signAsServer(signer, market.venue, "final", content);
    expect(await post(lie, participantsRoot, careless)).to.equal("accepted");
    const served = await asyncRefusal(() =>
      answerMatch(market, town.eva, { auctionId, matches }).then(({ refused }) => {
        if (refused !== null) throw new Error(refused.code);
      }),
    );
    expect(served).to.equal("Error without a code");
    await snapshot.restore();
  });

  it("releases nobody who is matched: the cloud does not sign it, and nobody else can", async () => {
    const { market } = town.world;
    const { auctionId, terms } = auction;
    await postDecisions(market, town.matcher, auctionId);
    const { matches } = await decided();
    const piles = matches.map(({ pile }) => pile);
    const content = { auctionId, vehicles: [], piles, deadline: terms.slotEnd };
    expect(await asyncRefusal(() => town.second.notSelected(content))).to.equal(
      "ServingError E_SERVE_MATCHED",
    );
    const own = await signAsServer(town.matcher.wallet, market.venue, "notSelected", content);
    const { release } = market.contracts.auctions.connect(town.matcher.wallet);
    const alone = () => send(market, release(auctionId, [], piles, terms.slotEnd, own, own));
    expect(await refusalIn(alone)).to.equal(BAD_SIGNATURE);
    expect(await held()).to.deep.equal(untouched);
  });

  it("changes nothing for the honest: the pair is served, the loser is free", async () => {
    const { market } = town.world;
    const { auctionId, terms } = auction;
    const { matches } = await decided();
    expect(await releaseLosers(market, town.matcher, town.second, auctionId)).to.equal(1);
    const { accepted } = await answerMatch(market, town.eva, { auctionId, matches });
    expect(accepted?.site).to.deep.equal(town.paul.site.position);
    await connection.networkHelpers.time.increaseTo(terms.openingEnds);
    const [, , pia] = await held();
    await releaseClosed(market, town.matcher.wallet, auctionId);
    expect(pia).to.contain(" 0 locked");
  });
});
