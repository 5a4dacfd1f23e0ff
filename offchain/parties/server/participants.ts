/**
 * What the proxy says of a round before it begins: what is wanted, how many take part, and who is
 * compared with whom.
 */
import { checkCandidates } from "../../core/matching/candidates.ts";
import type { Candidates } from "../../core/matching/matching.ts";
import { bodyReader, bodyWriter, demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { STREAMS, type Line } from "./line.ts";

/** Decisions and deliveries, or who leads and at which mean price. */
export const ROUND_KINDS = ["match", "rehearsal"] as const;
export type RoundKind = (typeof ROUND_KINDS)[number];

export interface Participants {
  readonly kind: RoundKind;
  readonly requests: number;
  readonly offers: number;
  /** For each request the offers around it, in the order of the round. */
  readonly candidates: Candidates;
}

const NOTHING = new Uint8Array();
const { control } = STREAMS;
/** Lists travel in pieces of so many bytes, well below the bound of a frame. */
const PIECE_BYTES = 8 * 1_024 * 1_024;
/** More than any round that fits in memory. */
const MOST_BYTES = 512 * 1_024 * 1_024;
const MOST_RECORDS = 2 ** 20;

/** Run by the proxy. */
export async function sayParticipants(line: Line, participants: Participants): Promise<void> {
  const { kind, requests, offers, candidates } = participants;
  const lists = encodeLists(candidates);
  const head = bodyWriter();
  head.u8(ROUND_KINDS.indexOf(kind));
  for (const count of [requests, offers, lists.length]) head.u32(count);
  await line.exchange(FRAME_TYPES.participants, control, head.done());
  for (let from = 0; from < lists.length; from += PIECE_BYTES) {
    const piece = lists.subarray(from, from + PIECE_BYTES);
    await line.exchange(FRAME_TYPES.participants, control, piece);
  }
}

/** Run by the cloud. @throws LineError, CandidatesError for what no round has */
export async function hearParticipants(line: Line): Promise<Participants> {
  const head = bodyReader(await line.exchange(FRAME_TYPES.participants, control, NOTHING));
  const named = head.u8();
  const kind = ROUND_KINDS[named];
  const [requests, offers, length] = [head.u32(), head.u32(), head.u32()];
  head.end();
  demand(Math.max(requests, offers) <= MOST_RECORDS, `at most ${MOST_RECORDS} records`, requests);
  demand(length <= MOST_BYTES, `at most ${MOST_BYTES} bytes of candidates`, length);
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < length; from += PIECE_BYTES) {
    const piece = await line.exchange(FRAME_TYPES.participants, control, NOTHING);
    const expected = Math.min(PIECE_BYTES, length - from);
    demand(piece.length === expected, `a piece of ${expected} bytes`, piece.length);
    pieces.push(piece);
  }
  const candidates = decodeLists(Buffer.concat(pieces), requests, offers);
  if (kind === undefined) demand(false, "a match or a rehearsal", named);
  checkCandidates({ requests: { length: requests }, offers: { length: offers } }, candidates);
  return { kind: kind ?? "match", requests, offers, candidates };
}

/**
 * Lists of those who share one, once: count u32, each length u32 and its numbers u32, then for each
 * request a list u32.
 */
function encodeLists(candidates: Candidates): Uint8Array {
  const lists = new Map([...new Set(candidates)].map((list, k) => [list, k]));
  const words = [lists.size];
  for (const list of lists.keys()) {
    words.push(list.length);
    for (const offer of list) words.push(offer);
  }
  for (const list of candidates) words.push(lists.get(list) ?? 0);
  const bytes = Buffer.allocUnsafe(4 * words.length);
  for (const [k, word] of words.entries()) bytes.writeUInt32BE(word, 4 * k);
  return bytes;
}

function decodeLists(bytes: Uint8Array, requests: number, offers: number): Candidates {
  const reader = bodyReader(bytes);
  const count = reader.u32();
  demand(count <= requests, `at most ${requests} lists`, count);
  const lists: (readonly number[])[] = [];
  for (let k = 0; k < count; k += 1) {
    const length = reader.u32();
    demand(length <= offers, `at most ${offers} candidates`, length);
    lists.push(Array.from({ length }, () => reader.u32()));
  }
  const candidates = Array.from({ length: requests }, () => {
    const number = reader.u32();
    const list = lists[number];
    if (list === undefined) demand(false, `a list below ${count}`, number);
    return list ?? [];
  });
  reader.end();
  return candidates;
}
