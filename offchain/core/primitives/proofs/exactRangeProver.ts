/**
 * The prover's side of `exactRange.ts`: what is proved, how and under which assumption is there. It
 * runs on the machine of whoever owns the values; the lengths of exponents and the search for
 * squares show in its time.
 */
import { toZn } from "bigint-crypto-utils";
import { bigintToBytes, byteLength } from "../bytes.ts";
import { ciphertext, type Ciphertext } from "../paillier/publicKey.ts";
import { hedgedRng } from "../hedged.ts";
import { randomBits, type Rng } from "../random.ts";
import { blindingBits, commitTo, STATISTICAL_BITS } from "./commitmentKey.ts";
import {
  assertStatement,
  exactRangeChallenge,
  type ExactRangeProof,
  type ExactRangeStatement,
  recordWeights,
  statementTranscript,
  valueExponents,
  valuesTranscript,
} from "./exactRange.ts";
import { at } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import {
  integerBits,
  type RecordField,
  type RecordForm,
  spanOf,
  weightedPlaintext,
  weightedRelations,
} from "./recordForm.ts";
import type { RecordRandomness } from "./recordRandomness.ts";
import { threeSquares } from "./threeSquares.ts";
import { CHALLENGE_BITS } from "./transcript.ts";

/** The value of every field, and the secret of every ciphertext: ρ or a (`recordRandomness.ts`). */
export interface RecordWitness {
  readonly values: readonly bigint[];
  readonly secrets: readonly bigint[];
}

/** Integers and the exponent that blinds their commitment. */
interface Committed {
  readonly integers: readonly bigint[];
  readonly blinding: bigint;
}

/**
 * Encrypts the values of a record into `count` ciphertexts, and keeps what the proof needs. Run by
 * the owner of the values. Whether they fit the form is for the proof to say.
 */
export function encryptRecord(
  form: RecordForm,
  count: number,
  values: readonly bigint[],
  randomness: RecordRandomness,
  rng: Rng,
): { readonly ciphertexts: readonly Ciphertext[]; readonly witness: RecordWitness } {
  const { n, nSquared } = randomness.publicKey;
  const key = [bigintToBytes(n, byteLength(n)), randomness.description];
  const hedged = hedgedRng(rng, "PM-v1/record-secret", values, ...key);
  const secrets = Array.from({ length: count }, () => randomness.drawSecret(hedged));
  const ciphertexts = secrets.map((secret, j) => {
    const plaintext = toZn(recordPlaintext(form, j, values), n);
    const value = ((1n + plaintext * n) * randomness.zero(secret)) % nSquared;
    return ciphertext(randomness.publicKey, value);
  });
  return { ciphertexts, witness: { values, secrets } };
}

/**
 * One proof for the whole record. Run by whoever encrypted it. With secrets that are not those of
 * the ciphertexts it makes a proof that will be refused.
 * @throws ProofError E_PROOF_WITNESS for a value outside its interval, for a sum of squares that is
 *   none and for another number of values or secrets; as `assertStatement`.
 */
export function proveExactRange(
  statement: ExactRangeStatement,
  witness: RecordWitness,
  rng: Rng,
): ExactRangeProof {
  assertStatement(statement);
  assertWitness(statement, witness);
  const { fields } = statement.form;
  const integers = fields.flatMap((field, i) => integersOf(field, at(witness.values, i)));
  return proveCommitted(statement, integers, witness.secrets, rng);
}

/**
 * The same for integers y, a, b, c of every field as they are given. If they do not satisfy the
 * form, or are not in the ciphertexts, the proof will be refused.
 */
