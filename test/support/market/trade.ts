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
  offerHash,
  type Address,
  type AuctionTerms,
  type Bytes32,
  type Opening,
} from "../../../offchain/core/messages/market.ts";
import { finalOutcome, signAsServer } from "../../../offchain/core/messages/outcome.ts";
import { auctionDomain, SERVE_AUCTION_TYPES } from "../../../offchain/core/messages/typedData.ts";
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
  second: ServingAccount = servingOf(world),
): Promise<OpenedAuction> {
  const { market, matcher } = world;
  const slotStart = BigInt((await nowSeconds(world)) + 2 * BIDDING_SECONDS);
  const slotEnd = slotStart + BigInt(SLOT_SECONDS);
  const terms: AuctionTerms = {
    areaHash: areaHash(wholeFrame(LEAST_CELL_M)),
    roundKeyHash,
    scope,
    secondServer: second.account,
    biddingEnds: slotStart - BigInt(BIDDING_SECONDS),
    matchingEnds: slotStart - BigInt(BIDDING_SECONDS / 2),
    openingEnds: slotStart,
    slotStart,
    slotEnd,
    maxRounds,
    roundSeconds: 60n,
    bidBond: 5_000_000n,
    vehicleDeposit: 20_000_000n,
    nonce: id(label),
  };
  const auctionId = auctionIdOf(market.venue, matcher.signer.address, terms);
  const serve = await second.serve(auctionId, terms);
  await send(market, market.contracts.auctions.connect(matcher.signer).open(terms, serve));
  return { auctionId, terms };
}

/** A second server, which signs that it serves an auction. */
export interface ServingAccount {
  readonly account: Address;
  readonly serve: (auctionId: Bytes32, terms: AuctionTerms) => Promise<string>;
}

/** That of the world. */
function servingOf({ market, secondServer: { signer } }: MarketWorld): ServingAccount {
  const domain = auctionDomain(market.venue);
  return {
    account: signer.address,
    serve: (auctionId) => signer.signTypedData(domain, SERVE_AUCTION_TYPES, { auctionId }),
  };
}

/** Opens an auction in which vehicle and pile commit themselves, and decides that they meet. */
export async function commitTrade(
  world: MarketWorld,
  label: string,
  pricePerKwh = 450_000n,
): Promise<Trade> {
  const { market, vehicle, pile } = world;
  const { venue, contracts } = market;
  const { auctionId, terms } = await openAuction(world, label);
  const offer = {
    pricePerKwh,
    powerW: 11_000n,
    salt: id(`salt/${label}`),
  };
  const parts = { offerHash: offerHash(offer), uploadHash: id(`upload/${label}`) };
  const bid = bidCommitment(venue, auctionId, pile.signer.address, parts);
  const { auctions } = contracts;
  await send(market, auctions.connect(vehicle.signer).request(auctionId, id("request")));
  await send(
    market,
    auctions.connect(pile.signer).bid(auctionId, parts.offerHash, parts.uploadHash),
  );

  const opening = {
    auctionId,
    evId: vehicle.id,
    cpId: pile.id,
    round: FIRST_ROUND,
    offer,
    uploadHash: parts.uploadHash,
    r: id(`r/${label}`),
  };
  const decision = decisionOf(auctionId, vehicle.id, pile.id, bid, opening.r);
  return { auctionId, terms, opening, decision };
}

/** Root of who took part, as the two servers of a world say it. */
export const PARTICIPANTS_ROOT: Bytes32 = id("participants");

/** Posts the decisions of an auction that both servers have signed; its bidding must be over. */
export async function postDecisions(
  { market, matcher, secondServer }: MarketWorld,
  { auctionId }: OpenedAuction,
  decisions: readonly Bytes32[],
): Promise<void> {
  const { auctions } = market.contracts;
  const { round } = await auctions.auctionOf(auctionId);
  const outcome = finalOutcome({ auctionId, round }, decisions, PARTICIPANTS_ROOT);
  const signature = await signAsServer(secondServer.signer, market.venue, "final", outcome);
  await send(
    market,
    auctions
      .connect(matcher.signer)
      .postDecisions(auctionId, round, [...decisions], PARTICIPANTS_ROOT, signature),
  );
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
