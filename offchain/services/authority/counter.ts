/**
 * Where the two servers fetch what they are dealt: each knows the authority's key, and the
 * authority theirs.
 */
import type { TLSSocket } from "node:tls";
import type { z } from "zod";
import { attemptOf, type ServerIndex } from "../../core/messages/attempt.ts";
import { DealerError, type Dealer } from "../../core/messages/dealtLetter.ts";
import { isCodedError } from "../../core/primitives/codedError.ts";
import { askForm, MAX_ASK_BYTES, type LetterHeader } from "../asking.ts";
import { listenPinned, type Listener } from "../connection.ts";
import { jsonLine, jsonLines } from "../jsonLines.ts";
import type { LineKeys } from "../lineKeys.ts";

/** Listens for both servers; `serverOf` says which of the two has this line key, or null. */
export function openCounter(
  keys: LineKeys,
  serverOf: (lineKey: string) => ServerIndex | null,
  dealer: Dealer,
  timeoutMs: number,
): Promise<Listener> {
  return listenPinned(keys, (socket, lineKey) => {
    const server = serverOf(lineKey);
    if (server === null) {
      socket.destroy();
      return;
    }
    // Who does not say what it wants, or does not take it, is not waited for.
    socket.setTimeout(timeoutMs, () => socket.destroy());
    void answer(socket, server, dealer);
  });
}

/** A question that is none, or whose server goes away, gets no answer. */
async function answer(socket: TLSSocket, server: ServerIndex, dealer: Dealer): Promise<void> {
  try {
    const question = await questionFrom(socket);
    if (question === null) {
      socket.destroy();
      return;
    }
    const { auctionId, round, attempt, ...amounts } = question;
    const asked = attemptOf(auctionId, BigInt(round), attempt);
    const letter = await dealer.letterFor(server, asked, amounts);
    say(socket, { letterBytes: letter.length });
    socket.end(letter);
  } catch (error) {
    if (error instanceof DealerError) {
      say(socket, { refused: { code: error.code, message: error.message } });
      socket.end();
      return;
    }
    socket.destroy();
    if (!isCodedError(error)) throw error;
  }
}

function say(socket: TLSSocket, header: LetterHeader): void {
  socket.write(jsonLine(header));
}

/** One line of JSON; null if it asks for nothing that can be dealt, or does not come to its end. */
async function questionFrom(socket: TLSSocket): Promise<z.output<typeof askForm> | null> {
  const bytes = socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    for await (const question of jsonLines(bytes, MAX_ASK_BYTES)) {
      const parsed = askForm.safeParse(question);
      return parsed.success ? parsed.data : null;
    }
  } catch {
    // The connection broke, or what it brought is no JSON: both are the server's affair.
  }
  return null;
}
