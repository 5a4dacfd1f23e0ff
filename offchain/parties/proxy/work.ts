/** The heavy work of the proxy, here or on worker threads. */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { SignedUpload, Upload } from "../../core/messages/upload.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { ShortKey } from "../../core/primitives/paillier/shortRandomness.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { cut, partsFor, soon, type Threads } from "../../core/primitives/threads.ts";
import { refusedUploads, signedHashes } from "./admission.ts";
import { maskRecords, type MaskedRecord } from "./masking.ts";

export interface ProxyWork {
  readonly signedHashes: (
    venue: Venue,
    uploads: readonly SignedUpload[],
  ) => Promise<readonly (Bytes32 | null)[]>;
  readonly refusedUploads: (
    roundKey: RoundKey,
    layout: Layout,
    uploads: readonly Upload[],
  ) => Promise<readonly number[]>;
  readonly maskRecords: (
    shortKey: ShortKey,
    layout: Layout,
    records: readonly Ciphertext[],
  ) => Promise<readonly MaskedRecord[]>;
}

/** On the thread of the caller, with its generator. */
export function proxyWork(rng: Rng): ProxyWork {
  return {
    signedHashes: (...given) => soon(() => signedHashes(...given)),
    refusedUploads: (...given) => soon(() => refusedUploads(...given, rng)),
    maskRecords: (...given) => soon(() => maskRecords(...given, rng)),
  };
}

const WORKER = new URL("./worker.ts", import.meta.url);

/** On worker threads, which draw from the system's generator. */
export function proxyWorkOn(threads: Threads): ProxyWork {
  return {
    signedHashes: async (venue, uploads) => {
      const hashes = partsFor(threads, uploads).map((part) =>
        threads.run<readonly (Bytes32 | null)[]>(WORKER, "hashes", [venue, part]),
      );
      return (await Promise.all(hashes)).flat();
    },
    refusedUploads: async (roundKey, layout, uploads) => {
      // The more proofs are checked at once, the less each costs; requests and offers are at the
      // same time.
      const shares = cut(uploads, Math.ceil(threads.count / 2));
      const refused = await Promise.all(
        shares.map((part) =>
          threads.run<readonly number[]>(WORKER, "refused", [roundKey, layout, part]),
        ),
      );
      const before = (k: number) => shares.slice(0, k).reduce((sum, part) => sum + part.length, 0);
      return refused.flatMap((places, k) => places.map((place) => before(k) + place));
    },
    maskRecords: async (shortKey, layout, records) => {
      const masked = partsFor(threads, records).map((part) =>
        threads.run<readonly MaskedRecord[]>(WORKER, "mask", [shortKey, layout, part]),
      );
      return (await Promise.all(masked)).flat();
    },
  };
}
