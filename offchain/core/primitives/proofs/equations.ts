/**
 * What a verifier computes. Every proof of this folder comes down to equations of three shapes, two
 * modulo n² about plaintexts and one modulo Ñ about committed integers:
 *
 *   left ≡ ± (1+n)^plaintext · root^n       (mod n²)
 *   left ≡ ± (1+n)^plaintext · hs^exponent  (mod n²)
 *   left ≡ ± Π bases[i]^{exponents[i]}      (mod Ñ)
 *
 * A product of powers of such equations is an equation of the same shape. So thousands of them,
 * from many provers and of different kinds of proof, are raised to weights that the verifier alone
 * knows and multiplied into one, and the expensive powers on the right are computed once for all.
 * What is left for each equation is one power with a 128-bit exponent. If what one of them says is
 * false, the product is false except with probability 2^−128 over the weights.
 *
 * Signs do not count: −1 is itself an n-th power and carries no committed integer, and an even
 * weight would lose it anyway. So that a proof has one form all the same, a root is the smaller of
 * the two, below n/2.
 *
 * A claim is the equations of one proof. `refusedClaims` finds the false claims among many by
 * halving.
 *
 * Source: small-exponent batch test, Bellare–Garay–Rabin 1998; modulo the sign because of
 * Boyd–Pavlovski
 * 2000. Elements of small order other than −1, which a batch may miss too, change no plaintext
 *       modulo n²
 * (all of them are n-th powers) and are out of a prover's reach modulo Ñ (finding one factors it).
 */
import { gcd, toZn } from "bigint-crypto-utils";
import { powMod } from "../modexp.ts";
import type { PublicKey } from "../paillier/publicKey.ts";
import type { ShortKey } from "../paillier/shortRandomness.ts";
import { assertProductionRng, randomBits, type Rng } from "../random.ts";
import { type CommitmentKey, commitTo } from "./commitmentKey.ts";
import { assertWithin, at } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import { CHALLENGE_BITS } from "./transcript.ts";

/** left ≡ ± (1+n)^plaintext · root^n (mod n²) with a unit `root`. */
export interface ResidueEquation {
  readonly publicKey: PublicKey;
  readonly left: bigint;
  /** Any integer; it counts modulo n. */
  readonly plaintext: bigint;
  readonly root: bigint;
}

/** left ≡ ± (1+n)^plaintext · hs^exponent (mod n²) with an exponent of at least 0. */
export interface ShortEquation {
  readonly shortKey: ShortKey;
  readonly left: bigint;
  /** Any integer; it counts modulo n. */
  readonly plaintext: bigint;
  readonly exponent: bigint;
}

/** left ≡ ± Π bases[i]^{exponents[i]} (mod Ñ). */
export interface CommitmentEquation {
  readonly key: CommitmentKey;
  readonly left: bigint;
  readonly exponents: readonly bigint[];
}

/** All that has to hold for one proof to be believed. */
export interface Claim {
  readonly residues: readonly ResidueEquation[];
  readonly shorts: readonly ShortEquation[];
  readonly commitments: readonly CommitmentEquation[];
}

/** Whether every equation of a claim holds, each computed by itself. */
export function claimHolds({ residues, shorts, commitments }: Claim): boolean {
  return (
    residues.every(residueHolds) && shorts.every(shortHolds) && commitments.every(commitmentHolds)
  );
}

/** The claim of a proof that is made of residue equations alone. */
export function residuesClaim(...residues: readonly ResidueEquation[]): Claim {
  return { residues, shorts: [], commitments: [] };
}

/** All of several claims as one. */
export function jointClaim(claims: readonly Claim[]): Claim {
  return {
    residues: claims.flatMap(({ residues }) => residues),
    shorts: claims.flatMap(({ shorts }) => shorts),
    commitments: claims.flatMap(({ commitments }) => commitments),
  };
}

/** Run by the verifier of one proof. @throws ProofError E_PROOF_EQUATION */
export function assertClaim(name: string, claim: Claim): void {
  if (claimHolds(claim)) return;
  throw new ProofError("E_PROOF_EQUATION", `${name}: expected a proof that holds, got another`);
}

/**
 * The positions of the claims that do not hold; none if all do, which costs one weighted product.
 * Each false claim adds about log₂ of their number. Run by the verifier of many proofs, with a
 * generator that no prover can predict: who knows the weights can make two false claims cancel.
 * @throws ProofError E_PROOF_STATEMENT if the claims are not all about the same keys;
 *   RandomError E_RNG_DETERMINISTIC outside tests.
 */
export function refusedClaims(claims: readonly Claim[], rng: Rng): readonly number[] {
  assertProductionRng(rng);
  const positions = claims.map((claim, position) => ({ claim, position }));
  return refusedAmong(positions, rng);
}

/** The smaller of ±root modulo n: the one form in which a proof carries it. */
export function canonicalRoot({ n }: PublicKey, root: bigint): bigint {
  return 2n * root < n ? root : n - root;
}

/** Asserts a root in its one form, [1, n/2). @throws ProofError E_PROOF_RANGE */
export function assertRoot(name: string, { n }: PublicKey, root: bigint): void {
  assertWithin(name, root, 1n, (n + 1n) / 2n);
}

/** Asserts a first message modulo n². @throws ProofError E_PROOF_RANGE */
export function assertAnnouncement(name: string, { nSquared }: PublicKey, value: bigint): void {
  assertWithin(name, value, 1n, nSquared);
}

