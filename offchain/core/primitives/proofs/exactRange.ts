/**
 * One proof that everything a prover encrypted is what it should be: every field of a record lies
 * in its interval, exactly and over the integers, and fields that have to be sums of squares of
 * others are. The fields may have a ciphertext each or share one; the proof is one and short either
 * way. This is the verifier's side, the other one is `exactRangeProver.ts`.
 *
 * Why not with the ciphertexts alone. The cheap proof of a bound answers a challenge e with w +
 * e·m, w a mask, and the verifier sees that the answer is short. But a plaintext is a residue
 * modulo n: two answers determine m only as (z − z′)/(e − e′) mod n, and 1/3 mod n, an enormous
 * number, passes as soon as 3 divides the challenge. An answer speaks of an integer only in a group
 * whose order the prover does not know. So the prover commits to the fields in such a group
 * (`commitmentKey.ts`, one commitment for all) and answers for ciphertexts and commitment with the
 * same integers.
 *
 * Why not with slack. The length of an answer bounds a field only up to 209 bits more than the
 * field has, as long as challenge, mask and a carry are: −5 passes where 0 is the least and 2 where
 * a bit is meant, and fields that share a plaintext need 209 guard bits each. Once the fields are
 * integers in a commitment, much more can be said of them at hardly any cost. The integers a, b, c
 * that put y into its interval (`recordForm.ts`) are committed beside it, and the relation is
 * checked on the answers themselves: with z = w + e·v the polynomial
 *
 *   f(e) = z_a² + z_b² + z_c² − 4·z_y·(e·B − z_y) − e²
 *
 * loses its e² if and only if the relation holds. All relations are weighted into one f, and the
 * prover commits to its two remaining coefficients before it knows e. So the slack is 0: a field
 * needs no guard bit for the proof, only those for what is computed in its place later.
 *
 *   both      M = Σ γ_j·(plaintext of c_j): one equation modulo n² for all ciphertexts
 *   prover    S = commit(y, a, b, c, …)                               γ, η = H(statement, S)
 *             T = commit(masks),  A = (1+n)^{M(masks)}·zero(mask)
 *             U = commit(f_1),  V = commit(f_0),  f = Σ η_k·f_k       e = H(statement, S, T, U, V, A)
 *             z = masks + e·integers over the integers,  r for the randomness (`recordRandomness.ts`)
 *   verifier  T·S^e ≡ commit(z),  V·U^e ≡ commit(f(z, e))  (mod Ñ)
 *             A·(Π c_j^{γ_j})^e ≡ (1+n)^{M(z)}·zero(r)  (mod n²)
 *
 * Proved: the plaintext of c_j is Σ x_i·2^{offset_i} modulo n for integers minimum_i ≤ x_i ≤
 * maximum_i that the prover knows, with the stated sums of squares among them; and the c_j are
 * units, so that a greatest common divisor for each is superfluous. Slack: none. Guard bits: none
 * for the proof; `assertForm` refuses fields that reach into one another. Assumed: the strong RSA
 * assumption modulo Ñ, whose factors the prover does not know, in the random-oracle model. The
 * factors of n do not help: the owner of the key cannot cheat either. Revealed: nothing, up to a
 * statistical distance of 2^−80 for every number of the proof.
 *
 * Cost, measured with both moduli of 2,048 bits and six fields of 16 to 34 bits, in units of the
 * exponentiation ρ^n mod n² that one encryption takes (in ms where that takes 5.4):
 *
 *                                      prove          verify alone   verify among 120     bytes
 *   six ciphertexts, uniform           4.5 (24 ms)    3.6 (19 ms)    0.88 (4.7 ms)        3,094
 *   one ciphertext, uniform            4.3 (23 ms)    3.1 (17 ms)    0.38 (2.1 ms)        3,094
 *   six ciphertexts, short randomness  3.9 (21 ms)    3.1 (17 ms)    0.80 (4.3 ms)        3,009
 *   one ciphertext, short randomness   3.9 (21 ms)    2.7 (15 ms)    0.35 (1.9 ms)        3,009
 *
 * A false proof among 120 costs 0.7 more for each of them. A field of 544 bits adds 2.2 (12 ms) to
 * prove, most of it the search for squares. Proved bit by bit the six fields would take 500 to
 * prove, 340 to verify and 285 kB.
 *
 * Source: our own composition of Fujisaki–Okamoto 1997 and Damgård–Fujisaki 2002 (integer
 * commitments, here of a vector), Π^enc of Canetti et al. 2020 (one set of answers for ciphertext
 * and commitment), Groth 2005 (three squares) and Couteau et al. 2021 (relations checked on the
 * answers).
 */
