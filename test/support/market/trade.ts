/**
 * One trade on chain, step by step, without any matching: the vehicle and the pile of a world
 * simply meet.
 */
import { id } from "ethers";
import { areaHash, LEAST_CELL_M, wholeFrame } from "../../../offchain/core/messages/area.ts";
import { decisionProof } from "../../../offchain/core/messages/decisionTree.ts";
import {
  ANY_SCOPE,
  auctionIdOf,
  bidCommitment,
  decisionOf,
  FIRST_ROUND,
  requestCommitment,
  type AuctionTerms,
  type Bytes32,
  type Opening,
} from "../../../offchain/core/messages/market.ts";
import { send } from "../../../offchain/chain/market.ts";
import { nowSeconds, type MarketWorld } from "./deployed.ts";

export interface OpenedAuction {
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
}

export interface Trade extends OpenedAuction {
  readonly opening: Opening;
  /** Also the id of the session. */
  readonly decision: Bytes32;
}

const BIDDING_SECONDS = 3_600;
const SLOT_SECONDS = 4 * 3_600;

/** Opens an auction whose bidding lasts an hour from now; `label` tells it from others. */
export async function openAuction(
  world: MarketWorld,
  label: string,
  roundKeyHash: Bytes32 = id("a round key"),
  scope: Bytes32 = ANY_SCOPE,
  maxRounds = 1n,
): Promise<OpenedAuction> {
  const { market, matcher } = world;
  const slotStart = BigInt((await nowSeconds(world)) + 2 * BIDDING_SECONDS);
  const slotEnd = slotStart + BigInt(SLOT_SECONDS);
  const terms: AuctionTerms = {
    areaHash: areaHash(wholeFrame(LEAST_CELL_M)),
    roundKeyHash,
    scope,
    biddingEnds: slotStart - BigInt(BIDDING_SECONDS),
    matchingEnds: slotStart,
    openingEnds: slotEnd,
    slotStart,
    slotEnd,
    maxRounds,
    roundSeconds: 60n,
    bidBond: 5_000_000n,
    vehicleDeposit: 20_000_000n,
    nonce: id(label),
  };
  await send(market, market.contracts.auctions.connect(matcher.signer).open(terms));
  return { auctionId: auctionIdOf(market.venue, matcher.signer.address, terms), terms };
}

/** Opens an auction in which vehicle and pile commit themselves, and decides that they meet. */
export async function commitTrade(world: MarketWorld, label: string): Promise<Trade> {
  const { market, vehicle, pile } = world;
  const { venue, contracts } = market;
  const { auctionId, terms } = await openAuction(world, label);
  const offer = {
    pricePerKwh: 450_000n,
    powerW: 11_000n,
    encryptedOfferHash: id(`offer/${label}`),
    salt: id(`salt/${label}`),
  };
  const bid = bidCommitment(venue, auctionId, pile.signer.address, offer);
  const request = requestCommitment(venue, auctionId, vehicle.signer.address, id("request"));
  await send(market, contracts.auctions.connect(vehicle.signer).request(auctionId, request));
  await send(market, contracts.auctions.connect(pile.signer).bid(auctionId, bid));

  const parties = { evId: vehicle.id, cpId: pile.id };
  const opening = { auctionId, ...parties, round: FIRST_ROUND, offer, r: id(`r/${label}`) };
  const decision = decisionOf(auctionId, vehicle.id, pile.id, bid, opening.r);
  return { auctionId, terms, opening, decision };
}

/** Posts the decisions of an auction; its bidding must be over. */
export async function postDecisions(
  { market, matcher }: MarketWorld,
  { auctionId }: OpenedAuction,
  decisions: readonly Bytes32[],
): Promise<void> {
  const { auctions } = market.contracts;
  await send(market, auctions.connect(matcher.signer).postDecisions(auctionId, [...decisions]));
}

/** Moves the clock to the end of an auction's bidding. */
export async function endBidding(
  { connection }: MarketWorld,
  { terms }: OpenedAuction,
): Promise<void> {
  await connection.networkHelpers.time.increaseTo(terms.biddingEnds);
}

/** Brings posted trades to the state Charging: opened, authorised and plugged in. */
export async function charge(
  world: MarketWorld,
  trades: readonly Trade[],
  decisionsOf: (trade: Trade) => readonly Bytes32[],
): Promise<void> {
  const { market, vehicle, pile } = world;
  const { sessions } = market.contracts;
  for (const trade of trades) {
    const proof = [...decisionProof(decisionsOf(trade), trade.decision)];
    await send(market, sessions.connect(vehicle.signer).start(trade.opening, proof));
    await send(market, sessions.connect(pile.signer).authorise(trade.decision));
    await send(market, sessions.connect(vehicle.signer).plugIn(trade.decision));
  }
}
