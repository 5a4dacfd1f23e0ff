/**
 * An upload with its signature as bytes, all fields at their widths one after the other: what is
 * sealed to the proxy. How long it is depends on the round key and on the kind of the upload, and
 * on nothing that is in it.
 */
import { getAddress } from "ethers";
import { bytesToHex, concatBytes, hexToBytes, u32 } from "../primitives/bytes.ts";
import { ciphertextFromBytes, ciphertextToBytes } from "../primitives/paillier/publicKey.ts";
import { MOST_CELLS, type Cell } from "./area.ts";
import { offerLayout, requestLayout } from "./packedRecord.ts";
import { recordProofBytes } from "./provenRecord.ts";
import type { RoundKey } from "./roundKey.ts";
import { UploadError, type SignedUpload } from "./upload.ts";

const WORD_BYTES = 32;
const ACCOUNT_BYTES = 20;
const SIGNATURE_BYTES = 65;
const CELL_BYTES = 8;
/** Of every list of cells. */
const PADDED_CELLS_BYTES = 1 + MOST_CELLS * CELL_BYTES;
/** auctionId, roundKeyHash, account, sealKey, setId. */
const NAMES_BYTES = [WORD_BYTES, WORD_BYTES, ACCOUNT_BYTES, WORD_BYTES, WORD_BYTES] as const;

/**
 * auctionId 32 ‖ roundKeyHash 32 ‖ account 20 ‖ sealKey 32 ‖ setId 32 ‖ padded cells 1,025 ‖ record
 * 2·|n|/8 ‖ proof ‖ signature 65. Run by the owner.
 * @throws UploadError E_UPLOAD_FORM for a field of another width, or more than `MOST_CELLS`;
 *   BytesError for a field that is no hexadecimal, or a cell that is no number of 32 bits
 */
export function uploadToBytes(
  roundKey: RoundKey,
  { upload, signature }: SignedUpload,
): Uint8Array<ArrayBuffer> {
  const { auctionId, roundKeyHash, account, sealKey, setId, cells, record, proof } = upload;
  const parts = [
    ...[auctionId, roundKeyHash, account, sealKey, setId].map(hexToBytes),
    paddedCells(cells),
    ciphertextToBytes(record),
    ...[proof, signature].map(hexToBytes),
  ];
  const lengths = parts.map(({ length }) => length);
  const fits = proofWidths(roundKey).some((proofBytes) =>
    widthsOf(roundKey, proofBytes).every((width, k) => width === lengths[k]),
  );
  if (fits) return concatBytes(...parts);
  const message = `uploadToBytes: expected fields of their widths, got ${lengths.join(", ")} bytes`;
  throw new UploadError("E_UPLOAD_FORM", message);
}

/**
 * Reads an upload from elsewhere and checks its ciphertext. Run by the proxy.
 * @throws UploadError E_UPLOAD_FORM for another length, and for cells in another form than
 *   `paddedCells` gives them; PaillierError for a bad ciphertext
 */
export function uploadFromBytes(roundKey: RoundKey, bytes: Uint8Array): SignedUpload {
  const proofBytes = proofWidthIn(roundKey, bytes);
  const { publicKey } = roundKey.shortKey;
  let end = 0;
  const take = (width: number): Uint8Array => bytes.subarray(end, (end += width));
  const text = (width: number): string => bytesToHex(take(width));
  const upload = {
    auctionId: text(WORD_BYTES),
    roundKeyHash: text(WORD_BYTES),
    account: getAddress(text(ACCOUNT_BYTES)),
    sealKey: text(WORD_BYTES),
    setId: text(WORD_BYTES),
    cells: cellsIn(take(PADDED_CELLS_BYTES)),
    record: ciphertextFromBytes(publicKey, take(publicKey.ciphertextBytes)),
    proof: text(proofBytes),
  };
  return { upload, signature: text(SIGNATURE_BYTES) };
}

/** Of the proof of a request, and of that of an offer. */
function proofWidths(roundKey: RoundKey): readonly number[] {
  const layouts = [requestLayout(roundKey.features), offerLayout(roundKey.features)];
  return layouts.map((layout) => recordProofBytes(roundKey, layout));
}

function widthsOf({ shortKey }: RoundKey, proofBytes: number): readonly number[] {
  const { ciphertextBytes } = shortKey.publicKey;
  return [...NAMES_BYTES, PADDED_CELLS_BYTES, ciphertextBytes, proofBytes, SIGNATURE_BYTES];
}

/** The width of the proof in an upload of this length. */
function proofWidthIn(roundKey: RoundKey, { length }: Uint8Array): number {
  const lengthWith = (proofBytes: number): number =>
    widthsOf(roundKey, proofBytes).reduce((sum, width) => sum + width, 0);
  const widths = proofWidths(roundKey);
  const proofBytes = widths.find((width) => lengthWith(width) === length);
  if (proofBytes !== undefined) return proofBytes;
  const expected = widths.map(lengthWith).join(" or ");
  const message = `uploadFromBytes: expected an upload of ${expected} bytes, got ${length}`;
  throw new UploadError("E_UPLOAD_FORM", message);
}

/**
 * count u8 ‖ column u32 ‖ row u32 of each cell ‖ zeros in the places of all others that there could
 * be.
 */
function paddedCells(cells: readonly Cell[]): Uint8Array<ArrayBuffer> {
  if (cells.length > MOST_CELLS) {
    const message = `uploadToBytes: expected at most ${MOST_CELLS} cells, got ${cells.length}`;
    throw new UploadError("E_UPLOAD_FORM", message);
  }
  const numbers = cells.flatMap(({ column, row }) => [u32(column), u32(row)]);
  const padding = new Uint8Array((MOST_CELLS - cells.length) * CELL_BYTES);
  return concatBytes(Uint8Array.of(cells.length), ...numbers, padding);
}

/** Of one list there is one form: neither a larger count nor padding that is not zero is one. */
function cellsIn(bytes: Uint8Array): readonly Cell[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(view.getUint8(0), MOST_CELLS);
  const cells = Array.from({ length: count }, (_, k) => ({
    column: view.getUint32(1 + CELL_BYTES * k),
    row: view.getUint32(5 + CELL_BYTES * k),
  }));
  if (Buffer.compare(paddedCells(cells), bytes) === 0) return cells;
  const message = "uploadFromBytes: expected padded cells, got other bytes in their place";
  throw new UploadError("E_UPLOAD_FORM", message);
}
