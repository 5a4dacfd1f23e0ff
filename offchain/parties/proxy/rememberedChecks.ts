/**
 * What the proxy has found of an upload stays true: between two rounds of an auction most uploads
 * are the same, and their signatures and proofs need not be checked again.
 */
import type { Bytes32 } from "../../core/messages/market.ts";
import type { SignedUpload, Upload } from "../../core/messages/upload.ts";
import type { ProxyWork } from "./work.ts";

/**
 * `work` that checks every upload once, by the identity of the object. Run by the proxy, for one
 * auction: who hands the same object in again gets the same verdict, whatever venue, key or layout
 * is asked about.
 */
export function rememberingChecks(work: ProxyWork): ProxyWork {
  const hashes = new WeakMap<SignedUpload, Bytes32 | null>();
  const refused = new WeakMap<Upload, boolean>();
  return {
    ...work,
    signedHashes: async (venue, uploads) => {
      const unknown = uploads.filter((one) => !hashes.has(one));
      if (unknown.length > 0) {
        const found = await work.signedHashes(venue, unknown);
        for (const [k, one] of unknown.entries()) hashes.set(one, found[k] ?? null);
      }
      return uploads.map((one) => hashes.get(one) ?? null);
    },
    refusedUploads: async (roundKey, layout, uploads) => {
      const unknown = uploads.filter((one) => !refused.has(one));
      if (unknown.length > 0) {
        const found = new Set(await work.refusedUploads(roundKey, layout, unknown));
        for (const [k, one] of unknown.entries()) refused.set(one, found.has(k));
      }
      return uploads.flatMap((one, k) => (refused.get(one) === false ? [] : [k]));
    },
  };
}
