/**
 * The open auction as plain data: terms, how bids are scored, and the hashes that both sides of the
 * chain boundary compute. Twin of the open auction's part of `contracts/types/MarketTypes.sol` and
 * `contracts/libraries/MarketHashes.sol`.
 */
import { ZERO_BYTES32 } from "../primitives/bytes.ts";
import { decisionOf, taggedHash, type Address, type Bytes32 } from "./market.ts";

/** The contract whose hashes these are. */
export interface OpenVenue {
  readonly chainId: bigint;
  /** Address of `OpenAuction`. */
  readonly openAuctions: Address;
}

/**
 * Prices in token units per kWh, weights in basis points with the sum 10,000, power in W, distance
 * in metres.
 */
export interface ScoreRule {
  /** p_max: bids above it are refused. */
  readonly maxPricePerKwh: bigint;
  /** By how much a bid has to go below the leading effective price. */
  readonly minDecrement: bigint;
  readonly priceBps: bigint;
  readonly powerBps: bigint;
  readonly qualityBps: bigint;
  readonly distanceBps: bigint;
  /** v_ref: more power than this gains nothing. */
  readonly referencePowerW: bigint;
  /** d_max: piles farther away are refused. */
  readonly maxDistanceM: bigint;
}

/** Times are unix seconds, stakes token units. */
export interface OpenTerms {
  readonly rule: ScoreRule;
  readonly quietSeconds: bigint;
  readonly biddingEnds: bigint;
  readonly openingEnds: bigint;
  readonly slotStart: bigint;
  readonly slotEnd: bigint;
  readonly bidBond: bigint;
  readonly vehicleDeposit: bigint;
  readonly nonce: Bytes32;
}

/** What a pile bids in public. */
export interface OpenBid {
  readonly auctionId: Bytes32;
  /** Bids of an auction are numbered from 1. */
  readonly bidNumber: bigint;
  readonly bidder: Address;
  readonly pricePerKwh: bigint;
  readonly powerW: bigint;
}

const RULE_TUPLE =
  "tuple(uint64 maxPricePerKwh,uint64 minDecrement,uint16 priceBps,uint16 powerBps,uint16 qualityBps,uint16 distanceBps,uint32 referencePowerW,uint32 maxDistanceM)";
const TERMS_TUPLE = `tuple(${RULE_TUPLE} rule,uint16 quietSeconds,uint40 biddingEnds,uint40 openingEnds,uint40 slotStart,uint40 slotEnd,uint128 bidBond,uint128 vehicleDeposit,bytes32 nonce)`;

/** `ChargeVeil.OpenAuction.v1`: name of an open auction. */
export function openAuctionIdOf(venue: OpenVenue, vehicle: Address, terms: OpenTerms): Bytes32 {
  const types = ["uint256", "address", "address", TERMS_TUPLE];
  const values = [venue.chainId, venue.openAuctions, vehicle, terms];
  return taggedHash("ChargeVeil.OpenAuction.v1", types, values);
}

/** `ChargeVeil.OpenBid.v1`: what a decision commits to of the leading bid. */
export function openBidCommitment(venue: OpenVenue, bid: OpenBid): Bytes32 {
  const types = ["uint256", "address", "bytes32", "uint32", "address", "uint64", "uint32"];
  return taggedHash("ChargeVeil.OpenBid.v1", types, [
    venue.chainId,
    venue.openAuctions,
    bid.auctionId,
    bid.bidNumber,
    bid.bidder,
    bid.pricePerKwh,
    bid.powerW,
  ]);
}

/**
 * `ChargeVeil.Decision.v1` with r = 0, which hides nothing: the id of the session that the leading
 * bid wins.
 */
export function openDecisionOf(
  venue: OpenVenue,
  bid: OpenBid,
  evId: Bytes32,
  cpId: Bytes32,
): Bytes32 {
  return decisionOf(bid.auctionId, evId, cpId, openBidCommitment(venue, bid), ZERO_BYTES32);
}
