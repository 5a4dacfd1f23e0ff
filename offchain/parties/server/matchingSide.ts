/** One server's side of the matching on shares, at its end of the line. */
import type { MatchingSide } from "../../core/matching/matching.ts";
import { matchInShares } from "../../core/matching/strictMatching.ts";
import type { ServerIndex } from "../../core/messages/attempt.ts";
import type { Dealt } from "../../core/primitives/sharing/dealer.ts";
import type { Exchange } from "../../core/primitives/sharing/party.ts";
import { demand } from "./body.ts";
import { FRAME_TYPES } from "./frames.ts";
import { hear } from "./hearing.ts";
import { STREAMS, type Line } from "./line.ts";

/** Draws from what was dealt to this server for the whole round. */
export function matchingSide(line: Line, server: ServerIndex, dealt: Dealt): MatchingSide {
  return matchInShares({ isFirst: server === 0, dealt, exchange: wordsOn(line) });
}

const WORD_BYTES = 4;

/** Words are little-endian, as they lie in memory. */
function wordsOn(line: Line): Exchange {
  return (kind, { buffer, byteOffset, byteLength }) => {
    const mine = new Uint8Array(buffer, byteOffset, byteLength);
    return hear(
      line,
      FRAME_TYPES[kind],
      STREAMS.matching,
      (body) => wordsIn(body, byteLength),
      mine,
    );
  };
}

/** Both say as much in an exchange. */
function wordsIn(body: Uint8Array, byteLength: number): Uint32Array {
  demand(body.length === byteLength, `words of ${byteLength} bytes`, body.length);
  const placed = body.byteOffset % WORD_BYTES === 0 ? body : Uint8Array.from(body);
  return new Uint32Array(placed.buffer, placed.byteOffset, placed.length / WORD_BYTES);
}
