/**
 * What the arbiter of a disputed session says: how much of the metered amount the pile gets.
 * Several arbiters sign the same ruling, and their signatures count as one (`quorumSignature.ts`).
 */
import type { Signer } from "ethers";
import type { Ruling } from "./market.ts";
import type { SessionVenue } from "./reading.ts";
import { RULING_TYPES, sessionDomain } from "./typedData.ts";

/** Run by an arbiter. */
export function signRuling(signer: Signer, venue: SessionVenue, ruling: Ruling): Promise<string> {
  return signer.signTypedData(sessionDomain(venue.chainId, venue.sessions), RULING_TYPES, ruling);
}
