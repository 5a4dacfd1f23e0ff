/**
 * Registers of a meter, signed.
 *
 * A reading, begin and end, is signed by both parties after they have looked at the meter; the
 * session settles on it without a record. A begin reading is signed by the vehicle alone, where the
 * meter signs its records but not whose they are: with it the pile proves that a record which
 * begins so is of this session.
 */
import type { Signer } from "ethers";
import type { Address, BeginReading, Reading } from "./market.ts";
import { BEGIN_READING_TYPES, READING_TYPES, sessionDomain } from "./typedData.ts";

/** A reading with the signature of one party. */
export type SignedReading = Reading & { readonly signature: string };

/** A begin reading with the vehicle's signature: what the vehicle hands to the pile. */
export type SignedBeginReading = BeginReading & { readonly signature: string };

/** Where `ChargingSession` is. */
export interface SessionVenue {
  readonly chainId: bigint;
  readonly sessions: Address;
}

/** Run by vehicle and pile. */
export function signReading(
  signer: Signer,
  venue: SessionVenue,
  reading: Reading,
): Promise<string> {
  return signer.signTypedData(sessionDomain(venue.chainId, venue.sessions), READING_TYPES, reading);
}

/** Run by the vehicle, before it lets the pile deliver. */
export function signBeginReading(
  signer: Signer,
  venue: SessionVenue,
  begin: BeginReading,
): Promise<string> {
  return signer.signTypedData(
    sessionDomain(venue.chainId, venue.sessions),
    BEGIN_READING_TYPES,
    begin,
  );
}
