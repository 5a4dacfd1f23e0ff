/**
 * The keys of one handshake: Diffie and Hellman in ristretto255 (prime order, one encoding a point;
 * the identity is refused), and from the common point one key for each box and each confirmation,
 * bound to everything said so far.
 *
 *   k_e ‖ k_a ‖ k_station ‖ k_vehicle = HKDF-SHA-512(xyP, salt n_e ‖ n_a, info "AMA-v1" ‖ tr_2), 32 bytes each
 *
 * A box is AES-256-GCM with the transcript as what it belongs to. Its nonce is made of the key, the
 * transcript and the plaintext, so that no key and nonce ever meet two plaintexts: not where a
 * message is answered twice, and not where a machine is set back to an earlier state.
 *
 *   nonce = first 12 bytes of HMAC-SHA-256(HMAC-SHA-256(key, "AMA-v1/nonce"), lp(transcript) ‖ plaintext)
 *   box   = nonce(12) ‖ encrypted plaintext ‖ tag(16)
 *
 * Source: synthetic nonces as in SIV (Rogaway and Shrimpton 2006); the byte format is our own.
 */
import { ristretto255 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";
import { bytesToBigint, concatBytes, lengthPrefixed, utf8 } from "../../primitives/bytes.ts";
import { withHidden } from "../../primitives/hidden.ts";
import { randomBytesOf, type Rng } from "../../primitives/random.ts";
import { CredentialError } from "../credentialError.ts";
import { sameBytes } from "../wire.ts";

export const ELEMENT_BYTES = 32;
export const MAC_BYTES = 32;
const TAG_BYTES = 16;
const BOX_NONCE_BYTES = 12;
export const BOX_OVERHEAD_BYTES = BOX_NONCE_BYTES + TAG_BYTES;
const KEY_BYTES = 32;

export interface EphemeralKey {
  /** xP. */
  readonly element: Uint8Array;
  /** x; hidden from logs and JSON. */
  readonly secret: bigint;
}

/** All hidden from logs and JSON. */
export interface SessionKeys {
  /** Of the vehicle's box. */
  readonly vehicleBox: Uint8Array;
  /** Of the station's. */
  readonly stationBox: Uint8Array;
  readonly stationMac: Uint8Array;
  readonly vehicleMac: Uint8Array;
}

export function ephemeralKey(rng: Rng): EphemeralKey {
  const { Point } = ristretto255;
  const secret = Point.Fn.create(bytesToBigint(randomBytesOf(rng, 64)));
  if (secret === 0n) return ephemeralKey(rng);
  return withHidden({ element: Point.BASE.multiply(secret).toBytes() }, { secret });
}

/**
 * The keys that both sides come to.
 * @param salt n_e ‖ n_a
 * @param transcript tr_2
 * @throws CredentialError E_POINT for an element that is none, or the identity
 */
export function sessionKeys(
  { secret }: EphemeralKey,
  theirs: Uint8Array,
  salt: Uint8Array,
  transcript: Uint8Array,
): SessionKeys {
  const common = decodeElement(theirs).multiply(secret).toBytes();
  const info = concatBytes(utf8("AMA-v1"), transcript);
  const stream = hkdf(sha512, common, salt, info, 4 * KEY_BYTES);
  const key = (i: number): Uint8Array => stream.slice(i * KEY_BYTES, (i + 1) * KEY_BYTES);
  return withHidden(
    {},
    { vehicleBox: key(0), stationBox: key(1), stationMac: key(2), vehicleMac: key(3) },
  );
}

/** @throws CredentialError E_POINT */
export function assertElement(bytes: Uint8Array): void {
  decodeElement(bytes);
}

/** The same again is the same box, and anything else has another nonce. */
export function sealBox(
  key: Uint8Array,
  plaintext: Uint8Array,
  transcript: Uint8Array,
): Uint8Array {
  const nonce = boxNonce(key, plaintext, transcript);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(transcript);
  return concatBytes(nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** @throws CredentialError E_AEAD, whatever is wrong */
export function openBox(key: Uint8Array, box: Uint8Array, transcript: Uint8Array): Uint8Array {
  try {
    const end = Math.max(BOX_NONCE_BYTES, box.length - TAG_BYTES);
    const nonce = box.subarray(0, BOX_NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(transcript).setAuthTag(box.subarray(end));
    const sealed = box.subarray(BOX_NONCE_BYTES, end);
    const plaintext = concatBytes(decipher.update(sealed), decipher.final());
    if (sameBytes(boxNonce(key, plaintext, transcript), nonce)) return plaintext;
  } catch {
    // Refused below, as a nonce of one's own choice is.
  }
  throw new CredentialError("E_AEAD", "openBox: expected a box of this session, got another");
}

function boxNonce(key: Uint8Array, plaintext: Uint8Array, transcript: Uint8Array): Uint8Array {
  const nonceKey = hmac(sha256, key, utf8("AMA-v1/nonce"));
  const said = concatBytes(lengthPrefixed(transcript), plaintext);
  return hmac(sha256, nonceKey, said).slice(0, BOX_NONCE_BYTES);
}

export function confirmation(key: Uint8Array, transcript: Uint8Array): Uint8Array {
  return hmac(sha256, key, transcript);
}

/** In constant time. @throws CredentialError E_CONFIRMATION */
export function assertConfirmation(key: Uint8Array, transcript: Uint8Array, mac: Uint8Array): void {
  const expected = confirmation(key, transcript);
  if (mac.length === expected.length && timingSafeEqual(mac, expected)) return;
  const refused = "expected a confirmation of this transcript, got another";
  throw new CredentialError("E_CONFIRMATION", `assertConfirmation: ${refused}`);
}

function decodeElement(bytes: Uint8Array): InstanceType<typeof ristretto255.Point> {
  try {
    const point = ristretto255.Point.fromBytes(bytes);
    if (!point.is0() && sameBytes(point.toBytes(), bytes)) return point;
  } catch {
    // Refused below, as the identity is.
  }
  throw new CredentialError(
    "E_POINT",
    "decodeElement: expected an element other than the identity",
  );
}
