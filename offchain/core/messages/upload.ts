/**
 * What a vehicle or a pile sends to the proxy: its record in one ciphertext with a proof of its
 * ranges, tied to auction and round, round key, account, the key that answers are sealed to and the
 * cells that it is compared by, and signed by the account. The hash of an upload stands on chain:
 * nobody can move anybody to other cells, and an older upload never takes the place of a newer one.
 * It is a hash of hashes, so that the cloud can check it without the ciphertext.
 */
import { keccak256, Signature, solidityPacked, verifyTypedData, type Signer } from "ethers";
import { z } from "zod";
import { bytesToHex, hexToBytes, ZERO_BYTES32 } from "../primitives/bytes.ts";
import {
  ciphertextFromBytes,
  ciphertextToBytes,
  type Ciphertext,
  type PublicKey,
} from "../primitives/paillier/publicKey.ts";
import { cellForm, type Cell } from "./area.ts";
import { addressForm, bytes32Form, hexForm } from "./forms.ts";
import { taggedHash, type Address, type Bytes32, type Venue } from "./market.ts";
import { UPLOAD_TYPES, uploadDomain } from "./typedData.ts";

/** What an upload holds; in its hash 1 and 2. */
export const SENT_KINDS = ["request", "offer"] as const;
export type SentKind = (typeof SENT_KINDS)[number];

export interface Upload {
  readonly auctionId: Bytes32;
  /** Of the auction, in which it was made; counts from 1, to 255. */
  readonly round: bigint;
  readonly kind: SentKind;
  readonly roundKeyHash: Bytes32;
  readonly account: Address;
  /** HPKE public key of the sender, 0x-prefixed hexadecimal. */
  readonly sealKey: string;
  /** Name of the united request of the sender's bucket; `NO_SET` without one. */
  readonly setId: Bytes32;
  /**
   * Cells of the bucket, one a member, so repeated where members share one; sorted by column, then
   * row, at most `MOST_CELLS`. None means anywhere in the area: hides most, costs most.
   */
  readonly cells: readonly Cell[];
  /** Fields at the places that `core/messages/README.md` fixes for requests and for offers. */
  readonly record: Ciphertext;
  /** That every field is in its range (`provenRecord.ts`), 0x-prefixed hexadecimal. */
  readonly proof: string;
}

export interface SignedUpload {
  readonly upload: Upload;
  readonly signature: string;
}

/** An upload with the hashes of ciphertext and proof in their places: what the cloud may see. */
export interface HashedUpload extends Omit<Upload, "record" | "proof"> {
  readonly recordHash: Bytes32;
  readonly proofHash: Bytes32;
}

export interface SignedHeader {
  readonly upload: HashedUpload;
  readonly signature: string;
}

/** An upload before its fields are encrypted. */
export type ClearUpload = Omit<Upload, "roundKeyHash" | "record" | "proof">;

/** What an owner says of itself. */
export type UploadHeader = Pick<Upload, "auctionId" | "account" | "sealKey" | "setId" | "cells">;

/** In place of the name of a united request. */
export const NO_SET: Bytes32 = ZERO_BYTES32;
/** What an upload says of where its sender is. */
export type Whereabouts = Pick<UploadHeader, "setId" | "cells">;

/** In no bucket, and compared with everybody. */
export const ANYWHERE: Whereabouts = { setId: NO_SET, cells: [] };

type UploadErrorCode = "E_UPLOAD_FORM" | "E_UPLOAD_SIGNATURE";

export class UploadError extends Error {
  override readonly name = "UploadError";
  readonly code: UploadErrorCode;

