/**
 * An upload with its signature as bytes, all fields at their widths one after the other: what is
 * sealed to the proxy. How long it is depends on the round key and on the kind of the upload, and
 * on nothing that is in it.
 */
import { getAddress } from "ethers";
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import { ciphertextFromBytes, ciphertextToBytes } from "../primitives/paillier/publicKey.ts";
import type { Cell } from "./area.ts";
import { offerLayout, requestLayout } from "./packedRecord.ts";
import { cellsInPadded, paddedCells, PADDED_CELLS_BYTES } from "./paddedCells.ts";
import { recordProofBytes } from "./provenRecord.ts";
import type { RoundKey } from "./roundKey.ts";
import type { SignedUpload } from "./upload.ts";
import { UploadError } from "./uploadError.ts";
import { kindCode, SENT_KINDS, type SentKind } from "./uploadHeader.ts";

const WORD_BYTES = 32;
const ROUND_AND_KIND_BYTES = 2;
const ACCOUNT_BYTES = 20;
const SIGNATURE_BYTES = 65;
/** auctionId, round and kind, roundKeyHash, account, sealKey, setId. */
const HEAD_BYTES = [
  WORD_BYTES,
  ROUND_AND_KIND_BYTES,
  WORD_BYTES,
  ACCOUNT_BYTES,
  WORD_BYTES,
  WORD_BYTES,
] as const;
const MOST_ROUND = 255n;
const LAYOUTS = { request: requestLayout, offer: offerLayout } as const;

/**
 * auctionId 32 ‖ round u8 ‖ kind u8, 1 of a request and 2 of an offer ‖ roundKeyHash 32 ‖ account 20
 * ‖ sealKey 32 ‖ setId 32 ‖ padded cells 1,025 ‖ record 2·|n|/8 ‖ proof ‖ signature 65. Run by the
 * owner.
 * @throws UploadError E_UPLOAD_FORM for a field of another width, a round above 255, and as
 *   `paddedCells`; BytesError for a field that is no hexadecimal
 */
export function uploadToBytes(
  roundKey: RoundKey,
  { upload, signature }: SignedUpload,
): Uint8Array<ArrayBuffer> {
  const { auctionId, round, kind, roundKeyHash, account, sealKey, setId, cells } = upload;
  if (round < 0n || round > MOST_ROUND) throw formError("uploadToBytes", "a round of u8", round);
  const parts = [
    hexToBytes(auctionId),
    Uint8Array.of(Number(round), kindCode(kind)),
    ...[roundKeyHash, account, sealKey, setId].map(hexToBytes),
    paddedCells(cells),
    ciphertextToBytes(upload.record),
    ...[upload.proof, signature].map(hexToBytes),
  ];
  const lengths = parts.map(({ length }) => length);
  if (widthsOf(roundKey, kind).every((width, k) => width === lengths[k])) {
    return concatBytes(...parts);
  }
  throw formError("uploadToBytes", "fields of their widths", `${lengths.join(", ")} bytes`);
}

/**
 * Reads an upload from elsewhere and checks its ciphertext. Run by the proxy.
 * @throws UploadError E_UPLOAD_FORM for another kind, another length than of its kind, and for
 *   cells in another form than `paddedCells` gives them; PaillierError for a bad ciphertext
 */
export function uploadFromBytes(roundKey: RoundKey, bytes: Uint8Array): SignedUpload {
  const kind = kindIn(roundKey, bytes);
  const { publicKey } = roundKey.shortKey;
  let end = 0;
  const take = (width: number): Uint8Array => bytes.subarray(end, (end += width));
  const text = (width: number): string => bytesToHex(take(width));
  const auctionId = text(WORD_BYTES);
  const [round = 0] = take(ROUND_AND_KIND_BYTES);
  const upload = {
    auctionId,
    round: BigInt(round),
    kind,
    roundKeyHash: text(WORD_BYTES),
    account: getAddress(text(ACCOUNT_BYTES)),
    sealKey: text(WORD_BYTES),
    setId: text(WORD_BYTES),
    cells: cellsIn(take(PADDED_CELLS_BYTES)),
    record: ciphertextFromBytes(publicKey, take(publicKey.ciphertextBytes)),
    proof: text(proofBytes(roundKey, kind)),
  };
  return { upload, signature: text(SIGNATURE_BYTES) };
}

function proofBytes(roundKey: RoundKey, kind: SentKind): number {
  return recordProofBytes(roundKey, LAYOUTS[kind](roundKey.features));
}

function widthsOf(roundKey: RoundKey, kind: SentKind): readonly number[] {
  const { ciphertextBytes } = roundKey.shortKey.publicKey;
  const proof = proofBytes(roundKey, kind);
  return [...HEAD_BYTES, PADDED_CELLS_BYTES, ciphertextBytes, proof, SIGNATURE_BYTES];
}

/** The kind that an upload names, if it has the length of one. */
function kindIn(roundKey: RoundKey, bytes: Uint8Array): SentKind {
  const code = bytes[WORD_BYTES + 1];
  const kind = SENT_KINDS.find((one) => kindCode(one) === code);
  if (kind === undefined) {
    throw formError("uploadFromBytes", "a request or an offer", `kind ${code ?? "of no byte"}`);
  }
  const expected = widthsOf(roundKey, kind).reduce((sum, width) => sum + width, 0);
  if (bytes.length === expected) return kind;
  throw formError("uploadFromBytes", `${expected} bytes for an upload of this kind`, bytes.length);
}

function cellsIn(bytes: Uint8Array): readonly Cell[] {
  const cells = cellsInPadded(bytes);
  if (cells !== null) return cells;
  throw formError("uploadFromBytes", "padded cells", "other bytes in their place");
}

function formError(where: string, expected: string, got: unknown): UploadError {
  return new UploadError("E_UPLOAD_FORM", `${where}: expected ${expected}, got ${String(got)}`);
}
