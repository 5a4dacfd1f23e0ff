/**
 * Ordinary signatures of credentials: Ed25519, strict (RFC 8032: no key of small order, one
 * encoding, no s above the order). Members sign with their long-term key when they join, gateways
 * their certificates, vehicles their messages.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { withHidden } from "../primitives/hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../primitives/random.ts";
import { CredentialError } from "./credentialError.ts";

export const SIGNING_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export interface SigningKeyPair {
  readonly publicKey: Uint8Array;
  /** Hidden from logs and JSON. */
  readonly secretKey: Uint8Array;
}

/** @throws RandomError E_RNG_DETERMINISTIC outside tests */
export function generateSigningKey(rng: Rng): SigningKeyPair {
  assertProductionRng(rng);
  return signingKeyFrom(randomBytesOf(rng, SIGNING_KEY_BYTES));
}

/** The pair of a secret key as it was kept. @throws CredentialError E_LENGTH */
export function signingKeyFrom(secretKey: Uint8Array): SigningKeyPair {
  if (secretKey.length !== SIGNING_KEY_BYTES) {
    const sizes = `expected ${SIGNING_KEY_BYTES} bytes, got ${secretKey.length}`;
    throw new CredentialError("E_LENGTH", `signingKeyFrom: ${sizes}`);
  }
  return withHidden({ publicKey: ed25519.getPublicKey(secretKey) }, { secretKey });
}

/** Deterministic: the same hash is signed the same way. */
export function signHash(hash: Uint8Array, { secretKey }: SigningKeyPair): Uint8Array {
  return ed25519.sign(hash, secretKey);
}

/** @throws CredentialError E_SIGNATURE, whatever is wrong with the key or the signature */
export function assertSignature(
  what: string,
  hash: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): void {
  if (isSignature(hash, signature, publicKey)) return;
  throw new CredentialError("E_SIGNATURE", `${what}: expected a signature of its key, got another`);
}

function isSignature(hash: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, hash, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
