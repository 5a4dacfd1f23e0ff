/**
 * Proof that a ciphertext hides 0 or 1, without saying which: that one of u_0 = c and u_1 = c·(1+n)^{−1}
 * hides 0. The prover can prove one of the two; the proof of the other it simulates from a challenge of
 * its own choice, which it can do once only, as the two challenges have to add up to the hash.
 *
 *   prover    bit b, other o = 1 − b:  e_o ←$ [0, 2^128), z_o ←$ Z_n*, a_o = z_o^n·u_o^{−e_o}
 *             ω ←$ Z_n*, a_b = ω^n;  e = H(…, c, a_0, a_1);  e_b = e − e_o mod 2^128, z_b = ω·ρ^{e_b} mod n
 *   verifier  z_s^n ≡ a_s·u_s^{e_s} (mod n²) for s = 0, 1 with e_1 = e − e_0 mod 2^128
 *
 * Sound against everybody; zero-knowledge in the random-oracle model. 1,552 bytes at 2048 bits. A field
 * of many bits wants `exactRange.ts`, which proves a whole record at the cost of a few bits.
 *
 * Source: Cramer–Damgård–Schoenmakers 1994 over the proof of `residue.ts`.
 */
import { byteLength } from "../bytes.ts";
import { powMod } from "../modexp.ts";
import { addPlain, type Ciphertext, type PublicKey, scale } from "../paillier/publicKey.ts";
import { randomBits, randomUnit, type Rng } from "../random.ts";
import {
  assertAnnouncement,
  assertClaim,
  assertRoot,
  canonicalRoot,
  type Claim,
  type ResidueEquation,
  residuesClaim,
} from "./equations.ts";
import { assertWithin, at, joinNumbers, splitNumbers } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import {
  absorbNumbers,
  challenge,
  CHALLENGE_BITS,
  openTranscript,
  type ProofContext,
} from "./transcript.ts";

/** `ciphertext` hides 0 or 1. */
export interface BitStatement {
  readonly ciphertext: Ciphertext;
  readonly context: ProofContext;
}

/** `announcements` and `roots` are those of u_0 and u_1, `zeroChallenge` is e_0. */
export interface BitProof {
  readonly announcements: readonly [bigint, bigint];
  readonly zeroChallenge: bigint;
  readonly roots: readonly [bigint, bigint];
}

/** One of the two branches: what it announces, was challenged with and answers. */
interface Branch {
  readonly announcement: bigint;
  readonly challenge: bigint;
  readonly root: bigint;
}

/**
 * Run by whoever encrypted `bit` with randomness `rho`. The time shows the bit to who measures it on the
 * prover's own machine.
 * @throws ProofError E_PROOF_WITNESS unless `bit` is 0 or 1.
 */
export function proveBit(statement: BitStatement, bit: bigint, rho: bigint, rng: Rng): BitProof {
  if (bit !== 0n && bit !== 1n) {
    throw new ProofError("E_PROOF_WITNESS", "proveBit: expected 0 or 1, got another plaintext");
  }
  const { publicKey } = statement.ciphertext;
  const [u0, u1] = branchesOf(statement.ciphertext);
  const omega = randomUnit(rng, publicKey.n);
  const announcement = powMod(omega, publicKey.n, publicKey.nSquared);
  const other = simulatedBranch(bit === 0n ? u1 : u0, rng);

  const announcements = inOrder(bit, announcement, other.announcement);
  const total = bitChallenge(statement, announcements);
  const own = remainingChallenge(total, other.challenge);
  const root = canonicalRoot(publicKey, (omega * powMod(rho, own, publicKey.n)) % publicKey.n);
  return {
    announcements,
    zeroChallenge: inOrder(bit, own, other.challenge)[0],
    roots: inOrder(bit, root, other.root),
  };
}

