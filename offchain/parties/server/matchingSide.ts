/** One server's side of the matching on shares, at its end of the line. */
import type { MatchingSide } from "../../core/matching/matching.ts";
import { matchInShares } from "../../core/matching/strictMatching.ts";
import type { ServerIndex } from "../../core/messages/attempt.ts";
import type { Dealt } from "../../core/primitives/sharing/dealer.ts";
import type { Exchange } from "../../core/primitives/sharing/party.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { STREAMS, type Line } from "./line.ts";

/** Draws from what was dealt to this server for the whole round. */
export function matchingSide(line: Line, server: ServerIndex, dealt: Dealt): MatchingSide {
  return matchInShares({ isFirst: server === 0, dealt, exchange: wordsOn(line) });
}

const WORD_BYTES = 4;

/** Words are little-endian, as they lie in memory. */
function wordsOn(line: Line): Exchange {
  return async (kind, { buffer, byteOffset, byteLength }) => {
    const mine = new Uint8Array(buffer, byteOffset, byteLength);
    const body = await line.exchange(FRAME_TYPES[kind], STREAMS.matching, mine);
    demand(body.length % WORD_BYTES === 0, "whole words", body.length);
    const placed = body.byteOffset % WORD_BYTES === 0 ? body : Uint8Array.from(body);
    return new Uint32Array(placed.buffer, placed.byteOffset, placed.length / WORD_BYTES);
  };
}
