/**
 * Gas of the auctions from real transactions, held to what was promised. Beside each goal stands
 * what no contract with this storage and these events could save: 21,000 for the transaction, 16 a
 * byte of calldata that is not zero, cold reads (2,100 a slot, 2,600 an account), writes (20,000
 * new, 2,900 changed) and logs (375 + 375 a topic + 8 a byte).
 */
import { expect } from "chai";
import { id, Wallet, type ContractTransactionResponse, type Signer } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { decisionProof } from "../../offchain/core/messages/decisionTree.ts";
import {
  ANY_SCOPE,
  auctionIdOf,
  bidCommitment,
  decisionOf,
  offerHash,
  type AuctionTerms,
  type Bytes32,
  type Offer,
} from "../../offchain/core/messages/market.ts";
import { INVITATION_TYPES, openAuctionDomain } from "../../offchain/core/messages/typedData.ts";
import { send } from "../../offchain/chain/market.ts";
import { crowdOfPiles } from "../support/market/crowd.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { openOwnAuction } from "../support/market/ownAuction.ts";
import { signAsServer } from "../../offchain/core/messages/outcome.ts";
import {
  type ServerWallets,
  closeSigned,
  openSigned,
  postSigned,
  releaseSigned,
} from "../../offchain/study/gas/signedOutcomes.ts";

const CROWD = 20;
const DECISIONS = 100;
const ROUND_SECONDS = 60;
const OFFER: Offer = {
  pricePerKwh: 450_000n,
  powerW: 11_000n,
  salt: id("salt"),
};

const PARTS = { offerHash: offerHash(OFFER), uploadHash: id("upload") };

