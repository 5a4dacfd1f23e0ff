/**
 * The cloud of the strict round. It holds the round's secret key and decrypts masked records, which look uniformly random
 * to it; from there it computes on shares with the proxy. It learns who wins, by opaque numbers, and which records were
 * out of range; no position, price, need, account, margin or order.
 */
import {
  matchInShares,
  type SharedMatching,
  type SharedMatchingInput,
} from "../matching/sharedMatching.ts";
import { offerShareOf, requestShareOf } from "../matching/shares.ts";
import { sealBlinded } from "../messages/delivery.ts";
import type { Bytes32 } from "../messages/market.ts";
import { offerLayout, requestLayout, unpackMasked, type Layout } from "../messages/packedRecord.ts";
import { decrypt, type PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";
import type { Rng } from "../primitives/random.ts";
import type { Party } from "../primitives/sharing/party.ts";

/** Masked records in the order of the round; nothing says whose they are. */
export interface MaskedRecords {
  readonly requests: readonly Ciphertext[];
  readonly offers: readonly Ciphertext[];
  readonly features: number;
}

/** A field of a record that is to be revealed: its place in the layout. */
export interface Revealed {
  readonly kind: "request" | "offer";
  readonly record: number;
  readonly fields: readonly number[];
}

export interface CloudOfShares {
  readonly match: (onBuyer: SharedMatchingInput["onBuyer"]) => Promise<SharedMatching>;
  /** Seals the cloud's summands, negated as a delivery wants them, to the recipient. */
  readonly reveal: (
    sealKey: string,
    binding: { readonly auctionId: Bytes32; readonly decision: Bytes32 },
    revealed: Revealed,
  ) => Promise<string>;
}

/** Opens the masked records of a round. The key and what was decrypted stay inside. */
export function cloudOfShares(
  key: PrivateKey,
  records: MaskedRecords,
  party: Party,
  rng: Rng,
): CloudOfShares {
  const open = (
    layout: Layout,
    ciphertexts: readonly Ciphertext[],
  ): readonly (readonly bigint[])[] =>
    ciphertexts.map((ciphertext) => unpackMasked(layout, decrypt(key, ciphertext)));
  const opened = {
    request: open(requestLayout(records.features), records.requests),
    offer: open(offerLayout(records.features), records.offers),
  };
  return {
    match: (onBuyer) =>
      matchInShares(party, {
        requests: opened.request.map(requestShareOf),
        offers: opened.offer.map(offerShareOf),
        onBuyer,
      }),
    reveal: (sealKey, binding, { kind, record, fields }) => {
      const summands = opened[kind][record] ?? [];
      return sealBlinded(
        sealKey,
        binding,
        fields.map((k) => summands[k] ?? 0n),
        rng,
      );
    },
  };
}
