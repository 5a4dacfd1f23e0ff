/**
 * What a vehicle tells the cloaker: a presentation of its credential, made for this epoch and for
 * the cell that it is in. The cell is part of what the presentation signs, so nobody moves a
 * vehicle to another cell.
 */
import { bigintToBytes, concatBytes } from "../primitives/bytes.ts";
import type { Cell } from "./area.ts";

export interface CloakJoining {
  /** Of the credential, over `joiningMessage`, in the scope of the epoch. */
  readonly presentation: Uint8Array;
  readonly cell: Cell;
}

const LABEL = "CLOAK-v1/join";

/** CLOAK-v1/join ‖ 0x00 ‖ u32(column) ‖ u32(row): what the presentation signs. */
export function joiningMessage({ column, row }: Cell): Uint8Array {
  const label = new TextEncoder().encode(LABEL);
  const words = [column, row].map((word) => bigintToBytes(BigInt(word), 4));
  return concatBytes(label, Uint8Array.of(0), ...words);
}
