/**
 * What the proxy has found of an upload stays true: between two rounds of an auction most uploads
 * are the same, and their signatures and proofs need not be checked again.
 */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import type { SignedUpload, Upload } from "../../core/messages/upload.ts";
import { keepingNewest } from "../../core/primitives/newest.ts";
import type { ProxyWork } from "./work.ts";

/** Venues, and layouts under a round key, of which verdicts are remembered. */
const MOST_QUESTIONS = 32;

/**
 * `work` that checks every upload once, by the identity of the object, for a venue, and for a
 * layout under a round key.
 */
export function rememberingChecks(work: ProxyWork): ProxyWork {
  const hashesAt = keepingNewest(MOST_QUESTIONS, () => new WeakMap<SignedUpload, Bytes32 | null>());
  const refusedUnder = keepingNewest(MOST_QUESTIONS, () => new WeakMap<Upload, boolean>());
  return {
    ...work,
    signedHashes: async (venue, uploads) => {
      const hashes = hashesAt(nameOfVenue(venue));
      const unknown = uploads.filter((one) => !hashes.has(one));
      if (unknown.length > 0) {
        const found = await work.signedHashes(venue, unknown);
        for (const [k, one] of unknown.entries()) hashes.set(one, found[k] ?? null);
      }
      return uploads.map((one) => hashes.get(one) ?? null);
    },
    refusedUploads: async (roundKey, layout, uploads) => {
      const refused = refusedUnder(nameOfForm(roundKey, layout));
      const unknown = uploads.filter((one) => !refused.has(one));
      if (unknown.length > 0) {
        const found = new Set(await work.refusedUploads(roundKey, layout, unknown));
        for (const [k, one] of unknown.entries()) refused.set(one, found.has(k));
      }
      return uploads.flatMap((one, k) => (refused.get(one) === false ? [] : [k]));
    },
  };
}

function nameOfVenue({ chainId, auctions }: Venue): string {
  return `${chainId}/${auctions}`;
}

function nameOfForm(roundKey: RoundKey, layout: Layout): string {
  return `${roundKeyHash(roundKey)}/${layout.join(",")}`;
}
