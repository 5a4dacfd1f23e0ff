/**
 * What a vehicle or a pile sends to the proxy: its record in one ciphertext with a proof of its
 * ranges, tied to auction, round key, account, the key that answers are sealed to and the cells
 * that it is compared by, and signed by the account. The hash of an upload is what the chain's
 * commitment covers: nobody can move anybody to other cells.
 */
import { keccak256, solidityPacked, type Signer } from "ethers";
import { ZERO_BYTES32 } from "../primitives/bytes.ts";
import { ciphertextToBytes, type Ciphertext } from "../primitives/paillier/publicKey.ts";
import type { Cell } from "./area.ts";
import { taggedHash, type Address, type Bytes32, type Venue } from "./market.ts";
import { signerOf } from "./signatureForm.ts";
import { UPLOAD_TYPES, uploadDomain } from "./typedData.ts";

export interface Upload {
  readonly auctionId: Bytes32;
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

/** What an owner says of itself before its fields are encrypted. */
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

/**
 * `ChargeVeil.Upload.v1`: the hash that a request or bid commitment covers.
 * @throws UploadError E_UPLOAD_FORM for cells that are not numbers of 32 bits
 */
export function uploadHash(upload: Upload): Bytes32 {
  const names = ["bytes32", "bytes32", "address", "bytes32", "bytes32"];
  const types = [...names, "bytes32", "bytes32", "bytes32"];
  return taggedHash("ChargeVeil.Upload.v1", types, [
    upload.auctionId,
    upload.roundKeyHash,
    upload.account,
    upload.sealKey,
    upload.setId,
    keccak256(packedCells(upload.cells)),
    keccak256(ciphertextToBytes(upload.record)),
    keccak256(upload.proof),
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
 * @throws UploadError E_UPLOAD_SIGNATURE for an upload that it has not
 */
export function assertSigned(venue: Venue, { upload, signature }: SignedUpload): Bytes32 {
  const hash = uploadHash(upload);
  const content = { auctionId: upload.auctionId, uploadHash: hash };
  const signed = { domain: uploadDomain(venue), types: UPLOAD_TYPES, value: content };
  if (signerOf(signed, signature) === upload.account) return hash;
  const message = `assertSigned: expected a signature of ${upload.account}, got another's or none`;
  throw new UploadError("E_UPLOAD_SIGNATURE", message);
}
