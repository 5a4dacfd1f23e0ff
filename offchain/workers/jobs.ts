/**
 * What a worker thread can be asked for. What goes in and out is copied between threads, and a copy loses what is hidden:
 * a private key travels as its primes and is put together here, once for all jobs of a round.
 */
import type { Venue } from "../messages/market.ts";
import type { Layout } from "../messages/packedRecord.ts";
import { encryptProven } from "../messages/provenRecord.ts";
import type { RoundKey } from "../messages/roundKey.ts";
import type { SignedUpload, Upload, UploadHeader } from "../messages/upload.ts";
import { privateKeyFromPrimes } from "../primitives/paillier/keyGeneration.ts";
import type { PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";
import type { ShortKey } from "../primitives/paillier/shortRandomness.ts";
import { systemRng } from "../primitives/random.ts";
import { openRecords } from "../roles/cloud.ts";
import { maskRecords } from "../roles/proxy.ts";
import { refusedUploads, signedHashes } from "../roles/proxyAdmission.ts";

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
