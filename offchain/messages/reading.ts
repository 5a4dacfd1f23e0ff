/**
 * The register of the meter at begin and end of a session. Both parties sign it after they have looked at the meter; the
 * session settles on it.
 */
import type { Signer } from "ethers";
import type { Address, Reading } from "./market.ts";
import { READING_TYPES, sessionDomain } from "./typedData.ts";

/** Run by vehicle and pile. `sessions` is the address of `ChargingSession`. */
export function signReading(
  signer: Signer,
  contract: { readonly chainId: bigint; readonly sessions: Address },
  reading: Reading,
): Promise<string> {
  const domain = sessionDomain(contract.chainId, contract.sessions);
  return signer.signTypedData(domain, READING_TYPES, reading);
}
