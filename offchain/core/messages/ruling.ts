/**
 * What the arbiter of a disputed session says: how much of the metered amount the pile gets.
 * Several arbiters sign the same ruling, and their signatures count as one (`quorumSignature.ts`).
 */
import type { Signer } from "ethers";
import type { Ruling } from "./market.ts";
import type { SessionVenue } from "./reading.ts";
import { RULING_TYPES, sessionDomain } from "./typedData.ts";
import type { TypedMessage } from "./signatureForm.ts";

/** What an arbiter signs. */
export function rulingMessage({ chainId, sessions }: SessionVenue, ruling: Ruling): TypedMessage {
  return { domain: sessionDomain(chainId, sessions), types: RULING_TYPES, value: { ...ruling } };
}

/** Run by an arbiter. */
export function signRuling(signer: Signer, venue: SessionVenue, ruling: Ruling): Promise<string> {
  const { domain, types, value } = rulingMessage(venue, ruling);
  return signer.signTypedData(domain, types, value);
}
