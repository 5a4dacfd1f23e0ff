/**
 * Where the two servers fetch what they are dealt: each knows the authority's key, and the
 * authority theirs.
 */
import type { TLSSocket } from "node:tls";
import type { z } from "zod";
import type { ServerIndex } from "../../core/messages/attempt.ts";
import { DealerError, type Dealer } from "../../core/messages/dealtLetter.ts";
import { isCodedError } from "../../core/primitives/codedError.ts";
import { askForm, MAX_ASK_BYTES, type LetterHeader } from "../asking.ts";
import { listenPinned, type Listener } from "../connection.ts";
import { jsonLine, jsonLines } from "../jsonLines.ts";
import type { LineKeys } from "../lineKeys.ts";

export interface Counter {
  /** Which of the two servers has this line key, or null. */
  readonly serverOf: (lineKey: string) => ServerIndex | null;
  readonly dealer: Dealer;
  /** How long a server may be silent. */
  readonly timeoutMs: number;
  /** Called when a server's letter is on its way, whole. */
  readonly onSent?: ((server: ServerIndex) => void) | undefined;
}

/** Listens for both servers. */
export function openCounter(keys: LineKeys, counter: Counter): Promise<Listener> {
  const { serverOf, timeoutMs } = counter;
  return listenPinned(keys, (socket, lineKey) => {
    const server = serverOf(lineKey);
    if (server === null) {
      socket.destroy();
      return;
    }
    // Who does not say what it wants, or does not take it, is not waited for.
    socket.setTimeout(timeoutMs, () => socket.destroy());
    void answer(socket, server, counter);
  });
}

/** A question that is none, or whose server goes away, gets no answer. */
async function answer(
  socket: TLSSocket,
  server: ServerIndex,
  { dealer, onSent }: Counter,
): Promise<void> {
  try {
    const question = await questionFrom(socket);
    if (question === null) {
      socket.destroy();
      return;
    }
    const { attempt, amounts } = question;
    const letter = await dealer.letterFor(server, attempt, amounts);
    say(socket, { letterBytes: letter.length });
    socket.end(letter, () => onSent?.(server));
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
