/**
 * What the arbiter of a disputed session says: how much of the metered amount the pile gets.
 * Several arbiters sign the same ruling, and `ArbiterQuorum` takes their signatures as one.
 */
import { AbiCoder, getAddress, type Signer } from "ethers";
import type { Address, Ruling } from "./market.ts";
import type { SessionVenue } from "./reading.ts";
import { RULING_TYPES, sessionDomain } from "./typedData.ts";

/** Run by an arbiter. */
export function signRuling(signer: Signer, venue: SessionVenue, ruling: Ruling): Promise<string> {
  return signer.signTypedData(sessionDomain(venue.chainId, venue.sessions), RULING_TYPES, ruling);
}

/**
 * What `ArbiterQuorum` takes as its signature.
 * @param signatures by the address of the member that gave them
 */
export function quorumSignature(signatures: ReadonlyMap<Address, string>): string {
  const ascending = [...signatures].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return AbiCoder.defaultAbiCoder().encode(
    ["address[]", "bytes[]"],
    [ascending.map(([member]) => getAddress(member)), ascending.map(([, signature]) => signature)],
  );
}
