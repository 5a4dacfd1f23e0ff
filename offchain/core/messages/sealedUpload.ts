/**
 * An upload on its way to the proxy: sealed to the proxy's key, so that nobody who holds the
 * round's secret key gets a user's ciphertext by listening. The box is bound to the auction and the
 * round key.
 */
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import { isCodedError, type CodedError } from "../primitives/codedError.ts";
import type { Rng } from "../primitives/random.ts";
import {
  canSealTo,
  open,
  seal,
  type SealContext,
  type SealKeyPair,
} from "../primitives/sealedBox.ts";
import type { Address, Bytes32 } from "./market.ts";
import { roundKeyHash, type RoundKey } from "./roundKey.ts";
import { UploadError, type SignedUpload } from "./upload.ts";
import { uploadFromBytes, uploadToBytes } from "./uploadBytes.ts";

/** What an upload holds. */
export type SentKind = "request" | "offer";

/** An upload on its way to the proxy. */
export interface SentUpload {
  readonly auctionId: Bytes32;
  readonly kind: SentKind;
  /** The sender's, as it says. */
  readonly account: Address;
  /** Of the request or the bid that the upload belongs to, as its sender says. */
  readonly commitment: Bytes32;
  /** `sealUpload`. */
  readonly box: string;
}

/**
 * What an upload is left under. Commitments are public, and anybody can repeat one on chain: with
 * the account in the name, nobody's upload is where another's belongs.
 */
export function uploadName({ account, commitment }: Pick<SentUpload, UploadNameKey>): string {
  return `${account}-${commitment}`;
}

/** What a name is made of. */
type UploadNameKey = "account" | "commitment";

/**
 * Codes of what `openUpload` throws for a box or the upload in it, and of what a store answers that
 * was left no box. Whatever else they throw is no fault of the sender.
 */
const BAD_UPLOAD_CODES: readonly string[] = [
  "E_BOX",
  "E_HEX",
  "E_TRUNCATED",
  "E_AEAD",
  "E_UPLOAD_FORM",
  "E_CIPHERTEXT_LENGTH",
  "E_CIPHERTEXT_RANGE",
  "E_CIPHERTEXT_UNIT",
];

/** Whether the sender of a box is to blame that it does not open, wherever it was opened. */
export function isBadUpload(error: unknown): error is CodedError {
  return isCodedError(error) && BAD_UPLOAD_CODES.includes(error.code);
}

/**
 * A box for the proxy, 0x-prefixed hexadecimal, of one length for all uploads of its kind. Run by
 * the owner.
 * @throws UploadError as `uploadToBytes`
 */
export async function sealUpload(
  roundKey: RoundKey,
  signed: SignedUpload,
  rng: Rng,
): Promise<string> {
  const content = uploadToBytes(roundKey, signed);
  const context = contextOf(signed.upload.auctionId, roundKey);
  return bytesToHex(await seal(hexToBytes(roundKey.proxySealKey), content, context, rng));
}

/**
 * Opens a box and reads the upload in it. Run by the proxy.
 * @throws BytesError E_HEX for other text; SealedBoxError for a box for another key, auction or
 *   round; UploadError, PaillierError as `uploadFromBytes`; UploadError E_UPLOAD_FORM for a seal key
 *   that nothing can be sealed to.
 */
export async function openUpload(
  keys: SealKeyPair,
  auctionId: Bytes32,
  roundKey: RoundKey,
  box: string,
): Promise<SignedUpload> {
  const content = await open(keys.privateKey, hexToBytes(box), contextOf(auctionId, roundKey));
  const signed = uploadFromBytes(roundKey, content);
  await assertAnswerable(signed);
  return signed;
}

/** An upload that nobody can answer would end the round of all others, not its sender's alone. */
async function assertAnswerable({ upload: { sealKey } }: SignedUpload): Promise<void> {
  if (await canSealTo(hexToBytes(sealKey))) return;
  const message = `openUpload: expected a seal key of large order, got ${sealKey}`;
  throw new UploadError("E_UPLOAD_FORM", message);
}

function contextOf(auctionId: Bytes32, roundKey: RoundKey): SealContext {
  const info = new TextEncoder().encode("ChargeVeil.Upload.v2");
  return { info, aad: concatBytes(hexToBytes(auctionId), hexToBytes(roundKeyHash(roundKey))) };
}
