/**
 * The cloud holds the round's secret key. It decrypts masked records, which look uniformly random
 * to it; from there it computes with the proxy on what each of them holds. It never sees the
 * ciphertext of an upload, and opens nothing: of a matched offer, and of no other record, it seals
 * its summands to the vehicle, once. Of a request there is no way to seal anything.
 */
import type {
  Candidates,
  Matching,
  MatchingSide,
  RecordSummands,
} from "../../core/matching/matching.ts";
import type { DecisionBinding } from "../../core/messages/decisionNote.ts";
import { sealBlinded } from "../../core/messages/delivery.ts";
import {
  priceOfOffer,
  revealedOfOffer,
  unpackMasked,
  type Layout,
} from "../../core/messages/packedRecord.ts";
import { decrypt, type PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { Rng } from "../../core/primitives/random.ts";

export interface Cloud {
  /** Runs its side of the matching of buyers with their candidates, and notes who won. */
  readonly match: (side: MatchingSide, candidates: Candidates) => Promise<Matching>;
  /**
   * Seals the cloud's summands of the fields of an offer that its vehicle learns to the recipient.
   * Which of the fields are is not for the proxy to say.
   * @throws RevealError for an offer that is not matched, or was revealed before
   */
  readonly reveal: (sealKey: string, binding: DecisionBinding, offer: number) => Promise<string>;
  /**
   * The cloud's summands of the prices of all matched offers, added up: with the proxy's they make
   * the sum of those prices, and nothing about any one of several.
   */
  readonly sumMatchedPrices: () => bigint;
}

type RevealErrorCode = "E_REVEAL_UNMATCHED" | "E_REVEAL_AGAIN";

/** Somebody uses the cloud to open records that no match asks for. */
export class RevealError extends Error {
  override readonly name = "RevealError";
  readonly code: RevealErrorCode;

  constructor(code: RevealErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The cloud of one round, with the masked records that it has opened (`openRecords`). */
export function cloudOf(opened: RecordSummands, rng: Rng): Cloud {
  const matched = new Set<number>();
  const revealedBefore = new Set<number>();
  return {
    match: async (side, candidates) => {
      const matching = await side(opened, candidates, () => Promise.resolve());
      for (const offer of matching.winners) if (offer !== null) matched.add(offer);
      return matching;
    },
    reveal: (sealKey, binding, offer) => {
      if (revealedBefore.has(offer)) {
        const message = `reveal: expected offer ${offer} once, got it again`;
        throw new RevealError("E_REVEAL_AGAIN", message);
      }
      if (!matched.has(offer)) {
        const message = `reveal: expected a matched offer, got ${offer}`;
        throw new RevealError("E_REVEAL_UNMATCHED", message);
      }
      revealedBefore.add(offer);
      const values = revealedOfOffer(opened.offers[offer] ?? []);
      return sealBlinded(sealKey, binding, values, rng);
    },
    sumMatchedPrices: () =>
      [...matched].reduce((sum, j) => sum + priceOfOffer(opened.offers[j] ?? []), 0n),
  };
}

/** The fields of masked records, masks still on: the one use of the round's secret key. */
export function openRecords(
  key: PrivateKey,
  layout: Layout,
  records: readonly Ciphertext[],
): readonly (readonly bigint[])[] {
  return records.map((record) => unpackMasked(layout, decrypt(key, record)));
}
