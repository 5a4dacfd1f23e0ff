/**
 * Cells of a bucket at one length for all lists, so that neither an upload nor its header shows how
 * large a bucket is: count u8 ‖ column u32 ‖ row u32 of each cell ‖ zeros in the places of all others
 * that there could be.
 */
import { concatBytes, u32 } from "../primitives/bytes.ts";
import { MOST_CELLS, type Cell } from "./area.ts";
import { UploadError } from "./uploadError.ts";

const CELL_BYTES = 8;
/** Of every list of cells. */
export const PADDED_CELLS_BYTES = 1 + MOST_CELLS * CELL_BYTES;

/** @throws UploadError E_UPLOAD_FORM for more than `MOST_CELLS`, or no numbers of 32 bits */
export function paddedCells(cells: readonly Cell[]): Uint8Array<ArrayBuffer> {
  if (cells.length > MOST_CELLS) {
    const message = `upload: expected at most ${MOST_CELLS} cells, got ${cells.length}`;
    throw new UploadError("E_UPLOAD_FORM", message);
  }
  const numbers = cells.flatMap(({ column, row }) => [column, row]);
  if (!numbers.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32)) {
    throw new UploadError("E_UPLOAD_FORM", "upload: expected cells of 32 bits, got others");
  }
  const padding = new Uint8Array((MOST_CELLS - cells.length) * CELL_BYTES);
  return concatBytes(Uint8Array.of(cells.length), ...numbers.map(u32), padding);
}

/**
 * Reads `PADDED_CELLS_BYTES`. Of one list there is one form: null for a larger count, and for
 * padding that is not zero.
 */
export function cellsInPadded(bytes: Uint8Array): readonly Cell[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.min(view.getUint8(0), MOST_CELLS);
  const cells = Array.from({ length: count }, (_, k) => ({
    column: view.getUint32(1 + CELL_BYTES * k),
    row: view.getUint32(5 + CELL_BYTES * k),
  }));
  return Buffer.compare(paddedCells(cells), bytes) === 0 ? cells : null;
}
