/**
 * Proof that a ciphertext hides the sum of the squares of what others hide, s ≡ x_1² + x_2² + … (mod n):
 * the prover shows that C_s arises from the C_i by raising each to what it hides.
 *
 *   prover    v_i ←$ Z_n, ω_i, ω ←$ Z_n*;  B_i = (1+n)^{v_i}·ω_i^n,  A = Π C_i^{v_i}·ω^n;  e = H(…)
 *             z_i = v_i + e·x_i mod n,  r_i = ω_i·ρ_i^e,  r = ω·(ρ_s·Π ρ_i^{−x_i})^e·Π C_i^{t_i} mod n,
 *             t_i = (v_i + e·x_i − z_i)/n + 1
 *   verifier  B_i·C_i^e ≡ (1+n)^{z_i}·r_i^n,   A·C_s^e·Π C_i^{n − z_i} ≡ r^n   (mod n²)
 *
 * The t_i put right what the reduction of z_i modulo n takes away, since C_i^n is an n-th power; so
 * nothing has to be an integer here and no bound is needed. Sound against everybody; zero-knowledge in
 * the random-oracle model. It speaks of residues modulo n; that the squares do not wrap around is for
 * ranges to show. Where the fields have ranges anyway, `exactRange.ts` proves the relation over the integers
 * in the same stroke and at no cost; this one stands alone: 2·(terms) + 1 powers of full length a side.
 *
 * Source: the multiplication proof of Damgård–Jurik 2001; sharing one challenge for a sum is our own.
 */
import { modInv } from "bigint-crypto-utils";
import { byteLength } from "../bytes.ts";
import { powMod } from "../modexp.ts";
import { assertSameKey, type Ciphertext, type PublicKey } from "../paillier/publicKey.ts";
import { randomBelow, randomUnit, type Rng } from "../random.ts";
import {
  assertAnnouncement,
  assertClaim,
  assertRoot,
  canonicalRoot,
  type Claim,
  type ResidueEquation,
  residuesClaim,
  weightedProduct,
} from "./equations.ts";
import { assertWithin, at, joinNumbers, splitNumbers } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import { absorbNumbers, challenge, openTranscript, type ProofContext } from "./transcript.ts";

/** `sum` hides the sum of the squares of what `terms` hide, modulo n. */
export interface SquareStatement {
  readonly sum: Ciphertext;
  readonly terms: readonly Ciphertext[];
  readonly context: ProofContext;
}

/** Plaintexts x_i in [0, n), and the randomness of every ciphertext. */
export interface SquareWitness {
  readonly plaintexts: readonly bigint[];
  readonly termRhos: readonly bigint[];
  readonly sumRho: bigint;
}

/** B_i and A; z_i; r_i and r. */
export interface SquareProof {
  readonly termAnnouncements: readonly bigint[];
  readonly sumAnnouncement: bigint;
  readonly responses: readonly bigint[];
  readonly termRoots: readonly bigint[];
  readonly sumRoot: bigint;
}

/**
 * Run by whoever encrypted all of them.
 * @throws ProofError E_PROOF_WITNESS for another number of plaintexts or one outside [0, n), and as
 *   `squareClaim`. Values that do not fit the ciphertexts give a proof that will be refused.
 */
export function proveSquareSum(
  statement: SquareStatement,
  witness: SquareWitness,
  rng: Rng,
): SquareProof {
  const publicKey = assertStatement(statement);
  const { n, nSquared } = publicKey;
  assertWitness(statement, witness);
  const { plaintexts, termRhos } = witness;
  const values = statement.terms.map(({ value }) => value);
  const masks = plaintexts.map(() => randomBelow(rng, n));
  const omegas = plaintexts.map(() => randomUnit(rng, n));
  const omega = randomUnit(rng, n);

  const hide = (mask: bigint, unit: bigint) =>
    ((1n + mask * n) * powMod(unit, n, nSquared)) % nSquared;
  const termAnnouncements = masks.map((mask, i) => hide(mask, at(omegas, i)));
  const sumAnnouncement = (weightedProduct(values, masks, nSquared) * hide(0n, omega)) % nSquared;
  const e = squareChallenge(statement, termAnnouncements, sumAnnouncement);

  const unreduced = plaintexts.map((x, i) => at(masks, i) + e * x);
  const carries = unreduced.map((z) => z / n + 1n);
  const quotient = sumQuotient(witness, n);
  const carried = weightedProduct(values, carries, n);
  const root = (value: bigint) => canonicalRoot(publicKey, value % n);
  return {
    termAnnouncements,
    sumAnnouncement,
    responses: unreduced.map((z) => z % n),
    termRoots: omegas.map((unit, i) => root(unit * powMod(at(termRhos, i), e, n))),
    sumRoot: root(((omega * powMod(quotient, e, n)) % n) * carried),
  };
}

/**
 * What has to hold. Run by the verifier.
 * @throws ProofError E_PROOF_STATEMENT without terms, E_PROOF_LENGTH, E_PROOF_RANGE; PaillierError
 *   E_KEY_MISMATCH.
 */
export function squareClaim(statement: SquareStatement, proof: SquareProof): Claim {
  const publicKey = assertStatement(statement);
  assertProof(publicKey, statement, proof);
  const e = squareChallenge(statement, proof.termAnnouncements, proof.sumAnnouncement);
  const terms = statement.terms.map((_, i) => termEquation(statement, proof, e, i));
  return residuesClaim(...terms, sumEquation(statement, proof, e));
}

