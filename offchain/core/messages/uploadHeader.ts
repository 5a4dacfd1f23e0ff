/**
 * The header of an upload: all of it but ciphertext and proof, with their hashes in their places.
 * It is what the cloud may see, and enough to hold against the chain and the signature.
 */
import { keccak256 } from "ethers";
import type { Cell } from "./area.ts";
import { taggedHash, type Address, type Bytes32, type Venue } from "./market.ts";
import { paddedCells } from "./paddedCells.ts";
import { signerOf } from "./signatureForm.ts";
import { UPLOAD_TYPES, uploadDomain } from "./typedData.ts";
import { UploadError } from "./uploadError.ts";

/** What an upload holds. */
export const SENT_KINDS = ["request", "offer"] as const;
export type SentKind = (typeof SENT_KINDS)[number];

/** In hashes and in bytes. */
export function kindCode(kind: SentKind): number {
  return 1 + SENT_KINDS.indexOf(kind);
}

/** An upload with the hashes of ciphertext and proof in their places: what the cloud may see. */
export interface HashedUpload {
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
  readonly recordHash: Bytes32;
  readonly proofHash: Bytes32;
}

export interface SignedHeader {
  readonly upload: HashedUpload;
  readonly signature: string;
}

/**
 * `ChargeVeil.Upload.v2`, from the header alone.
 * @throws UploadError as `paddedCells`
 */
export function headerHash(upload: HashedUpload): Bytes32 {
  const place = ["bytes32", "uint8", "uint8", "bytes32", "address"];
  const types = [...place, "bytes32", "bytes32", "bytes32", "bytes32", "bytes32"];
  return taggedHash("ChargeVeil.Upload.v2", types, [
    upload.auctionId,
    upload.round,
    kindCode(upload.kind),
    upload.roundKeyHash,
    upload.account,
    upload.sealKey,
    upload.setId,
    keccak256(paddedCells(upload.cells)),
    upload.recordHash,
    upload.proofHash,
  ]);
}

/**
 * The hash of an upload that its account has signed for this venue, by its header. Run by both
 * servers.
 * @throws UploadError E_UPLOAD_SIGNATURE for an upload that its account has not signed, as
 *   `headerHash`
 */
export function assertHeaderSigned(venue: Venue, { upload, signature }: SignedHeader): Bytes32 {
  const hash = headerHash(upload);
  const content = { auctionId: upload.auctionId, uploadHash: hash };
  const signed = { domain: uploadDomain(venue), types: UPLOAD_TYPES, value: content };
  if (signerOf(signed, signature) === upload.account) return hash;
  const message = `assertSigned: expected a signature of ${upload.account}, got another's or none`;
  throw new UploadError("E_UPLOAD_SIGNATURE", message);
}
