/** A round of a hamlet with everybody's stakes on a chain: two vehicles, four piles. */
import { id, type Signer } from "ethers";
import { orderSeed } from "../../../offchain/chain/orderSeed.ts";
import { send } from "../../../offchain/chain/market.ts";
import {
  ANY_SCOPE,
  offerHash,
  PHASES,
  type Bytes32,
  type Phase,
} from "../../../offchain/core/messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";
import { roundKeyHash, type RoundKey } from "../../../offchain/core/messages/roundKey.ts";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../../offchain/core/primitives/sealedBox.ts";
import type { PartiesApart } from "../../../offchain/services/apart/partiesApart.ts";
import { crowdOfPiles } from "../market/crowd.ts";
import { enrol, type MarketWorld } from "../market/deployed.ts";
import { AREA } from "../matching/crowdRound.ts";
import {
  endBidding,
  openAuction,
  type OpenedAuction,
  type ServingAccount,
} from "../market/trade.ts";
import { roundApart, type Buyer, type RoundApart, type Sender, type Seller } from "./apartRound.ts";
import { offerAt, requestAt } from "../matching/clearRecords.ts";

/** Of every socket. */
const POWER_W = 11_000;

export interface StakedRound extends RoundApart, OpenedAuction {
  readonly buyers: readonly Buyer[];
  readonly sellers: readonly Seller[];
}

/**
 * Places and prices that are not met by chance: the first buyer suits the first two sellers, nobody
 * suits the second.
 */
const REQUESTS: readonly ClearRequest[] = [
  requestAt(0xa1b3, 0xb2c5, 0x8d1f7n, 0x2b5d),
  requestAt(0x2b8d, 0x3f6b, 0x1e5c3n, 0x2d9f),
];
const OFFERS: readonly ClearOffer[] = [
  offerAt(0xa1d7, 0xb2e9, 0x6b3d5n, POWER_W),
  offerAt(0xa0f3, 0xb1f1, 0x7c7e9n, POWER_W),
  offerAt(0x5c61, 0x6d71, 0x5d7e9n, POWER_W),
  offerAt(0x3e95, 0x47a9, 0x7a5d3bn, POWER_W),
];

/** An auction in which everybody has committed itself, at the end of its bidding. */
export async function stakedRound(
  world: MarketWorld,
  parties: PartiesApart,
  roundKey: RoundKey,
  label: string,
  maxRounds = 1n,
): Promise<StakedRound> {
  const { market, vehicle, otherVehicle } = world;
  const { auctions } = market.contracts;
  const auction = await openedFor(world, parties, roundKey, label, maxRounds);
  const { auctionId } = auction;
  const piles = await crowdOfPiles(world, OFFERS.length);
  const vehicles = [vehicle, otherVehicle].map(({ signer, id: participantId }) =>
    sender(signer, participantId),
  );
  const buyers = await withWishes(vehicles, REQUESTS);
  const sellers = await withWishes(
    piles.map((pile) => sender(pile, id(`participant/${pile.address}`))),
    OFFERS,
  );
  const meeting = { venue: market.venue, auctionId, roundKey };
  const { input, bids } = await roundApart(parties, meeting, buyers, sellers);
  for (const [k, { wallet }] of buyers.entries()) {
    const uploaded = input.requests[k]?.uploadHash ?? "";
    await send(market, auctions.connect(wallet).request(auctionId, uploaded));
  }
  for (const [k, { wallet }] of sellers.entries()) {
    const bid = bids[k];
    if (bid === undefined) throw new Error("stakedRound: expected a bid of every seller");
    const { bid: commit } = auctions.connect(wallet);
    await send(market, commit(auctionId, offerHash(bid.offer), bid.uploadHash));
  }
  await endBidding(world, auction);
  await world.connection.networkHelpers.mine(2);
  const seed = await orderSeed(market, auction.terms);
  return { ...auction, input: { ...input, seed }, bids, buyers, sellers };
}

/** By the matcher of the world, with the cloud of the parties as the second server. */
async function openedFor(
  world: MarketWorld,
  { second }: PartiesApart,
  roundKey: RoundKey,
  label: string,
  maxRounds: bigint,
): Promise<OpenedAuction> {
  const { matcher } = world;
  const cloud = { signer: { address: second.account }, id: id("participant/cloud") };
  await enrol(world, cloud, "matcher", { operator: "the operator of the cloud" });
  const serving: ServingAccount = {
    account: second.account,
    serve: (auctionId, terms) =>
      second.serve(matcher.signer.address, { auctionId, terms, area: AREA, roundKey, again: null }),
  };
  return openAuction(world, label, roundKeyHash(roundKey), ANY_SCOPE, maxRounds, serving);
}

export interface Stakes {
  readonly phase: Phase | undefined;
  readonly balances: readonly string[];
  /** Credibilities and ratings, and what everybody is committed to in the auction. */
  readonly standing: readonly string[];
}

/** What the chain holds of everybody's money and standing, and how far the auction is. */
export async function stakesOf(
  { market }: MarketWorld,
  { auctionId, buyers, sellers }: StakedRound,
): Promise<Stakes> {
  const { auctions, escrow, reputation } = market.contracts;
  const balances = [];
  for (const { wallet } of [...buyers, ...sellers]) {
    const { free, locked } = await escrow.balanceOf(wallet.address);
    balances.push(`${free} free, ${locked} locked`);
  }
  const standing = [];
  for (const { wallet } of buyers) {
    const [credibility, commitment] = [
      await reputation.credibilityOf(wallet.address),
      await auctions.requestOf(auctionId, wallet.address),
    ];
    standing.push(`credibility ${credibility}, request ${commitment}`);
  }
  for (const { wallet } of sellers) {
    const [{ ratingWad, count }, commitment] = [
      await reputation.pileRatingOf(wallet.address),
      await auctions.bidOf(auctionId, wallet.address),
    ];
    standing.push(`rating ${ratingWad} of ${count}, bid ${commitment}`);
  }
  return { phase: PHASES[Number(await auctions.phaseOf(auctionId))], balances, standing };
}

type Account = Signer & { readonly address: string };

async function sender(wallet: Account, participantId: Bytes32): Promise<Sender> {
  return { wallet, participantId, sealKeys: await generateSealKeyPair(systemRng) };
}

function withWishes<T>(
  senders: readonly Promise<Sender>[],
  wishes: readonly T[],
): Promise<readonly (Sender & { readonly clear: T })[]> {
  const pairs = senders.flatMap((one, k) =>
    wishes.slice(k, k + 1).map((clear) => [one, clear] as const),
  );
  return Promise.all(pairs.map(async ([one, clear]) => ({ ...(await one), clear })));
}
