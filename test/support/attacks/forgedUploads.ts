/**
 * The attacker who owns an account and a proof system: it encrypts what no honest owner would and
 * makes the best proof it can for it. It knows everything an owner knows, the randomness of its own
 * ciphertexts included.
 */
import { formOf, type Layout } from "../../../offchain/core/messages/packedRecord.ts";
import { encryptProven } from "../../../offchain/core/messages/provenRecord.ts";
import { roundKeyHash, type RoundKey } from "../../../offchain/core/messages/roundKey.ts";
import type { ClearUpload, Upload } from "../../../offchain/core/messages/upload.ts";
import { bytesToHex, concatBytes, hexToBytes } from "../../../offchain/core/primitives/bytes.ts";
import {
  exactRangeToBytes,
  type ExactRangeStatement,
} from "../../../offchain/core/primitives/proofs/exactRange.ts";
import {
  encryptRecord,
  integersOf,
  proveCommitted,
} from "../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { at } from "../../../offchain/core/primitives/proofs/proofBytes.ts";
import { shortRandomness } from "../../../offchain/core/primitives/proofs/recordRandomness.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";

/**
 * Everything that goes into a forgery: `values` as they are encrypted, `claimed` as they ought to
 * be.
 */
export interface Forging {
  readonly header: ClearUpload;
  readonly roundKey: RoundKey;
  readonly layout: Layout;
  readonly values: readonly bigint[];
  readonly claimed: readonly bigint[];
  readonly rng: Rng;
}

/** A ciphertext of any integers in the places of a record, with its randomness. */
interface Encrypted {
  readonly statement: ExactRangeStatement;
  readonly secrets: readonly bigint[];
}

/** Ways to a proof for a record that is out of range. */
export const FORGERS: Readonly<Record<string, (forging: Forging) => Upload>> = {
  "a proof of what it ought to be": (forging) => {
    const { fields } = formOf(forging.layout);
    const integers = fields.flatMap((field, k) => integersOf(field, at(forging.claimed, k)));
    return withIntegers(forging, integers);
  },
  "a proof of what it is, with squares that are none": (forging) => {
    const { fields } = formOf(forging.layout);
    const integers = fields.flatMap((field, k) => {
      const value = at(forging.values, k);
      const inRange = value >= field.minimum && value <= field.maximum;
      return inRange ? integersOf(field, value) : [cut(value, field.maximum), 1n, 0n, 0n];
    });
    return withIntegers(forging, integers);
  },
  "the proof of an honest record": (forging) => {
    const { header, roundKey, layout, claimed, rng } = forging;
    const { proof } = encryptProven(header, roundKey, layout, claimed, rng);
    return uploadOf(forging, encrypted(forging), proof);
  },
};

/**
 * A proof has room for answers about numbers a little out of range; larger ones are cut to what it
 * has room for.
 */
function cut(value: bigint, maximum: bigint): bigint {
  return value > 2n * maximum + 2n ? value % (maximum + 1n) : value;
}

function withIntegers(forging: Forging, integers: readonly bigint[]): Upload {
  const record = encrypted(forging);
  const { statement, secrets } = record;
  const proof = exactRangeToBytes(
    statement,
    proveCommitted(statement, integers, secrets, forging.rng),
  );
  return uploadOf(forging, record, bytesToHex(proof));
}

function encrypted({ header, roundKey, layout, values, rng }: Forging): Encrypted {
  const randomness = shortRandomness(roundKey.shortKey);
  const form = formOf(layout);
  const { ciphertexts, witness } = encryptRecord(form, 1, values, randomness, rng);
  const scope = concatBytes(hexToBytes(header.auctionId), hexToBytes(roundKeyHash(roundKey)));
  const context = { scope, prover: hexToBytes(header.account.toLowerCase()) };
  const { commitmentKey } = roundKey;
  return {
    statement: { form, ciphertexts, randomness, commitmentKey, context },
    secrets: witness.secrets,
  };
}

function uploadOf({ header, roundKey }: Forging, { statement }: Encrypted, proof: string): Upload {
  const record = at(statement.ciphertexts, 0);
  return { ...header, roundKeyHash: roundKeyHash(roundKey), record, proof };
}
