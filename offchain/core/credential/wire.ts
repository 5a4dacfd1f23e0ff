/**
 * Bytes of credentials: what is hashed and what is sent. A hash is SHA-512 over a label and
 * length-prefixed parts, so no two labels and no two lists of parts share an input; a format has
 * one length, and its fields have fixed widths.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import {
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  lengthPrefixed,
  utf8,
} from "../primitives/bytes.ts";
import { CredentialError } from "./credentialError.ts";

export const ID_BYTES = 32;

/**
 * `SHA-512(label ‖ 0x00 ‖ lp(part1) ‖ lp(part2) …)`, the label with its protocol: "EVCRED-v1/show".
 */
export function labelledHash(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha512(concatBytes(utf8(label), Uint8Array.of(0), ...parts.map(lengthPrefixed)));
}

/** The first 32 bytes of it. */
export function labelledId(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return labelledHash(label, ...parts).subarray(0, ID_BYTES);
}

export function u64(value: number): Uint8Array {
  return bigintToBytes(BigInt(value), 8);
}

/** Takes fields off the front. */
export interface Reader {
  readonly take: (width: number) => Uint8Array;
  readonly takeNumber: (width: number) => number;
}

/**
 * A reader of bytes whose length a format fixes; the fields that are taken must add up to it.
 * @throws CredentialError E_LENGTH; by `takeNumber`, E_FIELD for a number that is not safe.
 */
export function readerOf(what: string, bytes: Uint8Array, expected: number): Reader {
  if (bytes.length !== expected) {
    const sizes = `expected ${expected} bytes, got ${bytes.length}`;
    throw new CredentialError("E_LENGTH", `${what}: ${sizes}`);
  }
  let end = 0;
  const take = (width: number): Uint8Array => bytes.slice(end, (end += width));
  return { take, takeNumber: (width) => safeNumber(what, take(width)) };
}

/** Whether both are the same bytes; in the time of the first difference, so not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function safeNumber(what: string, bytes: Uint8Array): number {
  const value = Number(bytesToBigint(bytes));
  if (Number.isSafeInteger(value)) return value;
  throw new CredentialError("E_FIELD", `${what}: expected a number below 2^53, got a larger one`);
}
