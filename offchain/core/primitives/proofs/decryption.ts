/**
 * Proof that ciphertexts were opened correctly, the verifier's side; the key owner's is
 * `decryptionProver.ts`, apart so that a verifier need not import a private key.
 *
 * One opening: the owner shows the randomness. c ≡ (1+m·n)·ρ^n (mod n²) has one solution m, so
 * nobody can show another plaintext; but ρ is what the ciphertext was made with, so sums have to be
 * re-randomised before, or ρ tells about the terms.
 *
 * Many openings (c_k, m_k): with 128-bit weights w_k hashed from all of them,
 *
 *   u = Π (c_k·(1+n)^{−m_k})^{w_k}
 *
 * hides Σ w_k·(D(c_k) − m_k), which is 0 for chance weights only if every opening is right, up to
 * 2^−128. The owner proves that u hides 0 (`residue.ts`), and nothing about any ρ is shown. One
 * n-th root and one proof for all of them to make; 128 bits of exponent an opening to verify, 0.5
 * ms at 2048 bits.
 *
 * Sound against everybody, and that is the point: against the owner of the key.
 *
 * Source: verifiable decryption by the n-th root, Damgård–Jurik 2001; the batch is our own
 * construction after Bellare–Garay–Rabin 1998.
 */
import { bigintToBytes, byteLength } from "../bytes.ts";
import {
  addPlain,
  assertSameKey,
  type Ciphertext,
  ciphertextOf,
  type PublicKey,
} from "../paillier/publicKey.ts";
import {
  assertClaim,
  assertRoot,
  type Claim,
  residuesClaim,
  weightedProduct,
} from "./equations.ts";
import { assertWithin } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import { residueClaim, type ResidueProof, type ResidueStatement } from "./residue.ts";
import {
  absorb,
  absorbNumbers,
  challenges,
  openTranscript,
  type ProofContext,
  type Transcript,
} from "./transcript.ts";

/** `ciphertext` hides `plaintext`, a residue in [0, n). */
export interface Opening {
  readonly ciphertext: Ciphertext;
  readonly plaintext: bigint;
}

export interface OpeningsStatement {
  readonly openings: readonly Opening[];
  readonly context: ProofContext;
}

/**
 * What has to hold for one opening and the root that its owner shows. Run by the verifier.
 * @throws ProofError E_PROOF_RANGE for a plaintext or root outside its range.
 */
function openingClaim({ ciphertext, plaintext }: Opening, root: bigint): Claim {
  const { publicKey, value } = ciphertext;
  assertWithin("openingClaim", plaintext, 0n, publicKey.n);
  assertRoot("openingClaim", publicKey, root);
  return residuesClaim({ publicKey, left: value, plaintext, root });
}

/**
 * Run by the verifier of one opening.
 * @throws ProofError as `openingClaim`, and E_PROOF_EQUATION
 */
export function assertOpening(opening: Opening, root: bigint): void {
  assertClaim("assertOpening", openingClaim(opening, root));
}

/**
 * What has to hold for many openings and their one proof. Run by the verifier.
 * @throws ProofError E_PROOF_STATEMENT without openings, E_PROOF_RANGE; PaillierError
 *   E_KEY_MISMATCH.
 */
function openingsClaim(statement: OpeningsStatement, proof: ResidueProof): Claim {
  return residueClaim(openingsResidue(statement), proof);
}

/** Run by the verifier of one batch. @throws ProofError as `openingsClaim`, and E_PROOF_EQUATION */
export function assertOpenings(statement: OpeningsStatement, proof: ResidueProof): void {
  assertClaim("assertOpenings", openingsClaim(statement, proof));
}

/**
 * The statement that u hides 0: what both sides make of the openings. Errors as `openingsClaim`.
 */
export function openingsResidue({ openings, context }: OpeningsStatement): ResidueStatement {
  const publicKey = keyOf(openings);
  const zeros = openings.map(zeroOf);
  const weights = challenges(openingsTranscript(publicKey, openings, context), openings.length);
  const u = weightedProduct(zeros, weights, publicKey.nSquared);
  return { ciphertext: ciphertextOf(publicKey, u), context };
}

/** c·(1+n)^{−m}. */
function zeroOf({ ciphertext, plaintext }: Opening): bigint {
  const { n } = ciphertext.publicKey;
  assertWithin("openingsClaim", plaintext, 0n, n);
  return addPlain(ciphertext, plaintext === 0n ? 0n : n - plaintext).value;
}

function openingsTranscript(
  publicKey: PublicKey,
  openings: readonly Opening[],
  context: ProofContext,
): Transcript {
  const opened = openTranscript("openings", publicKey, context);
  const ciphertexts = openings.map(({ ciphertext }) => ciphertext.value);
  const withCiphertexts = absorbNumbers(opened, publicKey.ciphertextBytes, ...ciphertexts);
  const width = byteLength(publicKey.n);
  return absorb(
    withCiphertexts,
    ...openings.map(({ plaintext }) => bigintToBytes(plaintext, width)),
  );
}

function keyOf(openings: readonly Opening[]): PublicKey {
  const [first] = openings;
  if (first === undefined) {
    throw new ProofError("E_PROOF_STATEMENT", "openingsClaim: expected an opening, got none");
  }
  const { publicKey } = first.ciphertext;
  for (const { ciphertext } of openings) assertSameKey(publicKey, ciphertext.publicKey);
  return publicKey;
}
