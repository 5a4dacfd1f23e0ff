/**
 * What either server does around its side of a round: it takes the attempt, gets its letter, and
 * ends the line.
 */
import type { Attempt, ServerIndex } from "../../core/messages/attempt.ts";
import {
  DealerError,
  LetterError,
  openLetter,
  type Dealer,
} from "../../core/messages/dealtLetter.ts";
import { SealedBoxError, type SealKeyPair } from "../../core/primitives/sealedBox.ts";
import { DealtError, type Amounts, type Dealt } from "../../core/primitives/sharing/dealer.ts";
import type { Line } from "./line.ts";
import { LineError, type AbortCode } from "./lineError.ts";
import { AttemptTakenError, type ServerStore } from "./store.ts";

/** Where a server plays: at its end of the line, with the dealer it asks. */
export interface Seat {
  readonly line: Line;
  readonly dealer: Dealer;
  readonly attempt: Attempt;
  readonly signal: AbortSignal;
}

/**
 * Plays a side to its end, which is the signed outcome: nothing comes after it.
 * Whatever goes wrong aborts the round on both sides.
 * @throws AttemptTakenError for an attempt that this server has taken part in; the signal's reason;
 *   what `play` throws
 */
export async function playSide<T>(
  { line, attempt, signal }: Seat,
  store: ServerStore,
  play: () => Promise<T>,
): Promise<T> {
  const stop = (): void => {
    line.abort("STOPPED", "expected to go on, was told to stop");
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    if (!(await store.takeAttempt(attempt))) throw new AttemptTakenError(attempt);
    const result = await play();
    line.end();
    return result;
  } catch (error) {
    signal.throwIfAborted();
    abortFor(line, error);
    throw error instanceof LineError && error.cause !== undefined ? error.cause : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The letter of a server, opened: what it draws from in all waves of the round. */
export async function takeLetter(
  { dealer, attempt }: Seat,
  server: ServerIndex,
  sealKeys: SealKeyPair,
  amounts: Amounts,
): Promise<Dealt> {
  const letter = await dealer.letterFor(server, attempt, amounts);
  return openLetter(sealKeys, attempt, server, amounts, letter);
}

/** Work that is waited for later; when it fails, the round is aborted at once. */
export function inBackground<T>({ line }: Pick<Seat, "line">, work: Promise<T>): Promise<T> {
  work.catch((error: unknown) => {
    abortFor(line, error);
  });
  return work;
}

function abortFor(line: Line, error: unknown): void {
  const why = error instanceof Error ? error.message : "expected to go on";
  const place = error instanceof LineError ? error.place : undefined;
  line.abort(faultOf(error), why, place, error);
}

/** Who reads what the other server has said names its fault; all else is no fault of its. */
function faultOf(error: unknown): AbortCode {
  if (error instanceof LineError) return error.abort;
  if (PACKAGE_FAULTS.some((kind) => error instanceof kind)) return "PACKAGE";
  return error instanceof SealedBoxError && error.code !== "E_SEAL_KEY" ? "PACKAGE" : "STOPPED";
}

/** What was dealt cannot be used. */
const PACKAGE_FAULTS = [DealerError, DealtError, LetterError, AttemptTakenError];
