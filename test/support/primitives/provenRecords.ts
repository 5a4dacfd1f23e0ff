/**
 * What the tests of the proofs share: a context, a commitment key of known factors, small records.
 */
import {
  type CommitmentKey,
  commitmentKeyFromModulus,
} from "../../../offchain/core/primitives/proofs/commitmentKey.ts";
import {
  committedIntegers,
  type ExactRangeStatement,
} from "../../../offchain/core/primitives/proofs/exactRange.ts";
import {
  encryptRecord,
  type RecordWitness,
} from "../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import {
  type RecordField,
  type RecordForm,
  separateFields,
} from "../../../offchain/core/primitives/proofs/recordForm.ts";
import {
  type RecordRandomness,
  shortRandomness,
  uniformRandomness,
} from "../../../offchain/core/primitives/proofs/recordRandomness.ts";
import type { ProofContext } from "../../../offchain/core/primitives/proofs/transcript.ts";
import { powMod } from "../../../offchain/core/primitives/modexp.ts";
import { shortKeyOf } from "../../../offchain/core/primitives/paillier/shortRandomness.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import { smallKey } from "./draws.ts";

/** Two safe primes of 256 bits: what a dealer forgets. */
export const DEALT_P = 0xc9b6b56cbf729f41e99acc5f74d6b8cda20ffface424666de772d1afb4d88ddfn;
export const DEALT_Q = 0xdf65a09237462421378be3bda9d6ca359cc375003069fc5791d9f83a756feeb7n;

let commitmentKey: CommitmentKey | undefined;

/** Bases for eight fields under a modulus of 512 bits. */
export function smallCommitmentKey(): CommitmentKey {
  commitmentKey ??= commitmentKeyFromModulus(DEALT_P * DEALT_Q, committedIntegers(8));
  return commitmentKey;
}

export function contextOf(scope: string, prover: string): ProofContext {
  const text = new TextEncoder();
  return { scope: text.encode(scope), prover: text.encode(prover) };
}

export const CONTEXT = contextOf("scope 1", "prover 1");

/** Both kinds under the small key. hs as its dealer computes it, from the unit y = 3. */
export function randomnessKinds(): Readonly<Record<"uniform" | "short", RecordRandomness>> {
  const { publicKey } = smallKey();
  const { n, nSquared } = publicKey;
  const hs = powMod(n - 9n, n, nSquared);
  return {
    uniform: uniformRandomness(publicKey),
    short: shortRandomness(shortKeyOf(publicKey, hs)),
  };
}

/** A coordinate, its square, a bit, and a negative number: each of them a ciphertext. */
export const SEPARATE: RecordForm = {
  fields: separateFields([
    { minimum: 0n, maximum: 65535n },
    { minimum: 0n, maximum: 65535n ** 2n },
    { minimum: 0n, maximum: 1n },
    { minimum: -1000n, maximum: -1n },
  ]),
  squareSums: [
    { sum: 1, terms: [0] },
    { sum: 2, terms: [2] },
  ],
};
export const SEPARATE_VALUES: readonly bigint[] = [300n, 90_000n, 1n, -7n];

/** Three fields side by side without a bit between them, and one with a ciphertext of its own. */
export const PACKED: RecordForm = {
  fields: [
    { ciphertext: 0, offset: 0, minimum: 0n, maximum: 255n },
    { ciphertext: 0, offset: 8, minimum: -8n, maximum: 7n },
    { ciphertext: 0, offset: 12, minimum: 5n, maximum: 5n },
    { ciphertext: 1, offset: 3, minimum: 0n, maximum: 1n << 80n },
  ],
  squareSums: [],
};
export const PACKED_VALUES: readonly bigint[] = [255n, -8n, 5n, 1n << 80n];

/** One field of 16 bits in one ciphertext. */
export const SINGLE: RecordForm = {
  fields: separateFields([{ minimum: 0n, maximum: 65535n }]),
  squareSums: [],
};

export interface TestRecord {
  readonly statement: ExactRangeStatement;
  readonly witness: RecordWitness;
}

/** The values encrypted in as many ciphertexts as the form names, under the small keys. */
export function recordOf(
  form: RecordForm,
  values: readonly bigint[],
  randomness: RecordRandomness,
  rng: Rng,
): TestRecord {
  const count = 1 + Math.max(...form.fields.map(({ ciphertext }) => ciphertext));
  const { ciphertexts, witness } = encryptRecord(form, count, values, randomness, rng);
  const keys = { randomness, commitmentKey: smallCommitmentKey() };
  return { statement: { form, ciphertexts, ...keys, context: CONTEXT }, witness };
}

/** The form with one of its fields changed. */
export function withField(
  form: RecordForm,
  index: number,
  change: Partial<RecordField>,
): RecordForm {
  const fields = form.fields.map((field, i) => (i === index ? { ...field, ...change } : field));
  return { ...form, fields };
}

/** The bytes with one bit of one byte changed. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

/** What the verifier answers to false numbers, by where they first show. */
export const FALSE_NUMBERS: readonly string[] = [
  "ProofError E_PROOF_EQUATION",
  "ProofError E_PROOF_RANGE",
];

/** Σ (observed − expected)²/expected over cells that are equally likely. */
export function chiSquare(cells: readonly number[]): number {
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * Four standard deviations above the mean of χ². Seeds are fixed, so a verdict is the same every
 * time.
 */
export function chiSquareLimit(cells: number): number {
  const freedom = cells - 1;
  return freedom + 4 * Math.sqrt(2 * freedom);
}

/** How many of the numbers fall into each of `cells` equal parts of [0, bound). */
export function histogram(
  numbers: readonly bigint[],
  bound: bigint,
  cells: number,
): readonly number[] {
  const counts = Array.from({ length: cells }, () => 0);
  for (const number of numbers) {
    const cell = Number((number * BigInt(cells)) / bound);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}
