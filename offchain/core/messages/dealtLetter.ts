/**
 * What the authority deals for one attempt of a round: a letter for each of the two servers, which
 * it alone can open. The proxy's is a seed; the cloud's is another seed and what no seed can give.
 * What is dealt depends on counts alone, so the dealer learns how many comparisons there are at
 * most, and not between whom.
 */
import { concatBytes } from "../primitives/bytes.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import { SEED_BYTES } from "../primitives/sharing/keystream.ts";
import {
  correctionBytes,
  firstDealt,
  secondDealt,
  type Amounts,
  type Dealt,
} from "../primitives/sharing/dealer.ts";
import { attemptBytes, type Attempt, type ServerIndex } from "./attempt.ts";

/** A sealed box. */
export type Letter = Uint8Array;

/** Who deals, as the servers see it. */
export interface Dealer {
  /**
   * The letter of a server. The authority deals an attempt once, and only when both servers ask for
   * the same amounts.
   * @throws DealerError if they do not, or if this attempt was dealt before
   */
  readonly letterFor: (server: ServerIndex, attempt: Attempt, amounts: Amounts) => Promise<Letter>;
}

/** The last one: it was asked and has not answered. */
export const DEALER_ERROR_CODES = ["E_DEALER_AMOUNTS", "E_DEALER_AGAIN", "E_DEALER_GONE"] as const;
export type DealerErrorCode = (typeof DEALER_ERROR_CODES)[number];

/** The authority deals nothing, and says why. */
export class DealerError extends Error {
  override readonly name = "DealerError";
  readonly code: DealerErrorCode;

  constructor(code: DealerError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export class LetterError extends Error {
  override readonly name = "LetterError";
  readonly code = "E_LETTER_LENGTH";
}

/** Seals what a server is dealt: its seed, and for the cloud the corrections. */
export function sealLetter(
  sealKey: Uint8Array,
  attempt: Attempt,
  server: ServerIndex,
  content: { readonly seed: Uint8Array; readonly corrections: Uint8Array },
  rng: Rng,
): Promise<Letter> {
  const plaintext = concatBytes(content.seed, content.corrections);
  return seal(sealKey, plaintext, contextOf(attempt, server), rng);
}

/**
 * Opens a server's own letter. Run by each server.
 * @throws SealedBoxError for a letter to another server, or for another auction, round or attempt;
 *   LetterError if it does not hold what these amounts take
 */
export async function openLetter(
  keys: SealKeyPair,
  attempt: Attempt,
  server: ServerIndex,
  amounts: Amounts,
  letter: Letter,
): Promise<Dealt> {
  const plaintext = await open(keys.privateKey, letter, contextOf(attempt, server));
  const expected = SEED_BYTES + (server === 0 ? 0 : correctionBytes(amounts));
  if (plaintext.length !== expected) {
    const sizes = `expected a letter of ${expected} bytes, got one of ${plaintext.length}`;
    throw new LetterError(`openLetter: ${sizes}; both servers have to ask for the same amounts`);
  }
  const seed = plaintext.subarray(0, SEED_BYTES);
  if (server === 0) return firstDealt(seed, amounts);
  return secondDealt(seed, plaintext.subarray(SEED_BYTES), amounts);
}

function contextOf(attempt: Attempt, server: ServerIndex): SealContext {
  const info = new TextEncoder().encode("ChargeVeil.DealtLetter.v1");
  return { info, aad: concatBytes(attemptBytes(attempt), Uint8Array.of(server)) };
}
