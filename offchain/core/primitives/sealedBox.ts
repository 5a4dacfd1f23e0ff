/**
 * Sealed boxes: bytes that one recipient alone can read and nobody can alter. HPKE (RFC 9180), base
 * mode, DHKEM(X25519, HKDF-SHA256) with HKDF-SHA256 and AES-256-GCM. A box is the sender's one-time
 * public key followed by the encrypted text. `info` says what kind of box it is, `aad` what it
 * belongs to; both are bound to the box without being in it, so it opens only where both are known.
 * The sender is not authenticated: whoever needs that signs the box.
 */
import {
  Aes256Gcm,
  CipherSuite,
  DhkemX25519HkdfSha256,
  HkdfSha256,
  type SenderContext,
} from "@hpke/core";
import { concatBytes } from "./bytes.ts";
import { hedgedRng } from "./hedged.ts";
import { withHidden } from "./hidden.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "./random.ts";

export const SEAL_KEY_BYTES = 32;
const ENCAPSULATED_BYTES = 32;
const TAG_BYTES = 16;
/** How much longer a box is than its plaintext. */
export const SEAL_OVERHEAD_BYTES = ENCAPSULATED_BYTES + TAG_BYTES;

/** Raw X25519 keys; the private one is hidden from logs and JSON. */
export interface SealKeyPair {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly privateKey: Uint8Array<ArrayBuffer>;
}

/** What a box is bound to. */
export interface SealContext {
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

export class SealedBoxError extends Error {
  override readonly name = "SealedBoxError";
  readonly code: "E_SEAL_KEY" | "E_TRUNCATED" | "E_AEAD";

  constructor(code: SealedBoxError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Run by every recipient. @throws RandomError E_RNG_DETERMINISTIC outside tests. */
export async function generateSealKeyPair(rng: Rng): Promise<SealKeyPair> {
  assertProductionRng(rng);
  const pair = await suite.kem.deriveKeyPair(keyMaterial(rng));
  const [publicKey, privateKey] = await Promise.all([
    suite.kem.serializePublicKey(pair.publicKey),
    suite.kem.serializePrivateKey(pair.privateKey),
  ]);
  return withHidden(
    { publicKey: new Uint8Array(publicKey) },
    { privateKey: new Uint8Array(privateKey) },
  );
}

/**
 * A box of `plaintext` for one recipient, `SEAL_OVERHEAD_BYTES` longer. Run by the sender. The
 * one-time key is drawn from `rng` for this very plaintext, recipient and context: two boxes with
 * one key and nonce would give away the difference of their plaintexts, so a generator that repeats
 * itself does not lead to one key.
 * @throws SealedBoxError E_SEAL_KEY for a public key of another length or of small order.
 */
export async function seal(
  recipientPublicKey: Uint8Array,
  plaintext: Uint8Array,
  { info, aad }: SealContext,
  rng: Rng,
): Promise<Uint8Array<ArrayBuffer>> {
  const said = [recipientPublicKey, info, aad, plaintext];
  const hedged = hedgedRng(rng, "ChargeVeil/sealed-box", [], ...said);
  const sender = await senderContext(recipientPublicKey, info, keyMaterial(hedged));
  const sealed = await sender.seal(owned(plaintext), owned(aad));
  return concatBytes(new Uint8Array(sender.enc), new Uint8Array(sealed));
}

/** Whether anything can be sealed to a public key: it has the length of one, and large order. */
export async function canSealTo(recipientPublicKey: Uint8Array): Promise<boolean> {
  try {
    // Nothing is sealed with this one-time key.
    await senderContext(recipientPublicKey, new Uint8Array(), new Uint8Array(SEAL_KEY_BYTES));
    return true;
  } catch (error) {
    if (error instanceof SealedBoxError) return false;
    throw error;
  }
}

/**
 * The plaintext of a box. Every reason not to open is one error, so that whoever sends boxes learns
 * nothing from a refusal.
 * @throws SealedBoxError E_TRUNCATED for fewer than `SEAL_OVERHEAD_BYTES`; E_SEAL_KEY for a private
 *   key of another length; E_AEAD for another recipient, another context or an altered box.
 */
export async function open(
  privateKey: Uint8Array,
  box: Uint8Array,
  { info, aad }: SealContext,
): Promise<Uint8Array<ArrayBuffer>> {
  if (box.length < SEAL_OVERHEAD_BYTES) {
    const sizes = `expected at least ${SEAL_OVERHEAD_BYTES} bytes, got ${box.length}`;
    throw new SealedBoxError("E_TRUNCATED", `open: ${sizes}`);
  }
  const recipientKey = await importPrivateKey(privateKey);
  const enc = owned(box.subarray(0, ENCAPSULATED_BYTES));
  const sealed = owned(box.subarray(ENCAPSULATED_BYTES));
  try {
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info: owned(info) });
    return new Uint8Array(await recipient.open(sealed, owned(aad)));
  } catch {
    throw new SealedBoxError(
      "E_AEAD",
      "open: expected a box for this key and context, got another",
    );
  }
}

async function senderContext(
  publicKey: Uint8Array,
  info: Uint8Array,
  ekm: Uint8Array<ArrayBuffer>,
): Promise<SenderContext> {
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(owned(publicKey));
    return await suite.createSenderContext({ recipientPublicKey, info: owned(info), ekm });
  } catch {
    throw new SealedBoxError("E_SEAL_KEY", "seal: expected an X25519 public key of large order");
  }
}

async function importPrivateKey(privateKey: Uint8Array): Promise<CryptoKey> {
  try {
    return await suite.kem.deserializePrivateKey(owned(privateKey));
  } catch {
    throw new SealedBoxError(
      "E_SEAL_KEY",
      `open: expected a private key of ${SEAL_KEY_BYTES} bytes`,
    );
  }
}

/** The input of RFC 9180 DeriveKeyPair: as many uniform bytes as a key has. */
function keyMaterial(rng: Rng): Uint8Array<ArrayBuffer> {
  return owned(randomBytesOf(rng, SEAL_KEY_BYTES));
}

/**
 * A copy in a buffer of its own: views into shared pools must not reach an interface of buffers.
 */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
