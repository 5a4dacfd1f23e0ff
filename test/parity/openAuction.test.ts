/** The open auction: hashes, score and invitations, TypeScript against the EVM. */
import { expect } from "chai";
import { getAddress, id } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  openAuctionIdOf,
  openBidCommitment,
  openDecisionOf,
  type OpenBid,
  type OpenVenue,
} from "../../offchain/core/messages/openAuction.ts";
import { INVITATION_TYPES, openAuctionDomain } from "../../offchain/core/messages/typedData.ts";
import { effectivePriceUp } from "../../offchain/core/pricing/score.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { send } from "../../offchain/chain/market.ts";
import type { ParityHarness } from "../../types/ethers-contracts/index.js";
import { populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { openOwnAuction, type OwnAuction } from "../support/market/ownAuction.ts";
import { qualities, rules } from "../support/pricing/bidders.ts";

const RUNS = { numRuns: 200, seed: 0x5eed };
const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt(0n, 2n ** BigInt(bits) - 1n);
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(bytesToHex(bytes)));
const terms = fc.record({
  rule: rules,
  quietSeconds: uint(16),
  biddingEnds: uint(40),
  openingEnds: uint(40),
  slotStart: uint(40),
  slotEnd: uint(40),
  bidBond: uint(128),
  vehicleDeposit: uint(128),
  nonce: bytes32,
});

describe("the open auction, TypeScript and Solidity", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;
  let harness: ParityHarness;
  let venue: OpenVenue;

  before(async () => {
    connection = await network.create();
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    harness = await connection.ethers.deployContract("ParityHarness");
    const { chainId, contracts } = world.market;
    venue = { chainId, openAuctions: await contracts.openAuctions.getAddress() };
  });
  after(() => connection.close());

  it("agree on the id of an auction", async () => {
    const { openAuctions } = world.market.contracts;
    await fc.assert(
      fc.asyncProperty(address, terms, async (vehicle, given) => {
        const onChain = await openAuctions.auctionIdOf(vehicle, given);
        expect(openAuctionIdOf(venue, vehicle, given)).to.equal(onChain);
      }),
      RUNS,
    );
  });

  it("agree on the score of any bid under any rule", async () => {
    await fc.assert(
      fc.asyncProperty(rules, qualities, uint(64), async (rule, given, price) => {
        const distanceM = given.distanceM % (rule.maxDistanceM + 1n);
        const at = { ...given, distanceM };
        const onChain = await harness.effectivePrice(
          rule,
          price,
          at.powerW,
          at.ratingWad,
          at.distanceM,
        );
        expect(effectivePriceUp(rule, price, at)).to.equal(onChain);
      }),
      RUNS,
    );
  });

  describe("with a bid", () => {
    let own: OwnAuction;
    let bid: OpenBid;

    before(async () => {
      own = await openOwnAuction(world, "parity");
      bid = {
        auctionId: own.auctionId,
        bidNumber: 1n,
        bidder: world.pile.signer.address,
        pricePerKwh: 450_000n,
        powerW: 11_000n,
      };
    });

    const invited = (fields = INVITATION_TYPES): Promise<string> =>
      world.vehicle.signer.signTypedData(openAuctionDomain(venue), fields, {
        auctionId: own.auctionId,
        pile: bid.bidder,
        distanceM: 400n,
      });
    const offer = (auctionId: string, distanceM: bigint, invitation: string): Promise<void> =>
      world.market.contracts.openAuctions
        .connect(world.pile.signer)
        .bid.staticCall(auctionId, bid.pricePerKwh, bid.powerW, distanceM, invitation);

    it("take an invitation as it was signed", async () => {
      await offer(own.auctionId, 400n, await invited());
    });

    it("refuse one for another distance, auction, pile, or contract", async () => {
      const { openAuctions } = world.market.contracts;
      const other = await openOwnAuction(world, "other");
      const elsewhere = { ...venue, openAuctions: world.market.venue.auctions };
      const content = { auctionId: own.auctionId, pile: bid.bidder, distanceM: 400n };
      const { signer } = world.vehicle;
      const forOther = await signer.signTypedData(openAuctionDomain(venue), INVITATION_TYPES, {
        ...content,
        pile: world.otherPile.signer.address,
      });
      const foreign = await signer.signTypedData(
        openAuctionDomain(elsewhere),
        INVITATION_TYPES,
        content,
      );
      const own400 = await invited();
      const refused: readonly (readonly [auctionId: string, distanceM: bigint, by: string])[] = [
        [own.auctionId, 401n, own400],
        [other.auctionId, 400n, own400],
        [own.auctionId, 400n, forOther],
        [own.auctionId, 400n, foreign],
      ];
      for (const one of refused) {
        await expect(offer(...one)).to.be.revertedWithCustomError(openAuctions, "OpenNotInvited");
      }
    });

    it("agree on the effective price and on the decision of the leading bid", async () => {
      const { openAuctions } = world.market.contracts;
      const { bidder, pricePerKwh, powerW } = bid;
      const effective = effectivePriceUp(own.terms.rule, pricePerKwh, {
        powerW,
        ratingWad: 0n,
        distanceM: 400n,
      });
      const onChain = openAuctions.effectivePriceOf;
      expect(effective).to.equal(await onChain(own.auctionId, bidder, pricePerKwh, powerW, 400n));

      const place = openAuctions.connect(world.pile.signer).bid;
      const placed = place(own.auctionId, pricePerKwh, powerW, 400n, await invited());
      await send(world.market, placed);
      expect((await openAuctions.auctionOf(own.auctionId)).effectivePriceUp).to.equal(effective);
      const decision = openDecisionOf(venue, bid, world.vehicle.id, world.pile.id);
      expect(decision).to.equal(await openAuctions.decisionOf(own.auctionId));
    });

    it("bind the decision to number, price and power of the bid", () => {
      const committed = openBidCommitment(venue, bid);
      const changes: readonly Partial<OpenBid>[] = [
        { auctionId: id("another") },
        { bidNumber: 2n },
        { bidder: venue.openAuctions },
        { pricePerKwh: 449_999n },
        { powerW: 11_001n },
      ];
      for (const change of changes) {
        expect(openBidCommitment(venue, { ...bid, ...change })).not.to.equal(committed);
      }
    });
  });
});
