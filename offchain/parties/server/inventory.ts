/**
 * What the proxy says before a round begins: what is wanted, and of everybody whom the chain names
 * the header of its upload, or why it takes no part. Who they are, in which order they come and who
 * is compared with whom, the cloud finds out itself (`roster.ts`).
 */
import type { CommittedRound } from "../../chain/committed.ts";
import { cellsInPadded, paddedCells, PADDED_CELLS_BYTES } from "../../core/messages/paddedCells.ts";
import { saidCode, saidOfCode, type Absence } from "../../core/messages/participants.ts";
import type { HashedUpload, SignedHeader } from "../../core/messages/uploadHeader.ts";
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import { bodyReader, bodyWriter, demand, type BodyReader, type BodyWriter } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear, readHeard } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";
import { MOST_RECORDS } from "./waves.ts";

/** Decisions and deliveries, or who leads and at which mean price. */
export const ROUND_KINDS = ["match", "rehearsal"] as const;
export type RoundKind = (typeof ROUND_KINDS)[number];

/** What of a header the chain does not say. */
export interface SentHeader
  extends
    Pick<HashedUpload, "sealKey" | "setId" | "cells" | "recordHash" | "proofHash">,
    Pick<SignedHeader, "signature"> {}

/**
 * What is said of one whom the chain names; `absence` null: it takes part, and this is its header.
 */
export type Entry =
  { readonly absence: null; readonly header: SentHeader } | { readonly absence: Absence };

export interface Inventory {
  readonly kind: RoundKind;
  /** In the order of the chain's requests. */
  readonly requests: readonly Entry[];
  /** In the order of the chain's bids. */
  readonly offers: readonly Entry[];
}

const { control } = STREAMS;
/** The lists travel in pieces of so many bytes, well below the bound of a frame. */
const PIECE_BYTES = 8 * 1_024 * 1_024;

/** Run by the proxy. */
export async function sayInventory(line: Line, inventory: Inventory): Promise<void> {
  const { kind, requests, offers } = inventory;
  const body = bodyWriter();
  for (const entry of [...requests, ...offers]) writeEntry(body, entry);
  const entries = body.done();
  const head = bodyWriter();
  head.u8(ROUND_KINDS.indexOf(kind));
  for (const count of [requests.length, offers.length, entries.length]) head.u32(count);
  await line.exchange(FRAME_TYPES.headers, control, head.done());
  for (let from = 0; from < entries.length; from += PIECE_BYTES) {
    await line.exchange(FRAME_TYPES.headers, control, entries.subarray(from, from + PIECE_BYTES));
  }
}

/**
 * Run by the cloud, which knows how many there are.
 * @throws LineError FRAME for what no round has, and for another count than the chain's
 */
export async function hearInventory(line: Line, committed: CommittedRound): Promise<Inventory> {
  const head = await hear(line, FRAME_TYPES.headers, control, (body) =>
    decodeHead(body, committed),
  );
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < head.entryBytes; from += PIECE_BYTES) {
    const expected = Math.min(PIECE_BYTES, head.entryBytes - from);
    const piece = await hear(line, FRAME_TYPES.headers, control, (body) => {
      demand(body.length === expected, `a piece of ${expected} bytes`, body.length);
      return body;
    });
    pieces.push(piece);
  }
  return readHeard(line, control, () => {
    const reader = bodyReader(Buffer.concat(pieces));
    const requests = committed.requests.map(() => readEntry(reader));
    const offers = committed.offers.map(() => readEntry(reader));
    reader.end();
    return { kind: head.kind, requests, offers };
  });
}

/** What comes before the entries. */
interface Head {
  readonly kind: RoundKind;
  readonly entryBytes: number;
}

function decodeHead(body: Uint8Array, committed: CommittedRound): Head {
  const head = bodyReader(body);
  const named = head.u8();
  const kind = ROUND_KINDS[named];
  demand(kind !== undefined, "a match or a rehearsal", named);
  const [requests, offers, entryBytes] = [head.u32(), head.u32(), head.u32()];
  head.end();
  for (const [count, known] of [
    [requests, committed.requests.length],
    [offers, committed.offers.length],
  ] as const) {
    demand(count <= MOST_RECORDS, `at most ${MOST_RECORDS} on one side`, count);
    demand(count === known, `the ${known} whom the chain names`, count);
  }
  // A proxy that lies must not fill the memory of a cloud that serves others too.
  const mostBytes = (requests + offers) * MOST_ENTRY_BYTES;
  demand(entryBytes <= mostBytes, `at most ${mostBytes} bytes of headers`, entryBytes);
  return { kind, entryBytes };
}

const WORD_BYTES = 32;
const SIGNATURE_BYTES = 65;
const MOST_ENTRY_BYTES = 1 + 4 * WORD_BYTES + PADDED_CELLS_BYTES + SIGNATURE_BYTES;

/**
 * code u8 ‖ of who takes part: sealKey 32 ‖ setId 32 ‖ recordHash 32 ‖ proofHash 32 ‖ padded cells
 * 1,025 ‖ signature 65
 */
function writeEntry(body: BodyWriter, entry: Entry): void {
  body.u8(saidCode(entry.absence));
  if (entry.absence !== null) return;
  const { sealKey, setId, recordHash, proofHash, cells, signature } = entry.header;
  for (const word of [sealKey, setId, recordHash, proofHash]) body.bytes(hexToBytes(word));
  body.bytes(paddedCells(cells));
  body.bytes(hexToBytes(signature));
}

function readEntry(body: BodyReader): Entry {
  const code = body.u8();
  const known = saidOfCode(code);
  demand(known !== null, "a header or an absence", code);
  if (known.said !== null) return { absence: known.said };
  const word = (): string => bytesToHex(body.bytes(WORD_BYTES));
  const [sealKey, setId, recordHash, proofHash] = [word(), word(), word(), word()];
  const padded = body.bytes(PADDED_CELLS_BYTES);
  const cells = cellsInPadded(padded);
  demand(cells !== null, "padded cells", padded[0] ?? 0);
  const signature = bytesToHex(body.bytes(SIGNATURE_BYTES));
  return { absence: null, header: { sealKey, setId, recordHash, proofHash, cells, signature } };
}
