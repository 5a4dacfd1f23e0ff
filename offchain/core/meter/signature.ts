/**
 * Whether a key signed a record, off chain, for every curve of OCMF. The numbers r and s decide,
 * and the bytes that were signed. What the record says of its signature (SA, SE, SM) is not signed,
 * and the contract does not read it: a spelling never makes a genuine signature none. Only the hash
 * is taken from SA, where one is named; the contract knows SHA-256 alone.
 */
import { verify } from "node:crypto";
import { promisify } from "node:util";
import { coordinateBytes, CURVE_NAMES, type Curve, type MeterPublicKey } from "./meterKey.ts";
import type { OcmfRecord } from "./ocmfRecord.ts";

export interface SignatureNumbers {
  readonly r: bigint;
  readonly s: bigint;
}

/** How r and s are written: as OCMF wants it, or one after the other as some meters do. */
export type SignatureForm = "der" | "raw";

/** Hashes that an algorithm may name. */
const HASHES = ["sha256", "sha384", "sha512"] as const;
export type SignatureHash = (typeof HASHES)[number];

/** The hash of OCMF, and the only one that the contract knows. */
export const CHAIN_HASH: SignatureHash = "sha256";

const verified = promisify(verify);

/** ECDSA over SHA-256 of the payload bytes, as the contract checks it. Run by anybody. */
export async function isSignedBy(record: OcmfRecord, key: MeterPublicKey): Promise<boolean> {
  return (await signingHash(record, key)) === CHAIN_HASH;
}

/** The hash over which this key signed the record; null if it did not. Run by anybody. */
export async function signingHash(
  record: OcmfRecord,
  key: MeterPublicKey,
): Promise<SignatureHash | null> {
  const { algorithm, bytes } = record.signature;
  const numbers = numbersOf(bytes, key.curve);
  const fixed = numbers === null ? null : fixedLength(numbers, coordinateBytes(key.curve));
  if (fixed === null) return null;
  const verifier = { key: key.object, dsaEncoding: "ieee-p1363" } as const;
  const named = HASHES.find((hash) => hash === hashNamed(algorithm)) ?? CHAIN_HASH;
  for (const hash of new Set([CHAIN_HASH, named])) {
    if (await verified(hash, record.payload, verifier, fixed)) return hash;
  }
  return null;
}

/** r and s, in DER or one after the other; null for anything else. */
export function numbersOf(bytes: Uint8Array, curve: Curve): SignatureNumbers | null {
  const inDer = signatureNumbers(bytes);
  const size = coordinateBytes(curve);
  if (inDer !== null || bytes.length !== 2 * size) return inDer;
  const hex = Buffer.from(bytes).toString("hex");
  return { r: BigInt(`0x${hex.slice(0, 2 * size)}`), s: BigInt(`0x${hex.slice(2 * size)}`) };
}

/** In which form a signature is written. */
export function formOf(bytes: Uint8Array): SignatureForm {
  return signatureNumbers(bytes) === null ? "raw" : "der";
}

/**
 * The curve that an algorithm names in one of its spellings, e.g. `ECDSA-secp256k1-SHA256` or
 * `ecdsa-brainpoolP256r1-SHA256`; null if it names none that is known.
 */
export function curveNamed(algorithm: string): Curve | null {
  const name = /^ECDSA[-_](.+?)[-_]SHA[-_]?\d+$/i.exec(algorithm.trim())?.[1];
  return CURVE_NAMES.get(name?.toLowerCase() ?? "") ?? null;
}

/** Whether an algorithm is named that is not ECDSA, such as RSA. */
export function isOtherScheme(algorithm: string): boolean {
  return !/^ECDSA/i.test(algorithm.trim());
}

function hashNamed(algorithm: string): string {
  return `sha${/SHA[-_]?(\d+)$/i.exec(algorithm.trim())?.[1] ?? ""}`;
}

/** r ‖ s in the bytes of a coordinate each, null if one does not fit. */
function fixedLength({ r, s }: SignatureNumbers, size: number): Buffer | null {
  const parts = [r, s].map((value) => value.toString(16).padStart(2 * size, "0"));
  return parts.every(({ length }) => length === 2 * size)
    ? Buffer.from(parts.join(""), "hex")
    : null;
}

/**
 * r and s of a signature in DER (a sequence of two positive integers, shortest form), null for
 * anything else.
 */
export function signatureNumbers(bytes: Uint8Array): SignatureNumbers | null {
  const sequence = element(Buffer.from(bytes).toString("hex"), "30");
  const first = element(sequence?.content ?? "", "02");
  const second = element(first?.rest ?? "", "02");
  const r = positive(first?.content ?? "");
  const s = positive(second?.content ?? "");
  const complete = sequence?.rest === "" && second?.rest === "";
  return complete && r !== null && s !== null ? { r, s } : null;
}

/** The element that `hex` begins with, and what follows it. */
function element(
  hex: string,
  tag: string,
): { readonly content: string; readonly rest: string } | null {
  const short = Number.parseInt(hex.slice(2, 4), 16);
  const isLong = short === 0x81;
  const length = isLong ? Number.parseInt(hex.slice(4, 6), 16) : short;
  const start = isLong ? 6 : 4;
  const end = start + 2 * length;
  const shortest = isLong ? length >= 0x80 : short < 0x80;
  if (hex.slice(0, 2) !== tag || !shortest || hex.length < end) return null;
  return { content: hex.slice(start, end), rest: hex.slice(end) };
}

function positive(hex: string): bigint | null {
  const padded = hex.startsWith("00") && hex.length > 2;
  const sign = Number.parseInt(hex.slice(padded ? 2 : 0, padded ? 4 : 2), 16);
  if (hex === "" || (padded ? sign < 0x80 : sign >= 0x80)) return null;
  return BigInt(`0x${hex}`);
}