import { bigintToBytes, byteLength } from "../bytes.ts";
import { powMod } from "../modexp.ts";
import { assertSameKey, type Ciphertext } from "../paillier/publicKey.ts";
import { blindingBits, type CommitmentKey, STATISTICAL_BITS } from "./commitmentKey.ts";
import {
  assertAnnouncement,
  assertClaim,
  type Claim,
  type CommitmentEquation,
  jointClaim,
  weightedProduct,
} from "./equations.ts";
import { assertWithin, at, joinNumbers, splitNumbers } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import {
  assertForm,
  describeForm,
  integerBits,
  INTEGERS_PER_FIELD,
  type RecordForm,
  relationCount,
  weightedPlaintext,
  weightedRelations,
} from "./recordForm.ts";
import type { RecordRandomness } from "./recordRandomness.ts";
import {
  absorb,
  absorbNumbers,
  challenge,
  CHALLENGE_BITS,
  challenges,
  openTranscript,
  type ProofContext,
  type Transcript,
} from "./transcript.ts";

/** The ciphertexts are a record of the form, hidden by this kind of randomness. */
export interface ExactRangeStatement {
  readonly form: RecordForm;
  readonly ciphertexts: readonly Ciphertext[];
  readonly randomness: RecordRandomness;
  readonly commitmentKey: CommitmentKey;
  readonly context: ProofContext;
}

/** What the prover says before the last challenge; letters as above. */
export interface ExactRangeAnnouncements {
  /** T. */
  readonly maskCommitment: bigint;
  /** U, of the coefficient of e. */
  readonly slopeCommitment: bigint;
  /** V, of the constant coefficient. */
  readonly constantCommitment: bigint;
  /** A, modulo n². */
  readonly announcement: bigint;
}

export interface ExactRangeProof extends ExactRangeAnnouncements {
  /** S. */
  readonly valueCommitment: bigint;
  /** z: for every field those for y, a, b and c. */
  readonly answers: readonly bigint[];
  /** For the blinding exponents of S and T. */
  readonly valueBlinding: bigint;
  /** For the blinding exponents of U and V. */
  readonly relationBlinding: bigint;
  /** r. */
  readonly randomnessAnswer: bigint;
}

/** γ, the first of them 1, and η. */
export interface RecordWeights {
  readonly ciphertexts: readonly bigint[];
  readonly relations: readonly bigint[];
}

/**
 * An answer is longer than what it answers for by a challenge, the statistical distance and a
 * carry.
 */
const ANSWER_EXTRA_BITS = CHALLENGE_BITS + STATISTICAL_BITS + 1;

/**
 * For how many integers a commitment key has to have bases, to be used for records of so many
 * fields.
 */
export function committedIntegers(fields: number): number {
  return 1 + INTEGERS_PER_FIELD * fields;
}

/**
 * What has to hold: one equation modulo n², two modulo Ñ. Run by the verifier, who gives the claims
 * of many provers to `refusedClaims`.
 * @throws ProofError as `assertStatement`; E_PROOF_LENGTH for another number of answers;
 *   E_PROOF_RANGE for a number outside its range.
 */
export function exactRangeClaim(statement: ExactRangeStatement, proof: ExactRangeProof): Claim {
  assertStatement(statement);
  assertProofRanges(statement, proof);
  const opened = valuesTranscript(statement, proof.valueCommitment);
  const weights = recordWeights(statement, opened);
  const e = exactRangeChallenge(statement, opened, proof);
  return jointClaim([
    recordClaim(statement, proof, weights, e),
    commitmentClaim(valueEquation(statement, proof, e)),
    commitmentClaim(relationEquation(statement, proof, weights, e)),
  ]);
}

/**
 * Run by the verifier of one proof.
 * @throws ProofError as `exactRangeClaim`, and E_PROOF_EQUATION
 */
export function assertExactRange(statement: ExactRangeStatement, proof: ExactRangeProof): void {
  assertClaim("assertExactRange", exactRangeClaim(statement, proof));
}

