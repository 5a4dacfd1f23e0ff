/**
 * Everything that is signed: EIP-712 types and domains, one domain a verifier. The contract that
 * checks the signature is in the domain, so none of them means anything elsewhere.
 */
import type { TypedDataDomain, TypedDataField } from "ethers";
import type { Address, Venue } from "./market.ts";
import type { OpenVenue } from "./openAuction.ts";

type Types = Record<string, TypedDataField[]>;

/** Who somebody is. */
const CERTIFIED_FACTS: readonly TypedDataField[] = [
  { name: "account", type: "address" },
  { name: "participantId", type: "bytes32" },
  { name: "kind", type: "uint8" },
  { name: "pileKind", type: "uint8" },
  { name: "ratedPowerW", type: "uint32" },
  { name: "premises", type: "bytes32" },
];

export const CERTIFICATE_TYPES: Types = {
  Certificate: [
    ...CERTIFIED_FACTS,
    { name: "validUntil", type: "uint40" },
    { name: "relayBy", type: "uint40" },
    { name: "serial", type: "uint256" },
  ],
};

/** What an applicant asks to have certified; no contract takes it. */
export const ENROLMENT_REQUEST_TYPES: Types = { EnrolmentRequest: [...CERTIFIED_FACTS] };

/** Of the second server, for an auction that names it. */
export const SERVE_AUCTION_TYPES: Types = {
  ServeAuction: [{ name: "auctionId", type: "bytes32" }],
};

/** Of the server that does not call `closeRound`. */
export const ROUND_OUTCOME_TYPES: Types = {
  RoundOutcome: [
    { name: "auctionId", type: "bytes32" },
    { name: "round", type: "uint8" },
    { name: "referencePricePerKwh", type: "uint64" },
    { name: "transcriptRoot", type: "bytes32" },
    { name: "participantsRoot", type: "bytes32" },
  ],
};

/** Of the server that does not call `postDecisions`, or `postParts`. */
export const FINAL_OUTCOME_TYPES: Types = {
  FinalOutcome: [
    { name: "auctionId", type: "bytes32" },
    { name: "round", type: "uint8" },
    { name: "decisionsRoot", type: "bytes32" },
    { name: "decisionCount", type: "uint24" },
    { name: "participantsRoot", type: "bytes32" },
  ],
};

/** Of both servers. */
export const NOT_SELECTED_TYPES: Types = {
  NotSelected: [
    { name: "auctionId", type: "bytes32" },
    { name: "vehicles", type: "address[]" },
    { name: "piles", type: "address[]" },
    { name: "deadline", type: "uint40" },
  ],
};

export const INVITATION_TYPES: Types = {
  Invitation: [
    { name: "auctionId", type: "bytes32" },
    { name: "pile", type: "address" },
    { name: "distanceM", type: "uint32" },
  ],
};

export const READING_TYPES: Types = {
  Reading: [
    { name: "sessionId", type: "bytes32" },
    { name: "beginWh", type: "uint64" },
    { name: "endWh", type: "uint64" },
    { name: "deadline", type: "uint40" },
  ],
};

export const BEGIN_READING_TYPES: Types = {
  BeginReading: [
    { name: "sessionId", type: "bytes32" },
    { name: "meterKeyId", type: "bytes32" },
    { name: "pagination", type: "uint64" },
    { name: "registerMilliWh", type: "uint64" },
  ],
};

export const RULING_TYPES: Types = {
  Ruling: [
    { name: "sessionId", type: "bytes32" },
    { name: "amount", type: "uint128" },
  ],
};

