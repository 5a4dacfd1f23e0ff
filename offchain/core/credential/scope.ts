/**
 * Where a holder is one and the same: a service, a place and a slot of time. In one scope a holder
 * has one pseudonym, whatever it does; the pseudonyms of two scopes have nothing to do with each
 * other. Both sides compute the scope for themselves, from what they know anyway; nobody takes it
 * from the other.
 */
import { getBytes } from "ethers";
import type { AuctionTerms, Bytes32 } from "../messages/market.ts";
import { concatBytes, utf8 } from "../primitives/bytes.ts";
import { hashToG1, type PointG1 } from "./group.ts";
import type { CredentialParameters } from "./parameters.ts";
import { labelledId, u64 } from "./wire.ts";

export interface Scope {
  /** What the pseudonym is for: "gateway", "session" … */
  readonly service: string;
  /** A station's id or the hash of an area. */
  readonly place: Bytes32;
  /** A whole number; the slot `slotAt`, or an epoch. */
  readonly slot: number;
}

/** The slot of a time, both in unix seconds. */
export function slotAt(atSeconds: number, slotSeconds: number): number {
  return Math.floor(atSeconds / slotSeconds);
}

/**
 * Where vehicles of an auction have one account each: its area, and the slot that it is about.
 * Times in unix seconds.
 */
function auctionScope(areaHash: Bytes32, slotStart: number, slotSeconds: number): Scope {
  return { service: "auction", place: areaHash, slot: slotAt(slotStart, slotSeconds) };
}

/** The same, of an auction's terms. */
export function scopeOfTerms({
  areaHash,
  slotStart,
  slotEnd,
}: Pick<AuctionTerms, "areaHash" | "slotStart" | "slotEnd">): Scope {
  return auctionScope(areaHash, Number(slotStart), Number(slotEnd - slotStart));
}

/** 32 bytes that stand for a scope under these parameters: `scope` on chain. */
export function scopeId({ id }: CredentialParameters, { service, place, slot }: Scope): Uint8Array {
  return labelledId("EVCRED-v1/scope", id, utf8(service), getBytes(place), u64(slot));
}

/** N = hashToG1("nym|" ‖ scope): the pseudonym of a holder is usk·N. */
export function pseudonymBase(scope: Uint8Array): PointG1 {
  return hashToG1(concatBytes(utf8("nym|"), scope));
}
