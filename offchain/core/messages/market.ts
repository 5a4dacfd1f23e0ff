/**
 * What the chain knows, as plain data, and the hashes that both sides of the chain boundary
 * compute. Twin of `contracts/types/MarketTypes.sol` and `contracts/libraries/MarketHashes.sol`:
 * same names, same field order.
 */
import { AbiCoder, id, keccak256 } from "ethers";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";

/** 32 bytes as 0x-prefixed hexadecimal. */
export type Bytes32 = string;
/** 20 bytes as 0x-prefixed hexadecimal with checksum. */
export type Address = string;

export const PARTICIPANT_KINDS = ["none", "vehicle", "pile", "matcher"] as const;
export type ParticipantKind = (typeof PARTICIPANT_KINDS)[number];

/** Of an account to a later market. */
export const CONSENTS = ["none", "approved", "revoked"] as const;

export const PILE_KINDS = ["notAPile", "private", "public", "operator"] as const;
export type PileKind = (typeof PILE_KINDS)[number];

/** What a station authorises an account for, by its number in the authorisation. */
export const AUTHORISED_ROLES = ["none", "charge", "discharge"] as const;

export const PHASES = ["none", "bidding", "matching", "opening", "closed"] as const;
export type Phase = (typeof PHASES)[number];

export const SESSION_STATES = [
  "none",
  "opened",
  "authorised",
  "charging",
  "unplugged",
  "metered",
  "disputed",
  "settled",
  "expired",
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/**
 * The contract whose hashes these are: part of the preimage of everything that must not be replayed
 * elsewhere.
 */
export interface Venue {
  readonly chainId: bigint;
  /** Address of `PricingAuction`. */
  readonly auctions: Address;
}

/** The registry that knows who takes part: what is signed for it means nothing to another. */
export interface Registry {
  readonly chainId: bigint;
  /** Address of `IdentityRegistry`. */
  readonly identities: Address;
}

export interface Certificate {
  readonly account: Address;
  readonly participantId: Bytes32;
  readonly kind: bigint;
  readonly pileKind: bigint;
  readonly ratedPowerW: bigint;
  /**
   * Of a pile its site commitment, of a matcher the hash of its operator's name; zero for vehicles.
   */
  readonly premises: Bytes32;
  readonly validUntil: bigint;
  readonly relayBy: bigint;
  readonly serial: bigint;
}

/**
 * Times are unix seconds, stakes token units. `biddingEnds` is the end of round 1, the others last
 * `roundSeconds`.
 */
export interface AuctionTerms {
  readonly areaHash: Bytes32;
  readonly roundKeyHash: Bytes32;
  /** If not zero, only vehicles that were authorised for exactly this scope request. */
  readonly scope: Bytes32;
  /** A matcher of another operator: both compute, and both sign. */
  readonly secondServer: Address;
  readonly biddingEnds: bigint;
  readonly matchingEnds: bigint;
  readonly openingEnds: bigint;
  readonly slotStart: bigint;
  readonly slotEnd: bigint;
  readonly maxRounds: bigint;
  readonly roundSeconds: bigint;
  readonly bidBond: bigint;
  readonly vehicleDeposit: bigint;
  readonly nonce: Bytes32;
}

export interface Offer {
  readonly pricePerKwh: bigint;
  readonly powerW: bigint;
  readonly salt: Bytes32;
}

export interface Opening {
  readonly auctionId: Bytes32;
  readonly evId: Bytes32;
  readonly cpId: Bytes32;
  /** The round that the bid was made in. */
  readonly round: bigint;
  readonly offer: Offer;
  /** Of the upload that the bid names. */
  readonly uploadHash: Bytes32;
  readonly r: Bytes32;
}

export interface Reading {
  readonly sessionId: Bytes32;
  readonly beginWh: bigint;
  readonly endWh: bigint;
  readonly deadline: bigint;
}

/** The meter at the begin of a session. The pagination is that of the record with this reading. */
export interface BeginReading {
  readonly sessionId: Bytes32;
  readonly meterKeyId: Bytes32;
  readonly pagination: bigint;
  /** In 1/1000 Wh. */
  readonly registerMilliWh: bigint;
}

/** @see signRuling */
export interface Ruling {
  readonly sessionId: Bytes32;
  /** What the pile gets, token units: at most what was metered. */
  readonly amount: bigint;
}

/** Scope of an auction in which any vehicle in standing may request. */
export const ANY_SCOPE: Bytes32 = ZERO_BYTES32;
/** The round in which vehicles request, and the only one of an auction that has no others. */
export const FIRST_ROUND = 1n;
/** More rounds has no auction. */
export const MAX_ROUNDS = 16n;
/** Reference price of a round in which nobody would be matched: every bid is below it. */
export const NO_REFERENCE_PRICE = 2n ** 64n - 1n;

const TERMS_TUPLE =
  "tuple(bytes32 areaHash,bytes32 roundKeyHash,bytes32 scope,address secondServer,uint40 biddingEnds,uint40 matchingEnds,uint40 openingEnds,uint40 slotStart,uint40 slotEnd,uint8 maxRounds,uint32 roundSeconds,uint128 bidBond,uint128 vehicleDeposit,bytes32 nonce)";

const coder = AbiCoder.defaultAbiCoder();

/** keccak256(abi.encode(keccak256(name), fields…)): every hash of the market has this shape. */
export function taggedHash(
  name: string,
  types: readonly string[],
  values: readonly unknown[],
): Bytes32 {
  return keccak256(coder.encode(["bytes32", ...types], [id(name), ...values]));
}

/** `ChargeVeil.Auction.v2`: name of an auction. */
export function auctionIdOf(venue: Venue, matcher: Address, terms: AuctionTerms): Bytes32 {
  const types = ["uint256", "address", "address", TERMS_TUPLE];
  return taggedHash("ChargeVeil.Auction.v2", types, [
    venue.chainId,
    venue.auctions,
    matcher,
    terms,
  ]);
}

/** `ChargeVeil.Request.v1`: what the contract keeps of a request. */
export function requestCommitment(
  venue: Venue,
  auctionId: Bytes32,
  vehicle: Address,
  uploadHash: Bytes32,
): Bytes32 {
  const types = ["uint256", "address", "bytes32", "address", "bytes32"];
  return taggedHash("ChargeVeil.Request.v1", types, [
    venue.chainId,
    venue.auctions,
    auctionId,
    vehicle,
    uploadHash,
  ]);
}

/** keccak256(abi.encode(pricePerKwh, powerW, salt)): what a pile shows of its offer. */
export function offerHash({ pricePerKwh, powerW, salt }: Offer): Bytes32 {
  return keccak256(coder.encode(["uint64", "uint32", "bytes32"], [pricePerKwh, powerW, salt]));
}

/** What a pile hands the contract with a bid. */
export interface BidParts {
  /** @see offerHash */
  readonly offerHash: Bytes32;
  /** Of the upload that holds the offer. */
  readonly uploadHash: Bytes32;
}

/** `ChargeVeil.Bid.v2`: the word that the contract keeps of a bid. */
export function bidCommitment(
  venue: Venue,
  auctionId: Bytes32,
  pile: Address,
  parts: BidParts,
  round: bigint = FIRST_ROUND,
): Bytes32 {
  const types = ["uint256", "address", "bytes32", "uint8", "address", "bytes32", "bytes32"];
  return taggedHash("ChargeVeil.Bid.v2", types, [
    venue.chainId,
    venue.auctions,
    auctionId,
    round,
    pile,
    parts.offerHash,
    parts.uploadHash,
  ]);
}

/**
 * The round that a bid was made in: there are few, and the commitment says which. Run by whoever
 * opens a decision and was told the bid's parts and its commitment only. Null if the commitment is
 * not to these, in any round.
 */
export function roundOfBid(
  venue: Venue,
  auctionId: Bytes32,
  pile: Address,
  parts: BidParts,
  commitment: Bytes32,
): bigint | null {
  for (let round = FIRST_ROUND; round <= MAX_ROUNDS; round += 1n) {
    if (bidCommitment(venue, auctionId, pile, parts, round) === commitment) return round;
  }
  return null;
}

/**
 * `ChargeVeil.Decision.v1`: the decision commitment c = H(EVID, CPID, r) of the paper, bound to
 * auction and bid.
 */
export function decisionOf(
  auctionId: Bytes32,
  evId: Bytes32,
  cpId: Bytes32,
  committedBid: Bytes32,
  r: Bytes32,
): Bytes32 {
  const types = ["bytes32", "bytes32", "bytes32", "bytes32", "bytes32"];
  return taggedHash("ChargeVeil.Decision.v1", types, [auctionId, evId, cpId, committedBid, r]);
}

/** `ChargeVeil.Site.v1`: the certified site of a pile, hidden by the site salt. */
export function siteCommitment(cpId: Bytes32, xM: bigint, yM: bigint, siteSalt: Bytes32): Bytes32 {
  const types = ["bytes32", "uint32", "uint32", "bytes32"];
  return taggedHash("ChargeVeil.Site.v1", types, [cpId, xM, yM, siteSalt]);
}

/**
 * `ChargeVeil.Order.v1`: place of a participant in an order that nobody chose. Compare as text:
 * equal width.
 */
export function orderKey(seed: Bytes32, participantId: Bytes32): Bytes32 {
  return taggedHash("ChargeVeil.Order.v1", ["bytes32", "bytes32"], [seed, participantId]);
}
