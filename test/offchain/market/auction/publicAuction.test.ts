/**
 * The public auction of one request, step by step: who may invite, who may bid, and what is locked
 * when.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { OpenTerms } from "../../../../offchain/core/messages/openAuction.ts";
import {
  bidInPublic,
  invite,
  knowPublic,
  openPublic,
  publicState,
  releasePublic,
  slotOfAccount,
  startPublic,
  type KnownPublicAuction,
  type PublicDesk,
} from "../../../../offchain/market/auction/publicAuction.ts";
import {
  memoryPublicBoard,
  type PublicBoard,
} from "../../../../offchain/parties/vehicle/publicBoard.ts";
import { nowSeconds } from "../../../support/market/deployed.ts";
import { auctionTown, type Town } from "../../../support/market/auctionTown.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";
import { vouch } from "../../../support/market/vouching.ts";

const HOUR = 3_600n;

describe("a public auction", function () {
  this.timeout(60_000);
  let connection: NetworkConnection;
  let town: Town;
  let board: PublicBoard;
  let auction: KnownPublicAuction;
  const ensured: bigint[] = [];

  const deskOf = ({ wallet, faucet }: Omit<PublicDesk, "board">): PublicDesk => ({
    wallet,
    board,
    faucet: async (market, owner, units) => {
      ensured.push(units);
      await faucet?.(market, owner, units);
    },
  });

  before(async () => {
    connection = await network.create();
    town = await auctionTown(connection);
    board = memoryPublicBoard();
    const terms = termsFrom(BigInt(await nowSeconds(town.world)));
    auction = await openPublic(town.world.market, deskOf(town.eva), terms);
  });
  after(() => connection.close());

  it("is published before it is opened, with the deposit locked, and known by its terms alone", async () => {
    const { market } = town.world;
    const { auctionId, terms } = auction;
    expect(ensured.splice(0)).to.deep.equal([terms.vehicleDeposit]);
    expect(await knowPublic(market, board, auctionId)).to.deep.equal(auction);
    const others = { published: () => Promise.resolve({ ...terms, bidBond: 1n }) };
    expect(await asyncRefusal(() => knowPublic(market, others, auctionId))).to.equal(
      "StepError E_AUCTION_TERMS",
    );
    expect(await asyncRefusal(() => knowPublic(market, board, id("another")))).to.equal(
      "StepError E_AUCTION_UNKNOWN",
    );
    expect(await publicState(market, auctionId)).to.include({
      phase: "bidding",
      leading: null,
      bids: 0n,
    });
  });

  it("is one that only its vehicle invites to, and nobody from farther away than it goes", async () => {
    const { market } = town.world;
    const pile = await town.paul.wallet.getAddress();
    const by = (desk: PublicDesk, distanceM: number): Promise<string> =>
      asyncRefusal(() => invite(market, desk, auction, pile, distanceM));
    expect(await by(deskOf(town.ed), 500)).to.equal("StepError E_NOT_HOST");
    for (const distanceM of [-1, 1_001, 0.5]) {
      expect(await by(deskOf(town.eva), distanceM)).to.equal("StepError E_INVITATION_DISTANCE");
    }
    expect(await board.invitation(auction.auctionId, pile)).to.equal(null);
  });

  it("takes bids of who is invited; whoever leads already locks no second bond", async () => {
    const { market } = town.world;
    const { auctionId, terms } = auction;
    const paul = deskOf(town.paul);
    const bid = { pricePerKwh: 500_000n, powerW: 22_000 };
    expect(await asyncRefusal(() => bidInPublic(market, paul, auction, bid))).to.equal(
      "StepError E_NOT_INVITED",
    );
    const pile = await town.paul.wallet.getAddress();
    await invite(market, deskOf(town.eva), auction, pile, 500);
    await bidInPublic(market, paul, auction, bid);
    await bidInPublic(market, paul, auction, { ...bid, pricePerKwh: 450_000n });
    expect(ensured.splice(0)).to.deep.equal([terms.bidBond]);
    const { leading, bids } = await publicState(market, auctionId);
    expect(leading).to.include({ pile, pricePerKwh: 450_000n, powerW: 22_000n });
    expect(bids).to.equal(2n);
  });

  it("ends with a session when nobody has gone lower for long enough", async () => {
    const { market } = town.world;
    const { auctionId, terms } = auction;
    const start = (): Promise<string> => startPublic(market, town.eva.wallet, auctionId);
    expect(await asyncRefusal(start)).to.include("RefusedError");
    await connection.networkHelpers.time.increase(terms.quietSeconds);
    const session = await start();
    const { vehicle, pricePerKwh } = await market.contracts.sessions.sessionOf(session);
    expect([vehicle, pricePerKwh]).to.deep.equal([await town.eva.wallet.getAddress(), 450_000n]);
    expect((await publicState(market, auctionId)).ended).to.equal(true);
  });

  it("frees its deposit when it ended without a bid, whoever asks", async () => {
    const { market, stranger } = town.world;
    const terms = termsFrom(BigInt(await nowSeconds(town.world)));
    const { auctionId } = await openPublic(market, deskOf(town.ed), terms);
    const account = await town.ed.wallet.getAddress();
    const locked = async (): Promise<bigint> =>
      (await market.contracts.escrow.balanceOf(account)).locked;
    expect(await locked()).to.equal(terms.vehicleDeposit);
    await connection.networkHelpers.time.increaseTo(terms.openingEnds);
    await releasePublic(market, stranger, auctionId);
    expect(await locked()).to.equal(0n);
  });

  it("is for its own slot, if an account is authorised for one, before anything is deposited", async () => {
    const { world } = town;
    const [account] = (await connection.ethers.getSigners()).slice(12);
    if (account === undefined) throw new RangeError("expected one more account");
    const now = await nowSeconds(world);
    const hour = Number(HOUR);
    const slot = { slotStart: now + 2 * hour, slotEnd: now + 3 * hour };
    await vouch(world, { ...world.pile }, account, slot);
    const desk = deskOf({ wallet: account, faucet: town.eva.faucet });
    const own = await slotOfAccount(world.market, account.address);
    expect(own).to.deep.equal({ slotStart: BigInt(slot.slotStart), slotEnd: BigInt(slot.slotEnd) });
    const certified = await town.eva.wallet.getAddress();
    expect(await slotOfAccount(world.market, certified)).to.equal(null);

    const terms = termsFrom(BigInt(now));
    ensured.splice(0);
    const refused = await openPublic(world.market, desk, terms).catch(String);
    expect(refused).to.match(
      /before sending: .* opens auctions for no other, .*\(IdentityWrongSlot\)/,
    );
    expect(ensured).to.deep.equal([]);
    const { auctionId } = await openPublic(world.market, desk, { ...terms, ...own });
    expect(await publicState(world.market, auctionId)).to.include({ vehicle: account.address });
  });
});

function termsFrom(now: bigint): OpenTerms {
  return {
    rule: {
      maxPricePerKwh: 600_000n,
      minDecrement: 5_000n,
      priceBps: 6_000n,
      powerBps: 1_500n,
      qualityBps: 1_000n,
      distanceBps: 1_500n,
      referencePowerW: 22_000n,
      maxDistanceM: 1_000n,
    },
    quietSeconds: 60n,
    biddingEnds: now + HOUR,
    openingEnds: now + 2n * HOUR,
    slotStart: now + 2n * HOUR,
    slotEnd: now + 4n * HOUR,
    bidBond: 5_000_000n,
    vehicleDeposit: 20_000_000n,
    nonce: id("a public auction"),
  };
}