/** What has to hold. Run by the verifier. @throws ProofError E_PROOF_RANGE, E_PROOF_PARAMETERS */
export function bitClaim(statement: BitStatement, proof: BitProof): Claim {
  const { announcements, zeroChallenge, roots } = proof;
  assertWithin("bitClaim", zeroChallenge, 0n, 1n << BigInt(CHALLENGE_BITS));
  const [u0, u1] = branchesOf(statement.ciphertext);
  assertAnnouncement("bitClaim", u0.publicKey, announcements[0]);
  assertAnnouncement("bitClaim", u1.publicKey, announcements[1]);
  const oneChallenge = remainingChallenge(bitChallenge(statement, announcements), zeroChallenge);
  const zero = { announcement: announcements[0], challenge: zeroChallenge, root: roots[0] };
  const one = { announcement: announcements[1], challenge: oneChallenge, root: roots[1] };
  return residuesClaim(branchEquation(u0, zero), branchEquation(u1, one));
}

/** Run by the verifier of one proof. @throws ProofError as `bitClaim`, and E_PROOF_EQUATION */
export function assertBit(statement: BitStatement, proof: BitProof): void {
  assertClaim("assertBit", bitClaim(statement, proof));
}

/** a_0 ‖ a_1 ‖ e_0 ‖ z_0 ‖ z_1. */
export function bitProofToBytes(publicKey: PublicKey, proof: BitProof): Uint8Array<ArrayBuffer> {
  const { announcements, zeroChallenge, roots } = proof;
  return joinNumbers([...announcements, zeroChallenge, ...roots], bitWidths(publicKey));
}

/** @throws ProofError E_PROOF_LENGTH */
export function bitProofFromBytes(publicKey: PublicKey, bytes: Uint8Array): BitProof {
  const numbers = splitNumbers(bytes, bitWidths(publicKey));
  return {
    announcements: [at(numbers, 0), at(numbers, 1)],
    zeroChallenge: at(numbers, 2),
    roots: [at(numbers, 3), at(numbers, 4)],
  };
}

/** Bytes of a_0, a_1, e_0, z_0 and z_1. */
export function bitWidths({ n, ciphertextBytes }: PublicKey): readonly number[] {
  const rootBytes = byteLength(n);
  return [ciphertextBytes, ciphertextBytes, CHALLENGE_BITS / 8, rootBytes, rootBytes];
}

/** u_0 = c and u_1 = c·(1+n)^{−1}. */
function branchesOf(ciphertext: Ciphertext): readonly [Ciphertext, Ciphertext] {
  return [ciphertext, addPlain(ciphertext, ciphertext.publicKey.n - 1n)];
}

/** An accepting branch for a challenge known beforehand, whatever u hides. */
function simulatedBranch(u: Ciphertext, rng: Rng): Branch {
  const { n, nSquared } = u.publicKey;
  const root = canonicalRoot(u.publicKey, randomUnit(rng, n));
  const drawn = randomBits(rng, CHALLENGE_BITS);
  const announcement = (powMod(root, n, nSquared) * scale(u, -drawn).value) % nSquared;
  return { announcement, challenge: drawn, root };
}

function branchEquation(u: Ciphertext, branch: Branch): ResidueEquation {
  const { publicKey, value } = u;
  assertRoot("bitClaim", publicKey, branch.root);
  const power = powMod(value, branch.challenge, publicKey.nSquared);
  const left = (branch.announcement * power) % publicKey.nSquared;
  return { publicKey, left, plaintext: 0n, root: branch.root };
}

function bitChallenge(
  { ciphertext, context }: BitStatement,
  announcements: readonly [bigint, bigint],
): bigint {
  const { publicKey, value } = ciphertext;
  const opened = openTranscript("bit", publicKey, context);
  return challenge(absorbNumbers(opened, publicKey.ciphertextBytes, value, ...announcements));
}

function remainingChallenge(total: bigint, part: bigint): bigint {
  return BigInt.asUintN(CHALLENGE_BITS, total - part);
}

function inOrder(bit: bigint, own: bigint, other: bigint): readonly [bigint, bigint] {
  return bit === 0n ? [own, other] : [other, own];
}
