/**
 * Whether a key signed a record, off chain, for every curve of OCMF. The Road Labs library verifies
 * what it knows; what it does not (secp521r1, signatures in base64) goes to OpenSSL. A record whose
 * SA names another curve than the key's is not verified by that key.
 */
import { Verifier } from "@road-labs/ocmf";
import { Crypto, EcPublicKey } from "@road-labs/ocmf-crypto-noble";
import { verify } from "node:crypto";
import type { Curve, MeterPublicKey } from "./meterKey.ts";
import type { OcmfRecord } from "./ocmfRecord.ts";

export interface SignatureNumbers {
  readonly r: bigint;
  readonly s: bigint;
}

const DER = "application/x-der";
/** Curves that the library does not have. */
const NOT_IN_LIBRARY: readonly Curve[] = ["secp521r1"];

/** ECDSA over SHA-256 of the payload bytes. Run by anybody. */
export async function isSignedBy(record: OcmfRecord, key: MeterPublicKey): Promise<boolean> {
  const { algorithm, encoding, mimeType, bytes } = record.signature;
  if (algorithm !== `ECDSA-${key.curve}-SHA256` || mimeType !== DER) return false;
  if (signatureNumbers(bytes) === null) return false;
  if (encoding !== "hex" || NOT_IN_LIBRARY.includes(key.curve)) {
    return verify("sha256", record.payload, key.object, bytes);
  }
  const verifier = new Verifier(new Crypto());
  const libraryKey = EcPublicKey.fromEncoded(key.spki, "spki-der");
  return (await verifier.parseAndVerify(record.text, libraryKey)).verified;
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
