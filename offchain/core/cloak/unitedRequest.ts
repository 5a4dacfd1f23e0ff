/**
 * What all members of a bucket send: the same bytes. Names, cells and contents are three lists,
 * each in its own sorted order. A sorted list is a function of what is in it and of nothing else,
 * so no order links one list to another, and nobody has to be trusted to shuffle. Our own
 * construction; DePET has three arrays and is silent about their order.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import {
  bigintToBytes,
  bytesToHex,
  concatBytes,
  lengthPrefixed,
  utf8,
  u32,
  type Hex,
} from "../primitives/bytes.ts";
import { demand } from "./cloakError.ts";
import type { Cell } from "./grid.ts";
import type { Bucket } from "./reciprocalBuckets.ts";

export interface UnitedRequest {
  /** 0 to 2^53 − 1. */
  readonly epoch: number;
  /** SHA-256 over the epoch and the sorted nyms. */
  readonly setId: Hex;
  readonly nyms: readonly string[];
  readonly cells: readonly Cell[];
  /**
   * What is asked for, sealed to who may read it; all of one length, or the length would tell them
   * apart.
   */
  readonly contents: readonly Uint8Array[];
}

const SET_LABEL = "CLOAK-v1/set";
const REQUEST_LABEL = "CLOAK-v1/request";

/**
 * The request of a bucket. Run by every member, with the same result.
 * @param contents one a member, in any order
 * @throws CloakError E_CLOAK_EPOCH, E_CLOAK_CONTENT (another number than members, or of several
 *   lengths)
 */
export function unitedRequest(
  bucket: Bucket,
  epoch: number,
  contents: readonly Uint8Array[],
): UnitedRequest {
  const isEpoch = Number.isSafeInteger(epoch) && epoch >= 0;
  demand(isEpoch, "E_CLOAK_EPOCH", `epoch: expected a whole number of at least 0, got ${epoch}`);
  const lengths = new Set(contents.map(({ length }) => length));
  const fits = contents.length === bucket.length && lengths.size <= 1;
  demand(fits, "E_CLOAK_CONTENT", `contents: expected ${bucket.length} of one length`);
  const nyms = bucket.map(({ nym }) => nym).sort(byText);
  return {
    epoch,
    setId: bytesToHex(sha256(concatBytes(utf8(SET_LABEL), ...setParts(epoch, nyms)))),
    nyms,
    cells: bucket.map(({ cell: { column, row } }) => ({ column, row })).sort(byCell),
    contents: contents.toSorted((a, b) => Buffer.compare(a, b)),
  };
}

/** The bytes of a request: what its members send and sign. */
export function encodeRequest({ epoch, nyms, cells, contents }: UnitedRequest): Uint8Array {
  const words = cells.flatMap(({ column, row }) => [u32(column), u32(row)]);
  return concatBytes(
    utf8(REQUEST_LABEL),
    ...setParts(epoch, nyms),
    lengthPrefixed(concatBytes(...words)),
    u32(contents.length),
    ...contents.map(lengthPrefixed),
  );
}

function setParts(epoch: number, nyms: readonly string[]): readonly Uint8Array[] {
  const names = nyms.map((nym) => lengthPrefixed(utf8(nym)));
  return [Uint8Array.of(0), bigintToBytes(BigInt(epoch), 8), u32(nyms.length), ...names];
}

// Code unit order: the same on every machine, unlike a locale's.
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byCell(a: Cell, b: Cell): number {
  return a.column - b.column || a.row - b.row;
}
