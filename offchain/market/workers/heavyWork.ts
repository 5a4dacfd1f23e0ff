/**
 * The heavy work of owners and servers, wherever it is done: here on this thread, in `workerPool.ts` on as many as there
 * are. Each function belongs to one role, and its meaning is documented there.
 */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import { encryptProven, type EncryptProven } from "../../core/messages/provenRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { SignedUpload, Upload } from "../../core/messages/upload.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { ShortKey } from "../../core/primitives/paillier/shortRandomness.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { openRecords } from "../../parties/cloud/opening.ts";
import { maskRecords, type MaskedRecord } from "../../parties/proxy/masking.ts";
import { refusedUploads, signedHashes } from "../../parties/proxy/admission.ts";

export interface HeavyWork {
  /** An owner's. */
  readonly encryptProven: EncryptProven;
  /** The proxy's. */
  readonly signedHashes: (
    venue: Venue,
    uploads: readonly SignedUpload[],
  ) => Promise<readonly (Bytes32 | null)[]>;
  /** The proxy's. */
  readonly refusedUploads: (
    roundKey: RoundKey,
    layout: Layout,
    uploads: readonly Upload[],
  ) => Promise<readonly number[]>;
  /** The proxy's. */
  readonly maskRecords: (
    shortKey: ShortKey,
    layout: Layout,
    records: readonly Ciphertext[],
  ) => Promise<readonly MaskedRecord[]>;
  /** The cloud's. */
  readonly openRecords: (
    privateKey: PrivateKey,
    layout: Layout,
    records: readonly Ciphertext[],
  ) => Promise<readonly (readonly bigint[])[]>;
}

/** Everything on the thread of the caller, with its generator. */
export function onThisThread(rng: Rng): HeavyWork {
  return {
    encryptProven: (...given) => soon(() => encryptProven(...given, rng)),
    signedHashes: (...given) => soon(() => signedHashes(...given)),
    refusedUploads: (...given) => soon(() => refusedUploads(...given, rng)),
    maskRecords: (...given) => soon(() => maskRecords(...given, rng)),
    openRecords: (...given) => soon(() => openRecords(...given)),
  };
}

/** What throws, throws into the promise. */
function soon<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(act());
  });
}
