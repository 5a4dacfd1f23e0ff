/**
 * How a server gets its letter from the authority's process: one connection a letter, with pinned
 * keys at both ends.
 *
 *   server       {"attempt":{"auctionId":"0x…","round":1,"attempt":1},"amounts":{"tripleWords":…,"squares":…}}
 *   authority    {"letterBytes":…}  and the sealed letter, or  {"refused":{"code":"E_…","message":"…"}}
 *
 * Which server asks, its key says.
 */
import type { TLSSocket } from "node:tls";
import { z } from "zod";
import {
  DEALER_ERROR_CODES,
  DealerError,
  type Dealer,
  type Letter,
} from "../core/messages/dealtLetter.ts";
import { SEAL_OVERHEAD_BYTES } from "../core/primitives/sealedBox.ts";
import { correctionBytes } from "../core/primitives/sharing/dealer.ts";
import { SEED_BYTES } from "../core/primitives/sharing/keystream.ts";
import { connectPinned, ConnectionError, type Peer } from "./connection.ts";
import { attemptForm } from "./forms.ts";
import { jsonLine } from "./jsonLines.ts";
import type { LineKeys } from "./lineKeys.ts";

/** A round of a hundred thousand pairs takes a tenth of it. */
const MAX_LETTER_BYTES = 1_024 * 1_024 * 1_024;
/** Of the line in front of a letter, and of a question. */
export const MAX_ASK_BYTES = 4_096;
const NEWLINE = 10;

/** What no letter can hold is not dealt. */
const MAX_CORRECTION_BYTES = MAX_LETTER_BYTES - SEED_BYTES - SEAL_OVERHEAD_BYTES;
const amount = z.int().min(0).max(MAX_LETTER_BYTES);
export const askForm = z.strictObject({
  attempt: attemptForm,
  amounts: z
    .strictObject({ tripleWords: amount, squares: amount })
    .refine((amounts) => correctionBytes(amounts) <= MAX_CORRECTION_BYTES),
});

const letterForm = z.union([
  z.strictObject({ letterBytes: z.int().min(0).max(MAX_LETTER_BYTES) }),
  z.strictObject({
    refused: z.strictObject({ code: z.enum(DEALER_ERROR_CODES), message: z.string() }),
  }),
]);
export type LetterHeader = z.output<typeof letterForm>;

/** The authority at the other end of a connection. */
export function dealerAt(keys: LineKeys, authority: Peer, timeoutMs: number): Dealer {
  return {
    letterFor: async (_, attempt, amounts) => {
      const socket = await reached(keys, authority);
      try {
        socket.write(jsonLine({ attempt, amounts }, MAX_ASK_BYTES));
        socket.setTimeout(timeoutMs, () => {
          socket.destroy(gone(`expected a word within ${timeoutMs} ms, got none`));
        });
        return await letterFrom(socket);
      } catch (error) {
        if (error instanceof DealerError) throw error;
        throw gone("expected a letter, the connection broke");
      } finally {
        socket.destroy();
      }
    },
  };
}

async function reached(keys: LineKeys, authority: Peer): Promise<TLSSocket> {
  try {
    return await connectPinned(keys, authority);
  } catch (error) {
    if (error instanceof ConnectionError) throw gone(error.message);
    throw error;
  }
}

async function letterFrom(socket: TLSSocket): Promise<Letter> {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  let wantedBytes: number | null = null;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    kept.push(chunk);
    keptBytes += chunk.length;
    if (wantedBytes === null) {
      const head = Buffer.concat(kept);
      const end = head.indexOf(NEWLINE);
      if (end < 0 && head.length <= MAX_ASK_BYTES) continue;
      wantedBytes = announced(head.subarray(0, Math.max(end, 0)));
      kept.splice(0, kept.length, head.subarray(end + 1));
      keptBytes = head.length - end - 1;
    }
    if (keptBytes > wantedBytes) throw gone(`expected a letter of ${wantedBytes} bytes, got more`);
    if (keptBytes === wantedBytes) return Buffer.concat(kept);
  }
  throw gone("expected a letter, the authority has gone");
}

/**
 * How long the letter behind this line is.
 * @throws DealerError, the authority's own if it refuses
 */
function announced(line: Uint8Array): number {
  const header = letterForm.safeParse(jsonOf(line));
  if (!header.success) throw gone("expected a letter or a refusal, got neither");
  if ("letterBytes" in header.data) return header.data.letterBytes;
  const { code, message } = header.data.refused;
  throw new DealerError(code, message);
}

/** The value of a text, or nothing. */
function jsonOf(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}

function gone(what: string): DealerError {
  const remedy = "a new attempt has to be dealt anew when the authority runs";
  return new DealerError("E_DEALER_GONE", `ask the authority: ${what}; ${remedy}`);
}
