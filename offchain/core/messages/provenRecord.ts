/**
 * An encrypted record with the proof that every field is in its range, exactly and over the
 * integers: one ciphertext, one proof, bound to the auction, the round's key and the account that
 * sends it (`core/primitives/proofs/exactRange.ts` says under which assumptions). Who has checked
 * it can compute with the fields as with numbers of their widths.
 */
import { bytesToHex, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";
import type { Claim } from "../primitives/proofs/equations.ts";
import {
  exactRangeBytes,
  exactRangeClaim,
  exactRangeFromBytes,
  exactRangeToBytes,
  type ExactRangeStatement,
} from "../primitives/proofs/exactRange.ts";
import { encryptRecord, proveExactRange } from "../primitives/proofs/exactRangeProver.ts";
import { shortRandomness } from "../primitives/proofs/recordRandomness.ts";
import type { Rng } from "../primitives/random.ts";
import { formOf, type Layout } from "./packedRecord.ts";
import { roundKeyHash, type RoundKey } from "./roundKey.ts";
import type { ClearUpload, Upload, UploadHeader } from "./upload.ts";

/** `encryptProven`, wherever it runs and with whatever generator. */
export type EncryptProven = (
  header: ClearUpload,
  roundKey: RoundKey,
  layout: Layout,
  values: readonly bigint[],
) => Promise<Upload>;

/**
 * Encrypts a record and proves its ranges. Run by the owner of the values.
 * @throws ProofError E_PROOF_WITNESS for a value outside its width or one too many, E_PROOF_LENGTH
 *   for one too few.
 */
export function encryptProven(
  header: ClearUpload,
  roundKey: RoundKey,
  layout: Layout,
  values: readonly bigint[],
  rng: Rng,
): Upload {
  const randomness = shortRandomness(roundKey.shortKey);
  const { ciphertexts, witness } = encryptRecord(formOf(layout), 1, values, randomness, rng);
  const [record] = ciphertexts;
  if (record === undefined) throw new RangeError("encryptProven: expected one ciphertext");
  const statement = statementOf(header, roundKey, layout, record);
  const proof = exactRangeToBytes(statement, proveExactRange(statement, witness, rng));
  return { ...header, roundKeyHash: roundKeyHash(roundKey), record, proof: bytesToHex(proof) };
}

/**
 * What has to hold for the ranges of an upload to be believed. Run by the proxy, which checks many
 * at once.
 * @throws ProofError for bytes that are no such proof.
 */
export function rangesClaim(roundKey: RoundKey, layout: Layout, upload: Upload): Claim {
  const statement = statementOf(upload, roundKey, layout, upload.record);
  return exactRangeClaim(statement, exactRangeFromBytes(statement, hexToBytes(upload.proof)));
}

/** Length of the proof of every record of a layout, in bytes. */
export function recordProofBytes({ shortKey, commitmentKey }: RoundKey, layout: Layout): number {
  const randomness = shortRandomness(shortKey);
  return exactRangeBytes({
    form: formOf(layout),
    ciphertexts: { length: 1 },
    randomness,
    commitmentKey,
  });
}

function statementOf(
  { auctionId, account }: UploadHeader,
  roundKey: RoundKey,
  layout: Layout,
  record: Ciphertext,
): ExactRangeStatement {
  return {
    form: formOf(layout),
    ciphertexts: [record],
    randomness: shortRandomness(roundKey.shortKey),
    commitmentKey: roundKey.commitmentKey,
    context: {
      scope: concatBytes(hexToBytes(auctionId), hexToBytes(roundKeyHash(roundKey))),
      prover: hexToBytes(account.toLowerCase()),
    },
  };
}
