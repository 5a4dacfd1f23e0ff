/**
 * What an election for a coupon is, and its hashes: twins of `contracts/Coupons.sol`, byte for
 * byte.
 */
import { AbiCoder, id as hashOfText, keccak256 } from "ethers";
import type { Address, Bytes32 } from "./market.ts";

/** In the order of the contract's enum. */
export const ELECTION_RULES = ["highest", "draw"] as const;
export type ElectionRule = (typeof ELECTION_RULES)[number];

/** Twin of the contract's struct; `rule` is the place in `ELECTION_RULES`. */
export interface ElectionTerms {
  readonly rule: bigint;
  readonly bar: bigint;
  readonly from: bigint;
  readonly to: bigint;
  readonly seedBlock: bigint;
  readonly claimEnds: bigint;
  readonly coupon: bigint;
  readonly nonce: Bytes32;
}

/** What chance is made of. */
export interface Chance {
  /** Zero for an election that no coupon is at stake in. */
  readonly electionId: Bytes32;
  /** Hash of a block that nobody knew when the evaluations were given. */
  readonly seed: Bytes32;
}

const TERMS_TUPLE =
  "tuple(uint8 rule,int8 bar,uint40 from,uint40 to,uint40 seedBlock,uint40 claimEnds,uint128 coupon,bytes32 nonce)";
const ELECTION_TYPEHASH = hashOfText("ChargeVeil.Election.v1");
const TICKET_TYPEHASH = hashOfText("ChargeVeil.Ticket.v1");

/** `ChargeVeil.Election.v1`. Run by the sponsor, and by anyone who checks. */
export function electionIdOf(
  chainId: bigint,
  coupons: Address,
  sponsor: Address,
  terms: ElectionTerms,
): Bytes32 {
  const types = ["bytes32", "uint256", "address", "address", TERMS_TUPLE];
  return hash(types, [ELECTION_TYPEHASH, chainId, coupons, sponsor, terms]);
}

/** `ChargeVeil.Ticket.v1`. @param ticket 0 to 255 */
export function ticketHash(
  { electionId, seed }: Chance,
  vehicle: Address,
  ticket: number,
): Bytes32 {
  const types = ["bytes32", "bytes32", "bytes32", "address", "uint8"];
  return hash(types, [TICKET_TYPEHASH, electionId, seed, vehicle, ticket]);
}

function hash(types: readonly string[], values: readonly unknown[]): Bytes32 {
  return keccak256(AbiCoder.defaultAbiCoder().encode([...types], [...values]));
}