export function proveCommitted(
  statement: ExactRangeStatement,
  integers: readonly bigint[],
  secrets: readonly bigint[],
  generator: Rng,
): ExactRangeProof {
  const { form, ciphertexts, randomness, commitmentKey } = statement;
  const known = [...integers, ...secrets];
  const rng = hedgedRng(
    generator,
    "PM-v1/exact-range-nonce",
    known,
    ...statementTranscript(statement).parts,
  );
  const values = { integers, blinding: randomBits(rng, blindingBits(commitmentKey)) };
  const valueCommitment = commitIntegers(statement, values);
  const opened = valuesTranscript(statement, valueCommitment);
  const weights = recordWeights(statement, opened);

  const masks = drawMasks(statement, rng);
  const mask = randomness.drawMask(ciphertexts.length, rng);
  const plaintextMask = weightedPlaintext(form, weights.ciphertexts, masks.integers, 0n);
  const relation = relationCoefficients(form, weights.relations, masks.integers, integers);
  const slopeBlinding = randomBits(rng, blindingBits(commitmentKey));
  const constantBlinding = randomBits(rng, maskBits(blindingBits(commitmentKey)));
  const said = {
    maskCommitment: commitIntegers(statement, masks),
    slopeCommitment: commitTo(commitmentKey, [slopeBlinding, relation.slope]),
    constantCommitment: commitTo(commitmentKey, [constantBlinding, relation.constant]),
    announcement: announce(randomness, plaintextMask, mask),
  };

  const e = exactRangeChallenge(statement, opened, said);
  return {
    valueCommitment,
    ...said,
    answers: masks.integers.map((w, i) => w + e * at(integers, i)),
    valueBlinding: masks.blinding + e * values.blinding,
    relationBlinding: constantBlinding + e * slopeBlinding,
    randomnessAnswer: randomness.answer(mask, secrets, weights.ciphertexts, e),
  };
}

/** y = x − minimum, and three squares that make 4·y·(B − y) + 1. */
export function integersOf(field: RecordField, value: bigint): readonly bigint[] {
  const y = value - field.minimum;
  return [y, ...threeSquares(4n * y * (spanOf(field) - y) + 1n)];
}

/**
 * f(e) = constant + slope·e on answers w + e·v: its value at the masks, and the difference that e =
 * 1 makes.
 */
function relationCoefficients(
  form: RecordForm,
  weights: readonly bigint[],
  masks: readonly bigint[],
  integers: readonly bigint[],
): { readonly constant: bigint; readonly slope: bigint } {
  const constant = weightedRelations(form, weights, masks, 0n);
  const atOne = masks.map((mask, i) => mask + at(integers, i));
  return { constant, slope: weightedRelations(form, weights, atOne, 1n) - constant };
}

/** (1+n)^plaintext·zero(mask). */
function announce(randomness: RecordRandomness, plaintext: bigint, mask: bigint): bigint {
  const { n, nSquared } = randomness.publicKey;
  return ((1n + toZn(plaintext, n) * n) * randomness.zero(mask)) % nSquared;
}

function commitIntegers(
  { commitmentKey }: ExactRangeStatement,
  { integers, blinding }: Committed,
): bigint {
  return commitTo(commitmentKey, valueExponents(blinding, integers));
}

function drawMasks({ form, commitmentKey }: ExactRangeStatement, rng: Rng): Committed {
  return {
    integers: integerBits(form).map((bits) => randomBits(rng, maskBits(bits))),
    blinding: randomBits(rng, maskBits(blindingBits(commitmentKey))),
  };
}

/** A mask that hides a challenge times a number of so many bits, up to 2^−80. */
function maskBits(bits: number): number {
  return bits + CHALLENGE_BITS + STATISTICAL_BITS;
}

/** Σ x_i·2^{offset_i} over the fields of ciphertext j. */
function recordPlaintext({ fields }: RecordForm, j: number, values: readonly bigint[]): bigint {
  return fields.reduce((sum, { ciphertext: own, offset }, i) => {
    return own === j ? sum + (at(values, i) << BigInt(offset)) : sum;
  }, 0n);
}

function assertWitness(
  { form: { fields, squareSums }, ciphertexts }: ExactRangeStatement,
  { values, secrets }: RecordWitness,
): void {
  if (values.length !== fields.length || secrets.length !== ciphertexts.length) {
    throw badWitness("one value a field and one secret a ciphertext");
  }
  const inside = fields.every(
    ({ minimum, maximum }, i) => at(values, i) >= minimum && at(values, i) <= maximum,
  );
  if (!inside) throw badWitness("every value in its interval");
  const sumOf = (terms: readonly number[]) =>
    terms.reduce((sum, term) => sum + at(values, term) ** 2n, 0n);
  const summed = squareSums.every(({ sum, terms }) => at(values, sum) === sumOf(terms));
  if (!summed) throw badWitness("sums of squares that are");
}

function badWitness(expected: string): ProofError {
  return new ProofError("E_PROOF_WITNESS", `proveExactRange: expected ${expected}`);
}
