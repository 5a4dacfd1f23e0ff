/**
 * Proof that a ciphertext hides 0: that it is ρ^n mod n² for a ρ the prover knows. Beside its use
 * alone (a re-randomisation changed nothing: c'/c hides 0) it is what the other proofs are made of.
 *
 *   prover    ω ←$ Z_n*,  a = ω^n          e = H(…, u, a)          z = ω·ρ^e mod n
 *   verifier  z^n ≡ a·u^e (mod n²),  gcd(z, n) = 1
 *
 * Sound against everybody, the owner of the key included; zero-knowledge in the random-oracle
 * model. Two powers of full length and one of 128 bits to prove and verify; 768 bytes at 2048 bits.
 *
 * Source: Guillou–Quisquater 1988 carried over by Damgård–Jurik 2001.
 */
import { byteLength } from "../bytes.ts";
import { powMod } from "../modexp.ts";
import type { Ciphertext, PublicKey } from "../paillier/publicKey.ts";
import { hedgedRng } from "../hedged.ts";
import { randomUnit, type Rng } from "../random.ts";
import {
  assertAnnouncement,
  assertClaim,
  assertRoot,
  canonicalRoot,
  type Claim,
  type ResidueEquation,
  residuesClaim,
} from "./equations.ts";
import { at, joinNumbers, splitNumbers } from "./proofBytes.ts";
import {
  absorbNumbers,
  challenge,
  openTranscript,
  type ProofContext,
  type Transcript,
} from "./transcript.ts";

const NONCE_LABEL = "PM-v1/residue-nonce";

/** `ciphertext` hides 0. */
export interface ResidueStatement {
  readonly ciphertext: Ciphertext;
  readonly context: ProofContext;
}

export interface ResidueProof {
  /** a, modulo n². */
  readonly announcement: bigint;
  /** z, modulo n and below n/2. */
  readonly root: bigint;
}

/**
 * Run by whoever knows ρ with ciphertext = ρ^n; of another ρ the proof will be refused.
 * @throws ProofError E_PROOF_PARAMETERS for a key too short for the challenges.
 */
export function proveResidue(statement: ResidueStatement, rho: bigint, rng: Rng): ResidueProof {
  const { publicKey } = statement.ciphertext;
  const { n, nSquared } = publicKey;
  const omega = randomUnit(
    hedgedRng(rng, NONCE_LABEL, [rho], ...residueTranscript(statement).parts),
    n,
  );
  const announcement = powMod(omega, n, nSquared);
  const e = residueChallenge(statement, announcement);
  return { announcement, root: canonicalRoot(publicKey, (omega * powMod(rho, e, n)) % n) };
}

/** What has to hold. Run by the verifier. @throws ProofError E_PROOF_RANGE, E_PROOF_PARAMETERS */
export function residueClaim(statement: ResidueStatement, proof: ResidueProof): Claim {
  return residuesClaim(residueEquation(statement, proof));
}

/** Run by the verifier of one proof. @throws ProofError as `residueClaim`, and E_PROOF_EQUATION */
export function assertResidue(statement: ResidueStatement, proof: ResidueProof): void {
  assertClaim("assertResidue", residueClaim(statement, proof));
}

/** a ‖ z at the widths of n² and n. */
export function residueProofToBytes(
  publicKey: PublicKey,
  { announcement, root }: ResidueProof,
): Uint8Array<ArrayBuffer> {
  return joinNumbers([announcement, root], residueWidths(publicKey));
}

/** @throws ProofError E_PROOF_LENGTH */
export function residueProofFromBytes(publicKey: PublicKey, bytes: Uint8Array): ResidueProof {
  const numbers = splitNumbers(bytes, residueWidths(publicKey));
  return { announcement: at(numbers, 0), root: at(numbers, 1) };
}

/** Bytes of a and z. */
function residueWidths({ n, ciphertextBytes }: PublicKey): readonly number[] {
  return [ciphertextBytes, byteLength(n)];
}

function residueEquation(
  statement: ResidueStatement,
  { announcement, root }: ResidueProof,
): ResidueEquation {
  const { publicKey, value } = statement.ciphertext;
  assertAnnouncement("residueClaim", publicKey, announcement);
  assertRoot("residueClaim", publicKey, root);
  const e = residueChallenge(statement, announcement);
  const left = (announcement * powMod(value, e, publicKey.nSquared)) % publicKey.nSquared;
  return { publicKey, left, plaintext: 0n, root };
}

function residueChallenge(statement: ResidueStatement, announcement: bigint): bigint {
  const { ciphertextBytes } = statement.ciphertext.publicKey;
  return challenge(absorbNumbers(residueTranscript(statement), ciphertextBytes, announcement));
}

function residueTranscript({ ciphertext, context }: ResidueStatement): Transcript {
  const { publicKey, value } = ciphertext;
  const opened = openTranscript("residue", publicKey, context);
  return absorbNumbers(opened, publicKey.ciphertextBytes, value);
}
