/**
 * What the tests of the mathematics share: a repeatable generator, keys of known primes, refusals.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToBigint } from "../../../offchain/core/primitives/bytes.ts";
import { privateKeyFromPrimes } from "../../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../../../offchain/core/primitives/paillier/privateKey.ts";
import type {
  Ciphertext,
  PublicKey,
} from "../../../offchain/core/primitives/paillier/publicKey.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";

/** SHA-256 in counter mode, named by a label. */
export function counterRng(label: string): Rng {
  let counter = 0;
  const block = (): Uint8Array => sha256(new TextEncoder().encode(`${label}/${counter++}`));
  return {
    deterministic: true,
    bytes: (length) => {
      const blocks = Array.from({ length: Math.ceil(length / 32) }, block);
      return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
    },
  };
}

/** p = 11, q = 17: the key of the worked example. */
export function toyKey(): PrivateKey {
  return privateKeyFromPrimes(11n, 17n);
}

/** n of 512 bits: small enough for many runs, large enough for OpenSSL to compute modulo p². */
export function smallKey(): PrivateKey {
  return privateKeyFromPrimes(
    0xd5ccf10fe0e4750e26c9773d2a99de9aba9f4a662674bfdacaf610b6cc57fa69n,
    0xd026f147e4da3fa54c7949fcfd46c26227ffc403202ee8c5ed25c58c08d488f3n,
  );
}

/** As `smallKey`, from primes that suit short exponents: 11 modulo 12, gcd(p − 1, q − 1) = 2. */
export function smallShortKey(): PrivateKey {
  return privateKeyFromPrimes(
    0xd8858d85cabfdaf488260ed46a496e890501219f6d9092903e88bd4512f4a3e7n,
    0xdc91eab663dd4c2c02ddb40bab0fc21fccaf4dbef2d4930bcc39431be022aaebn,
  );
}

/** A ciphertext that nobody has checked. */
export function unchecked(publicKey: PublicKey, value: bigint): Ciphertext {
  return { publicKey, value };
}

/** A uniform residue modulo n from the bytes of a property. */
export function residue(bytes: Uint8Array, n: bigint): bigint {
  return bytesToBigint(bytes) % n;
}

/** Class and code of what an action throws, or "accepted". */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return describeError(error);
  }
  return "accepted";
}

/** As `refusal`, for an action that promises. */
export async function asyncRefusal(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    return describeError(error);
  }
  return "accepted";
}

/** Runs an action under another NODE_ENV and puts the old one back. */
export async function underNodeEnv<T>(
  value: string | undefined,
  action: () => T,
): Promise<Awaited<T>> {
  const before = process.env.NODE_ENV;
  setNodeEnv(value);
  try {
    return await action();
  } finally {
    setNodeEnv(before);
  }
}

function setNodeEnv(value: string | undefined): void {
  if (value === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = value;
}

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "not an error";
  return `${error.constructor.name} ${"code" in error ? String(error.code) : "without a code"}`;
}
