/**
 * What a vehicle or a pile sends to the proxy: one ciphertext a field, tied to auction, round key, account and the key
 * that answers are sealed to, and signed by the account. The hash of an upload is what the chain's commitment covers.
 */
import { keccak256, verifyTypedData, type Signer } from "ethers";
import { z } from "zod";
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import { encodeSigned } from "../primitives/paillier/encoding.ts";
import {
  ciphertextFromBytes,
  ciphertextToBytes,
  encrypt,
  publicKeyHash,
  type Ciphertext,
  type PublicKey,
} from "../primitives/paillier/publicKey.ts";
import type { Rng } from "../primitives/random.ts";
import { FIELD_BITS } from "./domain.ts";
import { addressForm, bytes32Form, hexForm } from "./forms.ts";
import { taggedHash, type Address, type Bytes32, type Venue } from "./market.ts";
import { UPLOAD_TYPES, uploadDomain } from "./typedData.ts";

export interface Upload {
  readonly auctionId: Bytes32;
  readonly roundKeyHash: Bytes32;
  readonly account: Address;
  /** HPKE public key of the sender, 0x-prefixed hexadecimal. */
  readonly sealKey: string;
  /** In the order that `messages/README.md` fixes for requests and for offers. */
  readonly fields: readonly Ciphertext[];
}

export interface SignedUpload {
  readonly upload: Upload;
  readonly signature: string;
}

/** What an owner says of itself before its fields are encrypted. */
export type UploadHeader = Pick<Upload, "auctionId" | "account" | "sealKey">;

type UploadErrorCode = "E_UPLOAD_FORM" | "E_UPLOAD_KEY" | "E_UPLOAD_SIGNATURE" | "E_UPLOAD_FIELDS";

export class UploadError extends Error {
  override readonly name = "UploadError";
  readonly code: UploadErrorCode;

  constructor(code: UploadErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** H(n) as the auction's terms carry it. */
export function roundKeyHashOf(publicKey: PublicKey): Bytes32 {
  return bytesToHex(publicKeyHash(publicKey));
}

/** Encrypts every field under the round's key. Run by the owner of the values. */
export function encryptUpload(
  header: UploadHeader,
  publicKey: PublicKey,
  values: readonly bigint[],
  rng: Rng,
): Upload {
  const fields = values.map((value) =>
    encrypt(publicKey, encodeSigned(publicKey, value, FIELD_BITS), rng),
  );
  return { ...header, roundKeyHash: roundKeyHashOf(publicKey), fields };
}

/** Encrypts a whole record in one ciphertext. Run by the owner of the values. */
export function encryptPacked(
  header: UploadHeader,
  publicKey: PublicKey,
  record: bigint,
  rng: Rng,
): Upload {
  const fields = [encrypt(publicKey, record, rng)];
  return { ...header, roundKeyHash: roundKeyHashOf(publicKey), fields };
}

/** `ChargeVeil.Upload.v1`: the hash that a request or bid commitment covers. */
export function uploadHash(upload: Upload): Bytes32 {
  const types = ["bytes32", "bytes32", "address", "bytes32", "bytes32"];
  return taggedHash("ChargeVeil.Upload.v1", types, [
    upload.auctionId,
    upload.roundKeyHash,
    upload.account,
    upload.sealKey,
    keccak256(concatBytes(...upload.fields.map(ciphertextToBytes))),
  ]);
}

/** Signs an upload with its account. Run by the owner. */
export async function signUpload(
  venue: Venue,
  upload: Upload,
  signer: Signer,
): Promise<SignedUpload> {
  const content = { auctionId: upload.auctionId, uploadHash: uploadHash(upload) };
  const signature = await signer.signTypedData(uploadDomain(venue), UPLOAD_TYPES, content);
  return { upload, signature };
}

/** Refuses an upload that its account did not sign for this venue. Run by the proxy. @throws UploadError */
export function assertSigned(venue: Venue, { upload, signature }: SignedUpload): void {
  const content = { auctionId: upload.auctionId, uploadHash: uploadHash(upload) };
  if (signerOf(venue, content, signature) !== upload.account) {
    const message = `assertSigned: expected a signature of ${upload.account}, got another's or none`;
    throw new UploadError("E_UPLOAD_SIGNATURE", message);
  }
}

const signedUploadJson = z.strictObject({
  auctionId: bytes32Form,
  roundKeyHash: bytes32Form,
  account: addressForm,
  sealKey: bytes32Form,
  fields: z.array(hexForm).max(64),
  signature: hexForm,
});

/** The form in which an upload travels and is stored: all values as hexadecimal text. */
export function uploadToJson({ upload, signature }: SignedUpload): object {
  const fields = upload.fields.map((field) => bytesToHex(ciphertextToBytes(field)));
  return { ...upload, fields, signature };
}

/**
 * Reads an upload from elsewhere and checks every ciphertext. Run by the proxy.
 * @throws UploadError if the form or the round key is another; PaillierError for a bad ciphertext.
 */
export function uploadFromJson(publicKey: PublicKey, json: unknown): SignedUpload {
  const parsed = signedUploadJson.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
    throw new UploadError("E_UPLOAD_FORM", `uploadFromJson: expected an upload${where}`);
  }
  const { signature, ...rest } = parsed.data;
  if (rest.roundKeyHash !== roundKeyHashOf(publicKey)) {
    const message = `uploadFromJson: expected round key ${roundKeyHashOf(publicKey)}, got ${rest.roundKeyHash}`;
    throw new UploadError("E_UPLOAD_KEY", message);
  }
  const fields = rest.fields.map((field) => ciphertextFromBytes(publicKey, hexToBytes(field)));
  return { upload: { ...rest, fields }, signature };
}

function signerOf(venue: Venue, content: object, signature: string): Address | null {
  try {
    return verifyTypedData(uploadDomain(venue), UPLOAD_TYPES, content, signature);
  } catch {
    return null;
  }
}
