/** What a worker thread of an owner can be asked for, by name. */
import type { Layout } from "../../core/messages/packedRecord.ts";
import { encryptProven } from "../../core/messages/provenRecord.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { Upload, ClearUpload } from "../../core/messages/upload.ts";
import { systemRng } from "../../core/primitives/random.ts";

export function encrypt(given: [ClearUpload, RoundKey, Layout, readonly bigint[]]): Upload {
  return encryptProven(...given, systemRng);
}
