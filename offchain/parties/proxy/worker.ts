/** What a worker thread of the proxy can be asked for, by name. */
import type { Bytes32, Venue } from "../../core/messages/market.ts";
import type { Layout } from "../../core/messages/packedRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { SignedUpload, Upload } from "../../core/messages/upload.ts";
import type { Ciphertext } from "../../core/primitives/paillier/publicKey.ts";
import type { ShortKey } from "../../core/primitives/paillier/shortRandomness.ts";
import { systemRng } from "../../core/primitives/random.ts";
import { refusedUploads, signedHashes } from "./admission.ts";
import { maskRecords, type MaskedRecord } from "./masking.ts";

export function hashes(given: [Venue, readonly SignedUpload[]]): readonly (Bytes32 | null)[] {
  return signedHashes(...given);
}

export function refused(given: [RoundKey, Layout, readonly Upload[]]): readonly number[] {
  return refusedUploads(...given, systemRng);
}

export function mask(given: [ShortKey, Layout, readonly Ciphertext[]]): readonly MaskedRecord[] {
  return maskRecords(...given, systemRng);
}
