/**
 * HPKE (RFC 9180) in base mode with X25519, HKDF-SHA256 and AES-GCM, written down once more after
 * the RFC over the primitives of Node: what sealed boxes are checked against.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import { bigintToBytes, concatBytes } from "../../../offchain/core/primitives/bytes.ts";
import type { SealContext } from "../../../offchain/core/primitives/sealedBox.ts";

/** Who shares a secret: the sender's one-time key and the recipient's, raw. */
export interface Exchange {
  readonly enc: Uint8Array;
  readonly recipientKey: Uint8Array;
  /** X25519 of the two. */
  readonly shared: Uint8Array;
}

/** The label in every hash, which drafts have of their own, and the AEAD. */
export interface Suite {
  readonly version: "HPKE-v1" | "HPKE-07";
  readonly aead: "aes-128-gcm" | "aes-256-gcm";
}

/** That of sealed boxes. */
export const OUR_SUITE: Suite = { version: "HPKE-v1", aead: "aes-256-gcm" };

const AEADS = { "aes-128-gcm": { id: 1, keyBytes: 16 }, "aes-256-gcm": { id: 2, keyBytes: 32 } };
const HASH_BYTES = 32;
const TAG_BYTES = 16;
const KEM_SUITE = concatBytes(ascii("KEM"), twoBytes(0x20));
const PKCS8_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b656e032100", "hex");

/** The public key of 32 private bytes. */
export function x25519PublicKey(secret: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateKeyOf(secret)).export({ format: "der", type: "spki" });
  return new Uint8Array(spki.subarray(SPKI_HEAD.length));
}

/** X25519; throws for a public key of small order. */
export function x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const key = Buffer.concat([SPKI_HEAD, publicKey]);
  return new Uint8Array(
    diffieHellman({
      privateKey: privateKeyOf(secret),
      publicKey: createPublicKey({ key, format: "der", type: "spki" }),
    }),
  );
}

/** DeriveKeyPair, without the public key. */
export function derivedSecret(ikm: Uint8Array, { version }: Suite = OUR_SUITE): Uint8Array {
  const kem = { version, id: KEM_SUITE };
  return expand(kem, extract(kem, NOTHING, "dkp_prk", ikm), "sk", NOTHING, 32);
}

/** SealBase: enc ‖ encrypted text ‖ tag. */
export function referenceBox(
  exchange: Exchange,
  plaintext: Uint8Array,
  context: SealContext,
  suite: Suite = OUR_SUITE,
): Uint8Array {
  const { key, nonce } = keySchedule(exchange, context.info, suite);
  const cipher = createCipheriv(suite.aead, key, nonce).setAAD(context.aad);
  const sealed = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  return concatBytes(exchange.enc, ...sealed);
}

/** OpenBase; throws for another box. */
export function referenceOpened(
  secret: Uint8Array,
  box: Uint8Array,
  context: SealContext,
): Uint8Array {
  const enc = box.subarray(0, 32);
  const exchange = { enc, recipientKey: x25519PublicKey(secret), shared: x25519(secret, enc) };
  const { key, nonce } = keySchedule(exchange, context.info, OUR_SUITE);
  const decipher = createDecipheriv(OUR_SUITE.aead, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(context.aad).setAuthTag(box.subarray(-TAG_BYTES));
  return concatBytes(decipher.update(box.subarray(32, -TAG_BYTES)), decipher.final());
}

function keySchedule(
  { enc, recipientKey, shared }: Exchange,
  info: Uint8Array,
  { version, aead }: Suite,
): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const { id, keyBytes } = AEADS[aead];
  const kem = { version, id: KEM_SUITE };
  const hpke = {
    version,
    id: concatBytes(ascii("HPKE"), twoBytes(0x20), twoBytes(1), twoBytes(id)),
  };
  const kemContext = concatBytes(enc, recipientKey);
  const eaePrk = extract(kem, NOTHING, "eae_prk", shared);
  const kemSecret = expand(kem, eaePrk, "shared_secret", kemContext, HASH_BYTES);
  const context = concatBytes(
    Uint8Array.of(0),
    extract(hpke, NOTHING, "psk_id_hash", NOTHING),
    extract(hpke, NOTHING, "info_hash", info),
  );
  const secret = extract(hpke, kemSecret, "secret", NOTHING);
  return {
    key: expand(hpke, secret, "key", context, keyBytes),
    nonce: expand(hpke, secret, "base_nonce", context, 12),
  };
}

const NOTHING = new Uint8Array();

/** What every hash is bound to: the version, and the KEM or the whole suite. */
interface Bound {
  readonly version: string;
  readonly id: Uint8Array;
}

function extract(
  { version, id }: Bound,
  salt: Uint8Array,
  label: string,
  ikm: Uint8Array,
): Uint8Array {
  const key = salt.length === 0 ? new Uint8Array(HASH_BYTES) : salt;
  return hmac(key, concatBytes(ascii(version), id, ascii(label), ikm));
}

/** Of at most one block of the hash, which is all that these suites ask for. */
function expand(
  { version, id }: Bound,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = [twoBytes(length), ascii(version), id, ascii(label), info];
  return hmac(prk, concatBytes(...labelled, Uint8Array.of(1))).slice(0, length);
}

function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", key).update(message).digest());
}

function privateKeyOf(secret: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8_HEAD, secret]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

function twoBytes(value: number): Uint8Array {
  return bigintToBytes(BigInt(value), 2);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
