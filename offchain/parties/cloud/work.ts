/** The heavy work of the cloud, here or on worker threads. */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import { partsFor, soon, type Threads } from "../../core/primitives/threads.ts";
import type { SignedHeader } from "../../core/messages/uploadHeader.ts";
import { signedHeaders } from "./headers.ts";
import { openRecords } from "./opening.ts";

export interface CloudWork {
  readonly openRecords: (
    privateKey: PrivateKey,
    layout: Layout,
    records: readonly Ciphertext[],
  ) => Promise<readonly (readonly bigint[])[]>;
  readonly signedHeaders: (
    venue: Venue,
    headers: readonly SignedHeader[],
  ) => Promise<readonly (Bytes32 | null)[]>;
}

/** On the thread of the caller. */
export const cloudWork: CloudWork = {
  openRecords: (...given) => soon(() => openRecords(...given)),
  signedHeaders: (...given) => soon(() => signedHeaders(...given)),
};

const WORKER = new URL("./worker.ts", import.meta.url);

/** On worker threads. A copy loses what is hidden: a private key travels as its primes. */
export function cloudWorkOn(threads: Threads): CloudWork {
  return {
    openRecords: async ({ p, q }, layout, records) => {
      const opened = partsFor(threads, records).map((part) =>
        threads.run<readonly (readonly bigint[])[]>(WORKER, "openWith", [{ p, q }, layout, part]),
      );
      return (await Promise.all(opened)).flat();
    },
    signedHeaders: async (venue, headers) => {
      const hashes = partsFor(threads, headers).map((part) =>
        threads.run<readonly (Bytes32 | null)[]>(WORKER, "headers", [venue, part]),
      );
      return (await Promise.all(hashes)).flat();
    },
  };
}
