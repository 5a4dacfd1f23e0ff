/**
 * The proof that comes with an upload: that the fields of a packed record lie in their ranges. The
 * peer proves nothing.
 *
 * The commitment key is the modulus of another key of the same size, whose factors somebody knows.
 * A real one is dealt from safe primes, which takes seconds; that makes proofs sound, not slower or
 * faster.
 */
import { breathe } from "../../core/primitives/breathe.ts";
import {
  blindingBits,
  type CommitmentKey,
  commitmentKeyFromModulus,
  STATISTICAL_BITS,
} from "../../core/primitives/proofs/commitmentKey.ts";
import { claimHolds, refusedClaims } from "../../core/primitives/proofs/equations.ts";
import {
  committedIntegers,
  exactRangeClaim,
  type ExactRangeProof,
  type ExactRangeStatement,
} from "../../core/primitives/proofs/exactRange.ts";
import {
  encryptRecord,
  proveExactRange,
  type RecordWitness,
} from "../../core/primitives/proofs/exactRangeProver.ts";
import {
  type RecordRandomness,
  shortRandomness,
} from "../../core/primitives/proofs/recordRandomness.ts";
import { CHALLENGE_BITS } from "../../core/primitives/proofs/transcript.ts";
import { alone, type Operation } from "./operation.ts";
import { drawFields, RECORD_FORM } from "./record.ts";
import type { Subject } from "./subject.ts";
import { type Part, power } from "./yardsticks.ts";

const CONTEXT = { scope: Uint8Array.of(1), prover: Uint8Array.of(2) };
const LONE_PROOFS = 4;

interface Keys {
  readonly commitmentKey: CommitmentKey;
  readonly randomness: RecordRandomness;
}

interface Owned {
  readonly statement: ExactRangeStatement;
  readonly witness: RecordWitness;
}

interface Proven {
  readonly statement: ExactRangeStatement;
  readonly proof: ExactRangeProof;
}

/** Proofs of `many` records are verified together. @throws the reason of the signal */
export async function proofOperations(
  subject: Subject,
  many: number,
  signal: AbortSignal,
): Promise<readonly Operation[]> {
  const { publicKey, shortTable, deal, rng } = subject;
  const { publicKey: other } = await deal(publicKey.bits, rng);
  const integers = committedIntegers(RECORD_FORM.fields.length);
  const keys = {
    commitmentKey: commitmentKeyFromModulus(other.n, integers),
    randomness: shortRandomness(shortTable.shortKey),
  };
  const records = Array.from({ length: many }, () => ownRecord(keys, subject));
  const proven: Proven[] = [];
  for (const { statement, witness } of records) {
    await breathe(signal);
    proven.push({ statement, proof: proveExactRange(statement, witness, rng) });
  }
  return [
    proving(subject, keys, records.slice(0, LONE_PROOFS)),
    verifying(subject, keys, proven.slice(0, LONE_PROOFS)),
    verifyingTogether(subject, keys, proven),
  ];
}

function proving({ rng }: Subject, keys: Keys, records: readonly Owned[]): Operation {
  return alone({
    name: "prove ranges of a record",
    how: "six fields in one ciphertext, one proof",
    unavoidable: "four exponents that blind, modulo Ñ, and one for the randomness, modulo n²",
    inputs: records,
    ours: ({ statement, witness }) => proveExactRange(statement, witness, rng),
    right: (proof, { statement }) => claimHolds(exactRangeClaim(statement, proof)),
    limit: () => {
      const bits = blindingBits(keys.commitmentKey);
      return [
        { times: 2, side: power(keys.commitmentKey.modulus, bits, rng) },
        { times: 2, side: power(keys.commitmentKey.modulus, bits + MASK_BITS, rng) },
        randomnessAnswer(keys, rng),
      ];
    },
  });
}

function verifying({ rng }: Subject, keys: Keys, proven: readonly Proven[]): Operation {
  return alone({
    name: "verify ranges of a record",
    how: "alone",
    unavoidable: "two answers for what blinds, modulo Ñ, and one for the randomness, modulo n²",
    inputs: proven,
    ours: ({ statement, proof }) => claimHolds(exactRangeClaim(statement, proof)),
    right: (holds) => holds,
    limit: () => {
      const bits = blindingBits(keys.commitmentKey) + MASK_BITS;
      return [
        { times: 2, side: power(keys.commitmentKey.modulus, bits, rng) },
        randomnessAnswer(keys, rng),
      ];
    },
  });
}

function verifyingTogether({ rng }: Subject, keys: Keys, proven: readonly Proven[]): Operation {
  const { commitmentKey, randomness } = keys;
  return alone({
    name: "verify ranges among many",
    how: `${proven.length} records together, for each`,
    unavoidable: "challenges and weights of 128 bits: four modulo Ñ, two modulo n²",
    inputs: [proven],
    operations: proven.length,
    ours: (all) =>
      refusedClaims(
        all.map(({ statement, proof }) => exactRangeClaim(statement, proof)),
        rng,
      ),
    right: (refused) => refused.length === 0,
    limit: () => [
      { times: 4, side: power(commitmentKey.modulus, CHALLENGE_BITS, rng) },
      { times: 2, side: power(randomness.publicKey.nSquared, CHALLENGE_BITS, rng) },
    ],
  });
}

/** What a mask has more bits than what it hides. */
const MASK_BITS = CHALLENGE_BITS + STATISTICAL_BITS;

function randomnessAnswer({ randomness }: Keys, rng: Subject["rng"]): Part {
  const bits = 8 * randomness.answerBytes(1);
  return { times: 1, side: power(randomness.publicKey.nSquared, bits, rng) };
}

function ownRecord({ commitmentKey, randomness }: Keys, { rng }: Subject): Owned {
  const { ciphertexts, witness } = encryptRecord(RECORD_FORM, 1, drawFields(rng), randomness, rng);
  const statement = {
    form: RECORD_FORM,
    ciphertexts,
    randomness,
    commitmentKey,
    context: CONTEXT,
  };
  return { statement, witness };
}
