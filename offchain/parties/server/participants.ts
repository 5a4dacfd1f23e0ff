/**
 * What the proxy says of a round before it begins: what is wanted, how many take part, and who is
 * compared with whom.
 */
import { checkCandidates } from "../../core/matching/candidates.ts";
import type { Candidates } from "../../core/matching/matching.ts";
import { bodyReader, bodyWriter, demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear, readHeard } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";
import { MOST_RECORDS } from "./waves.ts";

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

const { control } = STREAMS;
/** Lists travel in pieces of so many bytes, well below the bound of a frame. */
const PIECE_BYTES = 8 * 1_024 * 1_024;
/** More than any round that fits in memory. */
const MOST_BYTES = 512 * 1_024 * 1_024;

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

/** What comes before the lists. */
interface Head {
  readonly kind: RoundKind;
  readonly requests: number;
  readonly offers: number;
  readonly listBytes: number;
}

/** Run by the cloud. @throws LineError FRAME for what no round has */
export async function hearParticipants(line: Line): Promise<Participants> {
  const head = await hear(line, FRAME_TYPES.participants, control, decodeHead);
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < head.listBytes; from += PIECE_BYTES) {
    const expected = Math.min(PIECE_BYTES, head.listBytes - from);
    const piece = await hear(line, FRAME_TYPES.participants, control, (body) => {
      demand(body.length === expected, `a piece of ${expected} bytes`, body.length);
      return body;
    });
    pieces.push(piece);
  }
  const { kind, requests, offers } = head;
  const candidates = readHeard(line, control, () =>
    decodeLists(Buffer.concat(pieces), requests, offers),
  );
  return { kind, requests, offers, candidates };
}

function decodeHead(body: Uint8Array): Head {
  const head = bodyReader(body);
  const named = head.u8();
  const kind = ROUND_KINDS[named];
  demand(kind !== undefined, "a match or a rehearsal", named);
  const [requests, offers, listBytes] = [head.u32(), head.u32(), head.u32()];
  head.end();
  demand(requests <= MOST_RECORDS, `at most ${MOST_RECORDS} requests`, requests);
  demand(offers <= MOST_RECORDS, `at most ${MOST_RECORDS} offers`, offers);
  demand(listBytes <= MOST_BYTES, `at most ${MOST_BYTES} bytes of candidates`, listBytes);
  return { kind, requests, offers, listBytes };
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
    demand(list !== undefined, `a list below ${count}`, number);
    return list;
  });
  reader.end();
  checkCandidates({ requests: { length: requests }, offers: { length: offers } }, candidates);
  return candidates;
}
