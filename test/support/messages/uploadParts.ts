/** The fields of an upload as they stand on the wire, so that each can be anything. */
import type { RoundKey } from "../../../offchain/core/messages/roundKey.ts";
import type { SignedUpload, Upload } from "../../../offchain/core/messages/upload.ts";
import { uploadToBytes } from "../../../offchain/core/messages/uploadBytes.ts";
import { bytesToHex, concatBytes, hexToBytes } from "../../../offchain/core/primitives/bytes.ts";

/** Each as 0x-prefixed hexadecimal, in the order of the wire. */
export type UploadParts = Readonly<Record<keyof Upload | "signature", string>>;

/** The places that `core/messages/README.md` gives them. */
export function uploadParts(roundKey: RoundKey, signed: SignedUpload): UploadParts {
  const bytes = uploadToBytes(roundKey, signed);
  let end = 0;
  const take = (width: number): string => bytesToHex(bytes.subarray(end, (end += width)));
  return {
    auctionId: take(32),
    round: take(1),
    kind: take(1),
    roundKeyHash: take(32),
    account: take(20),
    sealKey: take(32),
    setId: take(32),
    cells: take(1 + 128 * 8),
    record: take(roundKey.shortKey.publicKey.ciphertextBytes),
    proof: take(bytes.length - end - 65),
    signature: take(65),
  };
}

export function joinedParts(parts: Readonly<Record<string, unknown>>): Uint8Array {
  return concatBytes(...Object.values(parts).map((part) => hexToBytes(String(part))));
}
