/**
 * A call that its signer does not send: whoever has gas relays it, and the contract acts as if the
 * signer had called (`contracts/SignedCalls.sol`).
 */
import type { Signer, TypedDataDomain } from "ethers";
import type { Address } from "./market.ts";
import { CALL_TYPES } from "./typedData.ts";

/** What is signed. It counts once, in the order of the signer's nonces. */
export interface SignedCall {
  readonly from: Address;
  /** Selector and arguments, 0x-prefixed hexadecimal. */
  readonly data: string;
  /** The contract's `nonces(from)`. */
  readonly nonce: bigint;
  /** Last moment for relaying, excluded; unix seconds. */
  readonly deadline: bigint;
}

/**
 * Run by whoever calls without gas.
 * @param domain of the contract that is called
 */
export function signCall(
  signer: Signer,
  domain: TypedDataDomain,
  call: SignedCall,
): Promise<string> {
  return signer.signTypedData(domain, CALL_TYPES, call);
}