function refusedAmong(
  positions: readonly { readonly claim: Claim; readonly position: number }[],
  rng: Rng,
): readonly number[] {
  const claims = positions.map(({ claim }) => claim);
  if (holdTogether(claims, rng)) return [];
  if (positions.length === 1) return positions.map(({ position }) => position);
  const half = Math.ceil(positions.length / 2);
  return [
    ...refusedAmong(positions.slice(0, half), rng),
    ...refusedAmong(positions.slice(half), rng),
  ];
}

/** One claim is checked as it is, so that the verdict on a single proof has no chance in it. */
function holdTogether(claims: readonly Claim[], rng: Rng): boolean {
  const all = jointClaim(claims);
  return claimHolds(claims.length === 1 ? all : weightedClaim(all, rng));
}

/** One equation a shape, or none. */
function weightedClaim({ residues, shorts, commitments }: Claim, rng: Rng): Claim {
  return {
    residues: residues.length === 0 ? [] : [weightedResidue(residues, rng)],
    shorts: shorts.length === 0 ? [] : [weightedShort(shorts, rng)],
    commitments: commitments.length === 0 ? [] : [weightedCommitment(commitments, rng)],
  };
}

/** A root with a divisor in common with n would make both sides 0 for any plaintext. */
function residueHolds({ publicKey, left, plaintext, root }: ResidueEquation): boolean {
  const { n, nSquared } = publicKey;
  const right = (plaintextFactor(publicKey, plaintext) * powMod(root, n, nSquared)) % nSquared;
  return equalUpToSign(left, right, nSquared) && gcd(root, n) === 1n;
}

/** hs is a unit. */
function shortHolds({ shortKey, left, plaintext, exponent }: ShortEquation): boolean {
  const { publicKey, hs } = shortKey;
  const { nSquared } = publicKey;
  const right = (plaintextFactor(publicKey, plaintext) * powMod(hs, exponent, nSquared)) % nSquared;
  return equalUpToSign(left, right, nSquared);
}

/** The right side is a unit, so a `left` that is none cannot equal it. */
function commitmentHolds({ key, left, exponents }: CommitmentEquation): boolean {
  return equalUpToSign(left, commitTo(key, exponents), key.modulus);
}

/** (1+n)^plaintext. */
function plaintextFactor({ n }: PublicKey, plaintext: bigint): bigint {
  return 1n + toZn(plaintext, n) * n;
}

function equalUpToSign(a: bigint, b: bigint, modulus: bigint): boolean {
  return (a - b) % modulus === 0n || (a + b) % modulus === 0n;
}

function weightedResidue(equations: readonly ResidueEquation[], rng: Rng): ResidueEquation {
  const { publicKey } = at(equations, 0);
  assertOne(equations.every((equation) => equation.publicKey.n === publicKey.n));
  const weights = drawWeights(equations, rng);
  const roots = equations.map(({ root }) => root);
  return {
    publicKey,
    left: weightedLeft(equations, weights, publicKey.nSquared),
    plaintext: weightedSum(weights, (i) => at(equations, i).plaintext),
    root: weightedProduct(roots, weights, publicKey.n),
  };
}

function weightedShort(equations: readonly ShortEquation[], rng: Rng): ShortEquation {
  const { shortKey } = at(equations, 0);
  const { n, nSquared } = shortKey.publicKey;
  const one = (other: ShortKey) => other.hs === shortKey.hs && other.publicKey.n === n;
  assertOne(equations.every((equation) => one(equation.shortKey)));
  const weights = drawWeights(equations, rng);
  return {
    shortKey,
    left: weightedLeft(equations, weights, nSquared),
    plaintext: weightedSum(weights, (i) => at(equations, i).plaintext),
    exponent: weightedSum(weights, (i) => at(equations, i).exponent),
  };
}

function weightedCommitment(
  equations: readonly CommitmentEquation[],
  rng: Rng,
): CommitmentEquation {
  const key = equations.map((equation) => equation.key).reduce(withMoreBases);
  assertOne(equations.every((equation) => equation.key.modulus === key.modulus));
  const weights = drawWeights(equations, rng);
  return {
    key,
    left: weightedLeft(equations, weights, key.modulus),
    exponents: key.bases.map((_, base) =>
      weightedSum(weights, (i) => at(equations, i).exponents[base] ?? 0n),
    ),
  };
}

function drawWeights(equations: readonly unknown[], rng: Rng): readonly bigint[] {
  return equations.map(() => randomBits(rng, CHALLENGE_BITS));
}

function weightedLeft(
  equations: readonly { readonly left: bigint }[],
  weights: readonly bigint[],
  modulus: bigint,
): bigint {
  const lefts = equations.map(({ left }) => left);
  return weightedProduct(lefts, weights, modulus);
}

function weightedSum(weights: readonly bigint[], valueOf: (index: number) => bigint): bigint {
  return weights.reduce((sum, weight, i) => sum + weight * valueOf(i), 0n);
}

function withMoreBases(a: CommitmentKey, b: CommitmentKey): CommitmentKey {
  return b.bases.length > a.bases.length ? b : a;
}

/** Π values[i]^{weights[i]} mod modulus. */
export function weightedProduct(
  values: readonly bigint[],
  weights: readonly bigint[],
  modulus: bigint,
): bigint {
  return values.reduce(
    (product, value, i) => (product * powMod(value, at(weights, i), modulus)) % modulus,
    1n,
  );
}

function assertOne(same: boolean): void {
  if (same) return;
  throw new ProofError("E_PROOF_STATEMENT", "refusedClaims: expected claims about one key");
}
