/**
 * Proof that a ciphertext hides a number in [0, 2^k), bit by bit: an encryption c_t of each bit with the
 * proof of `bit.ts`, and the proof of `residue.ts` that c·Π c_t^{−2^t} hides 0.
 *
 * It assumes nothing but the cryptosystem, and is slow and long: for every bit 3.7 exponentiations of
 * full length to prove, 2.5 to verify, and 2 kB; 16 bits take 320 ms, 215 ms and 34 kB at 2048 bits. It
 * is the yardstick for `exactRange.ts`, which proves a record of 138 bits in 24 ms.
 *
 * Source: folklore, as in Damgård–Jurik–Nielsen 2010.
 */
import { modInv } from "bigint-crypto-utils";
import {
  add,
  type Ciphertext,
  ciphertextOf,
  encryptWithRandomness,
  negate,
  type PublicKey,
  scale,
} from "../paillier/publicKey.ts";
import { randomUnit, type Rng } from "../random.ts";
import {
  type BitProof,
  bitClaim,
  bitProofFromBytes,
  bitProofToBytes,
  bitWidths,
  proveBit,
} from "./bit.ts";
import { assertClaim, type Claim, jointClaim } from "./equations.ts";
import { at, joinNumbers, splitNumbers } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import {
  proveResidue,
  residueClaim,
  type ResidueProof,
  residueProofFromBytes,
  residueProofToBytes,
  residueWidths,
} from "./residue.ts";
import type { ProofContext } from "./transcript.ts";

/** `ciphertext` hides a number in [0, 2^bits). */
export interface RangeStatement {
  readonly ciphertext: Ciphertext;
  readonly bits: number;
  readonly context: ProofContext;
}

/** `bitCiphertexts[t]` hides bit t, bit 0 being the lowest. */
export interface RangeProof {
  readonly bitCiphertexts: readonly bigint[];
  readonly bitProofs: readonly BitProof[];
  readonly sumProof: ResidueProof;
}

/**
 * Run by whoever encrypted `plaintext` with randomness `rho`.
 * @throws ProofError E_PROOF_WITNESS unless 0 ≤ plaintext < 2^bits; E_PROOF_STATEMENT as `rangeClaim`.
 */
export function proveRange(
  statement: RangeStatement,
  plaintext: bigint,
  rho: bigint,
  rng: Rng,
): RangeProof {
  const { ciphertext, bits, context } = statement;
  assertBits(statement);
  if (plaintext < 0n || plaintext >> BigInt(bits) !== 0n) {
    throw new ProofError("E_PROOF_WITNESS", `proveRange: expected a plaintext of ${bits} bits`);
  }
  const { publicKey } = ciphertext;
  const digits = positions(bits).map((t) => (plaintext >> BigInt(t)) & 1n);
  const rhos = digits.map(() => randomUnit(rng, publicKey.n));
  const hidden = digits.map((digit, t) => encryptWithRandomness(publicKey, digit, at(rhos, t)));
  const bitProofs = digits.map((digit, t) =>
    proveBit({ ciphertext: at(hidden, t), context }, digit, at(rhos, t), rng),
  );
  const quotient = (rho * modInv(hornerProduct(rhos, publicKey.n), publicKey.n)) % publicKey.n;
  const sumStatement = { ciphertext: withoutBits(ciphertext, hidden), context };
  return {
    bitCiphertexts: hidden.map(({ value }) => value),
    bitProofs,
    sumProof: proveResidue(sumStatement, quotient, rng),
  };
}

/**
 * What has to hold. Run by the verifier.
 * @throws ProofError E_PROOF_LENGTH for another number of bits, E_PROOF_RANGE, E_PROOF_STATEMENT unless
 *   1 ≤ bits < |n|; PaillierError for a bit's ciphertext that is none.
 */
export function rangeClaim(statement: RangeStatement, proof: RangeProof): Claim {
  const { ciphertext, bits, context } = statement;
  const { bitCiphertexts, bitProofs, sumProof } = proof;
  assertBits(statement);
  if (bitCiphertexts.length !== bits || bitProofs.length !== bits) {
    const counts = `expected ${bits} bits, got ${bitCiphertexts.length} and ${bitProofs.length}`;
    throw new ProofError("E_PROOF_LENGTH", `rangeClaim: ${counts}`);
  }
  const hidden = bitCiphertexts.map((value) => ciphertextOf(ciphertext.publicKey, value));
  const claims = [
    ...hidden.map((bit, t) => bitClaim({ ciphertext: bit, context }, at(bitProofs, t))),
    residueClaim({ ciphertext: withoutBits(ciphertext, hidden), context }, sumProof),
  ];
  return jointClaim(claims);
}

/** Run by the verifier of one proof. @throws ProofError as `rangeClaim`, and E_PROOF_EQUATION */
export function assertRange(statement: RangeStatement, proof: RangeProof): void {
  assertClaim("assertRange", rangeClaim(statement, proof));
}

/** The bits' ciphertexts, the bits' proofs, the proof of the sum. */
export function rangeProofToBytes(
  publicKey: PublicKey,
  { bitCiphertexts, bitProofs, sumProof }: RangeProof,
): Uint8Array<ArrayBuffer> {
  const widths = bitCiphertexts.map(() => publicKey.ciphertextBytes);
  const parts = [
    joinNumbers(bitCiphertexts, widths),
    ...bitProofs.map((proof) => bitProofToBytes(publicKey, proof)),
    residueProofToBytes(publicKey, sumProof),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

/** @throws ProofError E_PROOF_LENGTH */
export function rangeProofFromBytes(
  publicKey: PublicKey,
  bits: number,
  bytes: Uint8Array,
): RangeProof {
  const bitBytes = sum(bitWidths(publicKey));
  const proofsAt = bits * publicKey.ciphertextBytes;
  const sumAt = proofsAt + bits * bitBytes;
  const bitProofBytes = (t: number) =>
    bytes.subarray(proofsAt + t * bitBytes, proofsAt + (t + 1) * bitBytes);
  const widths = positions(bits).map(() => publicKey.ciphertextBytes);
  return {
    sumProof: residueProofFromBytes(publicKey, bytes.subarray(sumAt)),
    bitCiphertexts: splitNumbers(bytes.subarray(0, proofsAt), widths),
    bitProofs: positions(bits).map((t) => bitProofFromBytes(publicKey, bitProofBytes(t))),
  };
}

/** Bytes of a proof for `bits` bits. */
export function rangeProofBytes(publicKey: PublicKey, bits: number): number {
  return (
    bits * (publicKey.ciphertextBytes + sum(bitWidths(publicKey))) + sum(residueWidths(publicKey))
  );
}

/** c·Π c_t^{−2^t}. */
function withoutBits(ciphertext: Ciphertext, bits: readonly Ciphertext[]): Ciphertext {
  const weighted = bits.reduceRight((high, low) => add(scale(high, 2n), low));
  return add(ciphertext, negate(weighted));
}

/** Π values[t]^{2^t} mod n. */
function hornerProduct(values: readonly bigint[], n: bigint): bigint {
  return values.reduceRight((high, low) => (high * high * low) % n, 1n);
}

function assertBits({ ciphertext, bits }: RangeStatement): void {
  if (Number.isSafeInteger(bits) && bits >= 1 && bits < ciphertext.publicKey.bits) return;
  throw new ProofError("E_PROOF_STATEMENT", `range: expected 1 bit up to below |n|, got ${bits}`);
}

function positions(bits: number): readonly number[] {
  return Array.from({ length: bits }, (_, t) => t);
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}
