/**
 * What a worker thread can be asked for. What goes in and out is copied between threads, and a copy loses what is hidden:
 * a private key travels as its primes and is put together here, once for all jobs of a round.
 */
import type { Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import { encryptProven } from "../../core/messages/provenRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { SignedUpload, Upload, UploadHeader } from "../../core/messages/upload.ts";
import { privateKeyFromPrimes } from "../../core/primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { ShortKey } from "../../core/primitives/paillier/shortRandomness.ts";
import { systemRng } from "../../core/primitives/random.ts";
import { openRecords } from "../../parties/cloud/opening.ts";
import { maskRecords } from "../../parties/proxy/masking.ts";
import { refusedUploads, signedHashes } from "../../parties/proxy/admission.ts";

type Primes = Pick<PrivateKey, "p" | "q">;

export const jobs = {
  encryptProven: (given: [UploadHeader, RoundKey, Layout, readonly bigint[]]) =>
    encryptProven(...given, systemRng),
  signedHashes: (given: [Venue, readonly SignedUpload[]]) => signedHashes(...given),
  refusedUploads: (given: [RoundKey, Layout, readonly Upload[]]) =>
    refusedUploads(...given, systemRng),
  maskRecords: (given: [ShortKey, Layout, readonly Ciphertext[]]) =>
    maskRecords(...given, systemRng),
  openRecords: ([primes, layout, records]: [Primes, Layout, readonly Ciphertext[]]) =>
    openRecords(keyOf(primes), layout, records),
};
export type Jobs = typeof jobs;

let latest: PrivateKey | null = null;

function keyOf({ p, q }: Primes): PrivateKey {
  if (latest?.p !== p || latest.q !== q) latest = privateKeyFromPrimes(p, q);
  return latest;
}
