/**
 * A request for coins in exchange for what an account has withdrawn to the cashier. The account
 * signs it, so only its holder gets the coins. [ours]
 */
import { keccak256 } from "ethers";
import type { Address, Bytes32 } from "./market.ts";

export interface LeftoverClaim {
  readonly account: Address;
  /** As `offchain/core/funding` writes it. */
  readonly request: Uint8Array;
  /** Of `LEFTOVER_CLAIM_TYPES` in the `cashierDomain`. */
  readonly signature: string;
}

/** What the account signs. */
export function leftoverClaimMessage(request: Uint8Array): { readonly requestHash: Bytes32 } {
  return { requestHash: keccak256(request) };
}
