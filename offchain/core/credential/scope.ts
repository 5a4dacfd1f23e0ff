/**
 * Where a holder is one and the same: a service, a place and a slot of time. In one scope a holder
 * has one pseudonym, whatever it does; the pseudonyms of two scopes have nothing to do with each
 * other. Both sides compute the scope for themselves, from what they know anyway; nobody takes it
 * from the other.
 */
import { AbiCoder, getBytes, id as hashOfText, keccak256 } from "ethers";
import type { AuctionTerms, Bytes32 } from "../messages/market.ts";
import { bytesToHex, concatBytes, utf8 } from "../primitives/bytes.ts";
import { hashToG1, type PointG1 } from "./group.ts";
import type { CredentialParameters } from "./parameters.ts";
import { labelledId, u64 } from "./wire.ts";

export interface Scope {
  /** What the pseudonym is for: "gateway", "cloak" … */
  readonly service: string;
  /** A gateway's id, or what the service is for. */
  readonly place: Bytes32;
  /** A whole number; the slot `slotAt`, or an epoch. */
  readonly slot: number;
}

/** The slot of a time, both in unix seconds. */
export function slotAt(atSeconds: number, slotSeconds: number): number {
  return Math.floor(atSeconds / slotSeconds);
}

/**
 * Where a station lets a vehicle have one account: by itself and nobody else, at a place, for a
 * slot. Times in unix seconds.
 */
export interface StationScope {
  /** The station's id as a participant. */
  readonly stationId: Bytes32;
  /** Of `placeId`. */
  readonly place: Bytes32;
  readonly slotStart: number;
  readonly slotEnd: number;
}

const STATION_SCOPE_TYPEHASH = hashOfText("ChargeVeil.Scope.v1");
const STATION_SCOPE_TYPES = ["bytes32", "bytes32", "bytes32", "uint40", "uint40"];

/** A place under these parameters, for a service: "auction", "session" … */
export function placeId({ id }: CredentialParameters, service: string, place: Bytes32): Bytes32 {
  return bytesToHex(labelledId("EVCRED-v1/place", id, utf8(service), getBytes(place)));
}

/** Where vehicles of an auction have one account each: with a station, for its area and slot. */
export function auctionScope(
  parameters: CredentialParameters,
  stationId: Bytes32,
  { areaHash, slotStart, slotEnd }: Pick<AuctionTerms, "areaHash" | "slotStart" | "slotEnd">,
): StationScope {
  const place = placeId(parameters, "auction", areaHash);
  return { stationId, place, slotStart: Number(slotStart), slotEnd: Number(slotEnd) };
}

/** `scope` on chain: `IdentityRegistry.scopeOf`. */
export function stationScopeId({ stationId, place, slotStart, slotEnd }: StationScope): Bytes32 {
  const values = [STATION_SCOPE_TYPEHASH, stationId, place, slotStart, slotEnd];
  return keccak256(AbiCoder.defaultAbiCoder().encode(STATION_SCOPE_TYPES, values));
}

/** 32 bytes that stand for a scope under these parameters. */
export function scopeId({ id }: CredentialParameters, { service, place, slot }: Scope): Uint8Array {
  return labelledId("EVCRED-v1/scope", id, utf8(service), getBytes(place), u64(slot));
}

/** N = hashToG1("nym|" ‖ scope): the pseudonym of a holder is usk·N. */
export function pseudonymBase(scope: Uint8Array): PointG1 {
  return hashToG1(concatBytes(utf8("nym|"), scope));
}
