/**
 * The one form of a signature by a key: 65 bytes r, s, v with the lower s and v = 27 or 28, as the
 * contracts take it. Others name the same signer, and are refused.
 */
import { Signature, verifyTypedData, type TypedDataDomain, type TypedDataField } from "ethers";
import type { Address } from "./market.ts";

/** What is signed by EIP-712. */
export interface TypedMessage {
  readonly domain: TypedDataDomain;
  readonly types: Record<string, TypedDataField[]>;
  readonly value: Record<string, unknown>;
}

/** Whose key has signed this; null for what is no signature in its one form. */
export function signerOf(
  { domain, types, value }: TypedMessage,
  signature: string,
): Address | null {
  try {
    if (Signature.from(signature).serialized !== signature) return null;
    return verifyTypedData(domain, types, value, signature);
  } catch {
    return null;
  }
}
