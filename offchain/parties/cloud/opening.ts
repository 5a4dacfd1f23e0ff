/**
 * The cloud holds the round's secret key. It decrypts masked records, which look uniformly random
 * to it; from there it computes with the proxy on what each of them holds. It never sees a user's
 * upload or account, and opens nothing: of a matched pair, and of no other record, it seals its
 * summands to the counterpart, once.
 */
import type {
  Candidates,
  Matching,
  MatchingSide,
  RecordSummands,
} from "../../core/matching/matching.ts";
import { sealBlinded } from "../../core/messages/delivery.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import {
  priceOfOffer,
  revealedOfOffer,
  revealedOfRequest,
  unpackMasked,
  type Layout,
} from "../../core/messages/packedRecord.ts";
import { decrypt, type PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { Rng } from "../../core/primitives/random.ts";

/**
 * A record that is to be revealed to its counterpart. Which of its fields are is not for the proxy
 * to say.
 */
export interface Revealed {
  readonly kind: "request" | "offer";
  readonly record: number;
}

export interface Cloud {
  /** Runs its side of the matching of those that the proxy has named, and notes who won. */
  readonly match: (side: MatchingSide, candidates: Candidates) => Promise<Matching>;
  /**
   * Seals the cloud's summands of the fields that a counterpart learns to the recipient.
   * @throws RevealError for a record that is not matched, or was revealed before
   */
  readonly reveal: (
    sealKey: string,
    binding: { readonly auctionId: Bytes32; readonly decision: Bytes32 },
    revealed: Revealed,
  ) => Promise<string>;
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
  const matched = { request: new Set<number>(), offer: new Set<number>() };
  const revealedBefore = { request: new Set<number>(), offer: new Set<number>() };
  return {
    match: async (side, candidates) => {
      const matching = await side(opened, candidates, () => Promise.resolve());
      for (const [request, offer] of matching.winners.entries()) {
        if (offer === null) continue;
        matched.request.add(request);
        matched.offer.add(offer);
      }
      return matching;
    },
    reveal: (sealKey, binding, { kind, record }) => {
      if (revealedBefore[kind].has(record)) {
        const message = `reveal: expected ${kind} ${record} once, got it again`;
        throw new RevealError("E_REVEAL_AGAIN", message);
      }
      if (!matched[kind].has(record)) {
        const message = `reveal: expected a matched ${kind}, got ${record}`;
        throw new RevealError("E_REVEAL_UNMATCHED", message);
      }
      revealedBefore[kind].add(record);
      const summands = opened[`${kind}s`][record] ?? [];
      const values = (kind === "request" ? revealedOfRequest : revealedOfOffer)(summands);
      return sealBlinded(sealKey, binding, values, rng);
    },
    sumMatchedPrices: () =>
      [...matched.offer].reduce((sum, j) => sum + priceOfOffer(opened.offers[j] ?? []), 0n),
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