/** A call of a contract that anybody relays; in the domain of the contract that is called. */
export const CALL_TYPES: Types = {
  Call: [
    { name: "from", type: "address" },
    { name: "data", type: "bytes" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint40" },
  ],
};

/** The authority ends the key of a meter; for ever, so that it needs no nonce. */
export const REVOCATION_TYPES: Types = {
  Revocation: [
    { name: "keyId", type: "bytes32" },
    { name: "deadline", type: "uint40" },
  ],
};

/** Which certificate of a meter a pile wants; its hash is what the meter names. */
export const METER_WISH_TYPES: Types = {
  MeterWish: [
    { name: "pile", type: "address" },
    { name: "curve", type: "uint8" },
    { name: "x", type: "bytes32" },
    { name: "y", type: "bytes32" },
    { name: "issue", type: "uint32" },
  ],
};

/** What a pile asks to have certified of its meter; no contract takes it. */
export const METER_REQUEST_TYPES: Types = {
  MeterRequest: [
    { name: "pile", type: "address" },
    { name: "curve", type: "uint8" },
    { name: "x", type: "bytes32" },
    { name: "y", type: "bytes32" },
    { name: "issue", type: "uint32" },
    { name: "ratedPowerW", type: "uint32" },
    { name: "lastPagination", type: "uint64" },
    { name: "recordHash", type: "bytes32" },
  ],
};

export const TRACE_APPROVAL_TYPES: Types = {
  TraceApproval: [
    { name: "caseId", type: "bytes32" },
    { name: "presentationHash", type: "bytes32" },
  ],
};

export const LEFTOVER_CLAIM_TYPES: Types = {
  LeftoverClaim: [{ name: "requestHash", type: "bytes32" }],
};

export const UPLOAD_TYPES: Types = {
  Upload: [
    { name: "auctionId", type: "bytes32" },
    { name: "uploadHash", type: "bytes32" },
  ],
};

/** What a party hands on as one file. */
export const PARCEL_TYPES: Types = {
  Parcel: [
    { name: "contentHash", type: "bytes32" },
    { name: "packedAt", type: "uint40" },
  ],
};

/**
 * Domain of what `IdentityRegistry` takes: certificates, authorisations, approvals, calls; and of
 * requests for certificates.
 */
export function identityDomain(chainId: bigint, identities: Address): TypedDataDomain {
  return domain("ChargeVeil IdentityRegistry", chainId, identities);
}

/** Domain of what an auction's two servers sign, and of signed calls. */
export function auctionDomain(venue: Venue): TypedDataDomain {
  return domain("ChargeVeil PricingAuction", venue.chainId, venue.auctions);
}

/** Domain of a vehicle's `Invitation`. */
export function openAuctionDomain(venue: OpenVenue): TypedDataDomain {
  return domain("ChargeVeil OpenAuction", venue.chainId, venue.openAuctions);
}

/** Domain of what `ChargingSession` takes: readings, rulings and signed calls. */
export function sessionDomain(chainId: bigint, sessions: Address): TypedDataDomain {
  return domain("ChargeVeil ChargingSession", chainId, sessions);
}

/** Domain of signed calls that `Escrow` takes. */
export function escrowDomain(chainId: bigint, escrow: Address): TypedDataDomain {
  return domain("ChargeVeil Escrow", chainId, escrow);
}

/** Domain of signed calls that `Reputation` takes. */
export function reputationDomain(chainId: bigint, reputation: Address): TypedDataDomain {
  return domain("ChargeVeil Reputation", chainId, reputation);
}

/**
 * Domain of the certificates and revocations that `MeterRegistry` accepts, and of requests for such
 * certificates.
 */
export function meterDomain(chainId: bigint, meters: Address): TypedDataDomain {
  return domain("ChargeVeil MeterRegistry", chainId, meters);
}

/** Domain of uploads, which only the proxy verifies. */
export function uploadDomain(venue: Venue): TypedDataDomain {
  return domain("ChargeVeil Matcher", venue.chainId, venue.auctions);
}

/** Domain of parcels, which only whoever unpacks them verifies. */
export function parcelDomain(venue: Venue): TypedDataDomain {
  return domain("ChargeVeil Parcel", venue.chainId, venue.auctions);
}

/** Domain of claims of what accounts have left, which only the cashier verifies. */
export function cashierDomain(chainId: bigint, escrow: Address): TypedDataDomain {
  return domain("ChargeVeil Cashier", chainId, escrow);
}

function domain(name: string, chainId: bigint, verifyingContract: Address): TypedDataDomain {
  return { name, version: "1", chainId, verifyingContract };
}