/** Run by the verifier of one proof. @throws ProofError as `squareClaim`, and E_PROOF_EQUATION */
export function assertSquareSum(statement: SquareStatement, proof: SquareProof): void {
  assertClaim("assertSquareSum", squareClaim(statement, proof));
}

/** B_1 ‖ … ‖ A ‖ z_1 ‖ … ‖ r_1 ‖ … ‖ r. */
export function squareProofToBytes(
  publicKey: PublicKey,
  proof: SquareProof,
): Uint8Array<ArrayBuffer> {
  const { termAnnouncements, sumAnnouncement, responses, termRoots, sumRoot } = proof;
  const numbers = [...termAnnouncements, sumAnnouncement, ...responses, ...termRoots, sumRoot];
  return joinNumbers(numbers, squareWidths(publicKey, responses.length));
}

/** The proof for a number of terms. @throws ProofError E_PROOF_LENGTH */
export function squareProofFromBytes(
  publicKey: PublicKey,
  terms: number,
  bytes: Uint8Array,
): SquareProof {
  const numbers = splitNumbers(bytes, squareWidths(publicKey, terms));
  return {
    termAnnouncements: numbers.slice(0, terms),
    sumAnnouncement: at(numbers, terms),
    responses: numbers.slice(terms + 1, 2 * terms + 1),
    termRoots: numbers.slice(2 * terms + 1, 3 * terms + 1),
    sumRoot: at(numbers, 3 * terms + 1),
  };
}

function squareWidths({ n, ciphertextBytes }: PublicKey, terms: number): readonly number[] {
  const announcements = Array.from({ length: terms + 1 }, () => ciphertextBytes);
  const residues = Array.from({ length: 2 * terms + 1 }, () => byteLength(n));
  return [...announcements, ...residues];
}

/** B_i·C_i^e ≡ (1+n)^{z_i}·r_i^n. */
function termEquation(
  { terms }: SquareStatement,
  proof: SquareProof,
  e: bigint,
  i: number,
): ResidueEquation {
  const { publicKey, value } = at(terms, i);
  const { nSquared } = publicKey;
  const left = (at(proof.termAnnouncements, i) * powMod(value, e, nSquared)) % nSquared;
  return { publicKey, left, plaintext: at(proof.responses, i), root: at(proof.termRoots, i) };
}

/** A·C_s^e·Π C_i^{n − z_i} ≡ r^n. */
function sumEquation(
  { sum, terms }: SquareStatement,
  proof: SquareProof,
  e: bigint,
): ResidueEquation {
  const { n, nSquared } = sum.publicKey;
  const values = [sum, ...terms].map(({ value }) => value);
  const exponents = [e, ...proof.responses.map((z) => n - z)];
  const left = (proof.sumAnnouncement * weightedProduct(values, exponents, nSquared)) % nSquared;
  return { publicKey: sum.publicKey, left, plaintext: 0n, root: proof.sumRoot };
}

/** ρ_s·Π ρ_i^{−x_i} mod n: what C_s is randomised with, seen as a product of powers of the C_i. */
function sumQuotient({ plaintexts, termRhos, sumRho }: SquareWitness, n: bigint): bigint {
  return (sumRho * modInv(weightedProduct(termRhos, plaintexts, n), n)) % n;
}

function squareChallenge(
  { sum, terms, context }: SquareStatement,
  termAnnouncements: readonly bigint[],
  sumAnnouncement: bigint,
): bigint {
  const opened = openTranscript("square", sum.publicKey, context);
  const values = [sum, ...terms].map(({ value }) => value);
  const said = [...values, ...termAnnouncements, sumAnnouncement];
  return challenge(absorbNumbers(opened, sum.publicKey.ciphertextBytes, ...said));
}

function assertStatement({ sum, terms }: SquareStatement): PublicKey {
  if (terms.length === 0) {
    throw new ProofError("E_PROOF_STATEMENT", "squareSum: expected at least one term, got none");
  }
  for (const term of terms) assertSameKey(sum.publicKey, term.publicKey);
  return sum.publicKey;
}

function assertWitness({ sum, terms }: SquareStatement, witness: SquareWitness): void {
  const { plaintexts, termRhos } = witness;
  const counted = plaintexts.length === terms.length && termRhos.length === terms.length;
  if (counted && plaintexts.every((x) => x >= 0n && x < sum.publicKey.n)) return;
  throw new ProofError("E_PROOF_WITNESS", "proveSquareSum: expected a plaintext below n a term");
}

function assertProof(publicKey: PublicKey, { terms }: SquareStatement, proof: SquareProof): void {
  const { termAnnouncements, sumAnnouncement, responses, termRoots, sumRoot } = proof;
  if ([termAnnouncements, responses, termRoots].some(({ length }) => length !== terms.length)) {
    throw new ProofError("E_PROOF_LENGTH", `squareClaim: expected ${terms.length} terms`);
  }
  for (const value of [...termAnnouncements, sumAnnouncement]) {
    assertAnnouncement("squareClaim", publicKey, value);
  }
  for (const z of responses) assertWithin("squareClaim", z, 0n, publicKey.n);
  for (const root of [...termRoots, sumRoot]) assertRoot("squareClaim", publicKey, root);
}