/** S ‖ T ‖ U ‖ V ‖ A ‖ z … ‖ both blinding answers ‖ r, at widths that the statement fixes. */
export function exactRangeToBytes(
  statement: ExactRangeStatement,
  proof: ExactRangeProof,
): Uint8Array<ArrayBuffer> {
  const numbers = [
    proof.valueCommitment,
    proof.maskCommitment,
    proof.slopeCommitment,
    proof.constantCommitment,
    proof.announcement,
    ...proof.answers,
    proof.valueBlinding,
    proof.relationBlinding,
    proof.randomnessAnswer,
  ];
  return joinNumbers(numbers, proofWidths(statement));
}

/** @throws ProofError E_PROOF_LENGTH, and as `assertStatement`. */
export function exactRangeFromBytes(
  statement: ExactRangeStatement,
  bytes: Uint8Array,
): ExactRangeProof {
  assertStatement(statement);
  const numbers = splitNumbers(bytes, proofWidths(statement));
  const end = 5 + answerBits(statement.form).length;
  return {
    valueCommitment: at(numbers, 0),
    maskCommitment: at(numbers, 1),
    slopeCommitment: at(numbers, 2),
    constantCommitment: at(numbers, 3),
    announcement: at(numbers, 4),
    answers: numbers.slice(5, end),
    valueBlinding: at(numbers, end),
    relationBlinding: at(numbers, end + 1),
    randomnessAnswer: at(numbers, end + 2),
  };
}

/** What the length of a proof depends on: of ciphertexts their number alone. */
export type ProofSize = Pick<ExactRangeStatement, "form" | "randomness" | "commitmentKey"> & {
  readonly ciphertexts: { readonly length: number };
};

/** Length of a proof in bytes. */
export function exactRangeBytes(size: ProofSize): number {
  return proofWidths(size).reduce((sum, width) => sum + width, 0);
}

/**
 * Refuses a statement that means nothing.
 * @throws ProofError E_PROOF_STATEMENT without ciphertexts and as `assertForm`, E_PROOF_PARAMETERS
 *   for a commitment key with too few bases; PaillierError E_KEY_MISMATCH for ciphertexts of
 *   another key.
 */
export function assertStatement(statement: ExactRangeStatement): void {
  const { form, ciphertexts, randomness, commitmentKey } = statement;
  if (ciphertexts.length === 0) {
    throw new ProofError("E_PROOF_STATEMENT", "exactRange: expected ciphertexts, got none");
  }
  for (const { publicKey } of ciphertexts) assertSameKey(randomness.publicKey, publicKey);
  assertForm(randomness.publicKey, form, ciphertexts.length);
  const integers = committedIntegers(form.fields.length);
  if (commitmentKey.bases.length > integers) return;
  const sizes = `expected bases for ${integers} integers, got ${commitmentKey.bases.length - 1}`;
  throw new ProofError("E_PROOF_PARAMETERS", `exactRange: ${sizes}`);
}

/** Everything that is fixed before the weights are drawn. */
export function valuesTranscript(
  statement: ExactRangeStatement,
  valueCommitment: bigint,
): Transcript {
  const width = byteLength(statement.commitmentKey.modulus);
  return absorbNumbers(statementTranscript(statement), width, valueCommitment);
}

/** Everything that is fixed before the prover says anything. */
export function statementTranscript({
  form,
  ciphertexts,
  randomness,
  commitmentKey,
  context,
}: ExactRangeStatement): Transcript {
  const { publicKey, description } = randomness;
  const width = byteLength(commitmentKey.modulus);
  const opened = openTranscript("exact-range", publicKey, context);
  const modulus = bigintToBytes(commitmentKey.modulus, width);
  const formText = new TextEncoder().encode(describeForm(form));
  const described = absorb(opened, modulus, formText, description);
  const values = ciphertexts.map(({ value }) => value);
  return absorbNumbers(described, publicKey.ciphertextBytes, ...values);
}

/** γ and η. One of the γ may be 1: only their proportions matter. */
export function recordWeights(
  { form, ciphertexts }: ExactRangeStatement,
  transcript: Transcript,
): RecordWeights {
  const others = ciphertexts.length - 1;
  const drawn = challenges(transcript, others + relationCount(form));
  return { ciphertexts: [1n, ...drawn.slice(0, others)], relations: drawn.slice(others) };
}

/** e. */
export function exactRangeChallenge(
  { randomness, commitmentKey }: ExactRangeStatement,
  transcript: Transcript,
  said: ExactRangeAnnouncements,
): bigint {
  const commitments = [said.maskCommitment, said.slopeCommitment, said.constantCommitment];
  const committed = absorbNumbers(transcript, byteLength(commitmentKey.modulus), ...commitments);
  const { ciphertextBytes } = randomness.publicKey;
  return challenge(absorbNumbers(committed, ciphertextBytes, said.announcement));
}