describe("gas of the auctions", function () {
  this.timeout(120_000);

  let connection: NetworkConnection;
  let world: MarketWorld;
  let piles: readonly Wallet[];

  before(async () => {
    connection = await network.create();
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    piles = await crowdOfPiles(world, CROWD);
  });
  after(() => connection.close());

  const gasOf = async (sent: Promise<ContractTransactionResponse>): Promise<number> =>
    Number((await send(world.market, sent)).gasUsed);

  const averageOf = async (
    each: (pile: Wallet) => Promise<ContractTransactionResponse>,
  ): Promise<number> => {
    let sum = 0;
    for (const pile of piles) sum += await gasOf(each(pile));
    return Math.round(sum / piles.length);
  };

  /** Prints what was measured: the report of a run shows it without another tool. */
  const held = (what: string, measured: number, goal: number): void => {
    console.log(`      ${what}: ${measured.toLocaleString("en")} of ${goal.toLocaleString("en")}`);
    expect(measured, what).to.be.at.most(goal);
  };

  describe("sealed", () => {
    let terms: AuctionTerms;
    let auctionId: Bytes32;
    let decisions: readonly Bytes32[];
    let sessionId: Bytes32;

    before(async () => {
      const now = BigInt(await nowSeconds(world));
      terms = {
        areaHash: id("an area"),
        roundKeyHash: id("a round key"),
        scope: ANY_SCOPE,
        secondServer: world.secondServer.signer.address,
        biddingEnds: now + 3_600n,
        matchingEnds: now + 7_200n,
        openingEnds: now + 10_800n,
        slotStart: now + 10_800n,
        slotEnd: now + 18_000n,
        maxRounds: 4n,
        roundSeconds: BigInt(ROUND_SECONDS),
        bidBond: 5_000_000n,
        vehicleDeposit: 20_000_000n,
        nonce: id("gas"),
      };
      auctionId = auctionIdOf(world.market.venue, world.matcher.signer.address, terms);
    });

    const committed = ({ address }: { readonly address: string }, round: bigint): Bytes32 =>
      bidCommitment(world.market.venue, auctionId, address, PARTS, round);
    const servers = (): ServerWallets => ({
      matcher: world.matcher.signer,
      second: world.secondServer.signer,
    });
    const closed = (round: bigint): Promise<ContractTransactionResponse> =>
      closeSigned(world.market, servers(), {
        ...{ auctionId, round },
        ...{ referencePricePerKwh: 450_000n, transcriptRoot: id("transcript") },
      });

    it("open", async () => {
      held("open", await gasOf(openSigned(world.market, servers(), terms)), 187_000);
    });

    it("request", async () => {
      const { auctions } = world.market.contracts;
      const { signer } = world.vehicle;
      const gas = await gasOf(auctions.connect(signer).request(auctionId, id("request")));
      held("request", gas, 76_500);
    });

    it("first bid: unavoidable 63,410", async () => {
      const { auctions } = world.market.contracts;
      const bid = (pile: Wallet) =>
        auctions.connect(pile).bid(auctionId, PARTS.offerHash, PARTS.uploadHash);
      held("first bid", await averageOf(bid), 70_500);
    });

    it("close a round", async () => {
      await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
      held("close a round", await gasOf(closed(1n)), 44_000);
    });

    it("improved bid: unavoidable 37,070", async () => {
      const { auctions } = world.market.contracts;
      const bid = (pile: Signer) =>
        auctions.connect(pile).bid(auctionId, PARTS.offerHash, PARTS.uploadHash);
      held("improved bid", await averageOf(bid), 43_000);
      await send(world.market, bid(world.pile.signer));
    });

    it("a hundred decisions: unavoidable 1,410 each", async () => {
      await connection.networkHelpers.time.increase(ROUND_SECONDS);
      await send(world.market, closed(2n));
      await connection.networkHelpers.time.increase(ROUND_SECONDS);

      const bid = committed(world.pile.signer, 2n);
      sessionId = decisionOf(auctionId, world.vehicle.id, world.pile.id, bid, id("r"));
      decisions = Array.from({ length: DECISIONS }, (_, k) => (k === 57 ? sessionId : id(`${k}`)));
      const gas = await gasOf(postSigned(world.market, servers(), auctionId, 3n, decisions));
      held("a decision", Math.round(gas / DECISIONS), 2_200);
    });

    it("start: the proof of one in a hundred", async () => {
      const { sessions } = world.market.contracts;
      const { vehicle, pile } = world;
      const opening = {
        auctionId,
        evId: vehicle.id,
        cpId: pile.id,
        round: 2n,
        offer: OFFER,
        uploadHash: PARTS.uploadHash,
        r: id("r"),
      };
      const proof = [...decisionProof(decisions, sessionId)];
      held("start", await gasOf(sessions.connect(vehicle.signer).start(opening, proof)), 145_000);
    });

    it("release in batches of twenty: unavoidable 11,900 each", async () => {
      const { auctions } = world.market.contracts;
      const losers = piles.map(({ address }) => address);
      const { slotEnd } = terms;
      const snapshot = await connection.networkHelpers.takeSnapshot();
      const relayed = { auctionId, vehicles: [], piles: losers, deadline: slotEnd };
      const { matcher, second } = servers();
      const [first, other] = await Promise.all(
        [matcher, second].map((server) =>
          signAsServer(server, world.market.venue, "notSelected", relayed),
        ),
      );
      const release = auctions.release(auctionId, [], losers, slotEnd, first ?? "", other ?? "");
      const byAnybody = await gasOf(release);
      await snapshot.restore();

      const free = { vehicles: [], piles: losers };
      const byMatcher = await gasOf(
        releaseSigned(world.market, servers(), auctionId, free, slotEnd),
      );
      held("a bidder released by a server", Math.round(byMatcher / CROWD), 13_500);
      held("a bidder released by both signatures", Math.round(byAnybody / CROWD), 13_900);
    });
  });

  describe("open", () => {
    it("from the call to the session", async () => {
      const { contracts, chainId } = world.market;
      const { openAuctions, sessions } = contracts;
      const { vehicle } = world;
      const { auctionId } = await openOwnAuction(world, "gas");
      const venue = { chainId, openAuctions: await openAuctions.getAddress() };
      let price = 590_000n;
      const bid = async (pile: Wallet): Promise<ContractTransactionResponse> => {
        const content = { auctionId, pile: pile.address, distanceM: 400n };
        const domain = openAuctionDomain(venue);
        const invitation = await vehicle.signer.signTypedData(domain, INVITATION_TYPES, content);
        price -= 6_000n;
        return openAuctions.connect(pile).bid(auctionId, price, 11_000n, 400n, invitation);
      };
      const [first] = piles;
      if (first === undefined) throw new Error("expected a crowd");
      held("the first bid", await gasOf(bid(first)), 130_000);
      held("a bid that outbids", await averageOf(bid), 119_000);
      held("a bid again", await averageOf(bid), 94_000);
      await connection.networkHelpers.time.increase(60);
      held("start", await gasOf(sessions.connect(vehicle.signer).startOpen(auctionId)), 139_000);
    });

    it("release without a bid", async () => {
      const { openAuctions } = world.market.contracts;
      const { auctionId, terms } = await openOwnAuction(world, "nobody came");
      await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
      held("release", await gasOf(openAuctions.release(auctionId)), 48_000);
    });
  });
});
