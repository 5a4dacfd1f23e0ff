/**
 * What a vehicle or a pile sends to the proxy: its record in one ciphertext with a proof of its
 * ranges, tied to auction and round, round key, account, the key that answers are sealed to and the
 * cells that it is compared by, and signed by the account. The hash of an upload stands on chain:
 * nobody can move anybody to other cells, and an older upload never takes the place of a newer one.
 * It is a hash of hashes, so that the cloud can check it without the ciphertext.
 */
import { keccak256, type Signer } from "ethers";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";
import { ciphertextToBytes, type Ciphertext } from "../primitives/paillier/publicKey.ts";
import { type Bytes32, type Venue } from "./market.ts";
import { UPLOAD_TYPES, uploadDomain } from "./typedData.ts";
import { assertHeaderSigned, headerHash, type HashedUpload } from "./uploadHeader.ts";

export interface Upload extends Omit<HashedUpload, "recordHash" | "proofHash"> {
  /** Fields at the places that `core/messages/README.md` fixes for requests and for offers. */
  readonly record: Ciphertext;
  /** That every field is in its range (`provenRecord.ts`), 0x-prefixed hexadecimal. */
  readonly proof: string;
}

export interface SignedUpload {
  readonly upload: Upload;
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