/** Exponents of S, of T and of their answers; the base of U and V is not theirs. */
export function valueExponents(blinding: bigint, integers: readonly bigint[]): readonly bigint[] {
  return [blinding, 0n, ...integers];
}

/** A·(Π c_j^{γ_j})^e ≡ (1+n)^{M(z)}·zero(r). */
function recordClaim(
  { form, ciphertexts, randomness }: ExactRangeStatement,
  proof: ExactRangeProof,
  weights: RecordWeights,
  e: bigint,
): Claim {
  const { nSquared } = randomness.publicKey;
  const values = ciphertexts.map(({ value }) => value);
  const combined = weightedProduct(values, weights.ciphertexts, nSquared);
  const left = answered(proof.announcement, combined, e, nSquared);
  const plaintext = weightedPlaintext(form, weights.ciphertexts, proof.answers, e);
  return randomness.claim(ciphertexts.length, left, plaintext, proof.randomnessAnswer);
}

/** T·S^e ≡ commit(z). */
function valueEquation(
  { commitmentKey }: ExactRangeStatement,
  { maskCommitment, valueCommitment, valueBlinding, answers }: ExactRangeProof,
  e: bigint,
): CommitmentEquation {
  return {
    key: commitmentKey,
    left: answered(maskCommitment, valueCommitment, e, commitmentKey.modulus),
    exponents: valueExponents(valueBlinding, answers),
  };
}

/** V·U^e ≡ commit(f(z, e)). */
function relationEquation(
  { commitmentKey, form }: ExactRangeStatement,
  { constantCommitment, slopeCommitment, relationBlinding, answers }: ExactRangeProof,
  weights: RecordWeights,
  e: bigint,
): CommitmentEquation {
  return {
    key: commitmentKey,
    left: answered(constantCommitment, slopeCommitment, e, commitmentKey.modulus),
    exponents: [relationBlinding, weightedRelations(form, weights.relations, answers, e)],
  };
}

/** mask·secret^e mod modulus: what an answer has to match. */
function answered(mask: bigint, secret: bigint, e: bigint, modulus: bigint): bigint {
  return (mask * powMod(secret, e, modulus)) % modulus;
}

function commitmentClaim(equation: CommitmentEquation): Claim {
  return { residues: [], shorts: [], commitments: [equation] };
}

function assertProofRanges(statement: ExactRangeStatement, proof: ExactRangeProof): void {
  const { form, randomness, commitmentKey } = statement;
  const name = "exactRangeClaim";
  const bits = answerBits(form);
  if (proof.answers.length !== bits.length) {
    const counts = `expected ${bits.length} answers, got ${proof.answers.length}`;
    throw new ProofError("E_PROOF_LENGTH", `${name}: ${counts}`);
  }
  const { valueCommitment, maskCommitment, slopeCommitment, constantCommitment } = proof;
  for (const value of [valueCommitment, maskCommitment, slopeCommitment, constantCommitment]) {
    assertWithin(name, value, 1n, commitmentKey.modulus);
  }
  assertAnnouncement(name, randomness.publicKey, proof.announcement);
  for (const [i, z] of proof.answers.entries())
    assertWithin(name, z, 0n, 1n << BigInt(at(bits, i)));
  const blindingBound = 1n << BigInt(blindingAnswerBits(commitmentKey));
  assertWithin(name, proof.valueBlinding, 0n, blindingBound);
  assertWithin(name, proof.relationBlinding, 0n, blindingBound);
}

function proofWidths({
  form,
  ciphertexts,
  randomness,
  commitmentKey,
}: ProofSize): readonly number[] {
  const commitment = byteLength(commitmentKey.modulus);
  const blinding = Math.ceil(blindingAnswerBits(commitmentKey) / 8);
  return [
    ...[commitment, commitment, commitment, commitment],
    randomness.publicKey.ciphertextBytes,
    ...answerBits(form).map((bits) => Math.ceil(bits / 8)),
    ...[blinding, blinding],
    randomness.answerBytes(ciphertexts.length),
  ];
}

function answerBits(form: RecordForm): readonly number[] {
  return integerBits(form).map((bits) => bits + ANSWER_EXTRA_BITS);
}

function blindingAnswerBits(key: CommitmentKey): number {
  return blindingBits(key) + ANSWER_EXTRA_BITS;
}