  constructor(code: UploadErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The header of an upload: all of it but ciphertext and proof. */
export function hashedUpload({ record, proof, ...header }: Upload): HashedUpload {
  return {
    ...header,
    recordHash: keccak256(ciphertextToBytes(record)),
    proofHash: keccak256(proof),
  };
}

/**
 * The hash of an upload: what its account tells the chain with a request or a bid.
 * @throws UploadError as `headerHash`
 */
export function uploadHash(upload: Upload): Bytes32 {
  return headerHash(hashedUpload(upload));
}

/**
 * `ChargeVeil.Upload.v2`, from the header alone.
 * @throws UploadError E_UPLOAD_FORM for cells that are not numbers of 32 bits
 */
export function headerHash(upload: HashedUpload): Bytes32 {
  const place = ["bytes32", "uint8", "uint8", "bytes32", "address"];
  const types = [...place, "bytes32", "bytes32", "bytes32", "bytes32", "bytes32"];
  return taggedHash("ChargeVeil.Upload.v2", types, [
    upload.auctionId,
    upload.round,
    1 + SENT_KINDS.indexOf(upload.kind),
    upload.roundKeyHash,
    upload.account,
    upload.sealKey,
    upload.setId,
    keccak256(packedCells(upload.cells)),
    upload.recordHash,
    upload.proofHash,
  ]);
}

/** Column and row of each cell, 4 bytes each. */
function packedCells(cells: readonly Cell[]): string {
  const numbers = cells.flatMap(({ column, row }) => [column, row]);
  if (!numbers.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32)) {
    throw new UploadError("E_UPLOAD_FORM", "uploadHash: expected cells of 32 bits, got others");
  }
  return solidityPacked(
    numbers.map(() => "uint32"),
    numbers,
  );
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

/**
 * The hash of an upload that its account has signed for this venue. Run by the proxy.
 * @throws UploadError as `assertHeaderSigned`
 */
export function assertSigned(venue: Venue, { upload, signature }: SignedUpload): Bytes32 {
  return assertHeaderSigned(venue, { upload: hashedUpload(upload), signature });
}

/**
 * The same by the header of an upload. Run by the cloud.
 * @throws UploadError E_UPLOAD_SIGNATURE for an upload that its account has not signed, as
 *   `headerHash`
 */
export function assertHeaderSigned(venue: Venue, { upload, signature }: SignedHeader): Bytes32 {
  const hash = headerHash(upload);
  const content = { auctionId: upload.auctionId, uploadHash: hash };
  if (signerOf(venue, content, signature) === upload.account) return hash;
  const message = `assertSigned: expected a signature of ${upload.account}, got another's or none`;
  throw new UploadError("E_UPLOAD_SIGNATURE", message);
}

const signedUploadJson = z.strictObject({
  auctionId: bytes32Form,
  round: z.int().min(0).max(255).transform(BigInt),
  kind: z.enum(SENT_KINDS),
  roundKeyHash: bytes32Form,
  account: addressForm,
  sealKey: bytes32Form,
  setId: bytes32Form,
  cells: z.array(cellForm),
  record: hexForm,
  proof: hexForm,
  signature: hexForm,
});

/**
 * The form in which an upload travels and is stored: round and cells as numbers, the kind by its
 * name, all else as hexadecimal text.
 */
export function uploadToJson({ upload, signature }: SignedUpload): object {
  const record = bytesToHex(ciphertextToBytes(upload.record));
  return { ...upload, round: Number(upload.round), record, signature };
}

/**
 * Reads an upload from elsewhere and checks its ciphertext. Run by the proxy.
 * @throws UploadError E_UPLOAD_FORM; PaillierError for a bad ciphertext.
 */
export function uploadFromJson(publicKey: PublicKey, json: unknown): SignedUpload {
  const parsed = signedUploadJson.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
    throw new UploadError("E_UPLOAD_FORM", `uploadFromJson: expected an upload${where}`);
  }
  const { signature, ...rest } = parsed.data;
  const record = ciphertextFromBytes(publicKey, hexToBytes(rest.record));
  return { upload: { ...rest, record }, signature };
}

/**
 * A signature has one form: shorter ones, or those with another v, name the same signer and are
 * refused.
 */
function signerOf(venue: Venue, content: object, signature: string): Address | null {
  try {
    if (Signature.from(signature).serialized !== signature) return null;
    return verifyTypedData(uploadDomain(venue), UPLOAD_TYPES, content, signature);
  } catch {
    return null;
  }
}
