/**
 * How the ciphertexts of a record were hidden, and how a proof answers for it. Every ciphertext is
 * (1+n)^m times an encryption of 0 that belongs to a secret, and there are two kinds of them:
 *
 *   uniform   zero(ρ) = ρ^n mod n², ρ a unit      answer r = ω·(Π ρ_j^{γ_j})^e mod n
 *   short     zero(a) = hs^a mod n², a an integer  answer r = b + e·Σ γ_j·a_j, the mask b longer by
 *                                                  challenge and statistical distance
 *
 * Either way zero(mask)·Π zero(secret_j)^{γ_j·e} = zero(r), which is all that `exactRange.ts`
 * needs. The short kind is faster for the prover; that hs hides 0 is the authority's word, as it is
 * for everybody who encrypts with it.
 *
 * Source: Damgård–Jurik 2001 for the first, Damgård–Jurik–Nielsen 2010 for hs; answering over the
 * integers in the second is the proof of Girault 1991 and Poupard–Stern 1998.
 */
import { bitLength, bigintToBytes, byteLength } from "../bytes.ts";
import { powMod } from "../modexp.ts";
import type { PublicKey } from "../paillier/publicKey.ts";
import { type ShortKey, shortExponent } from "../paillier/shortRandomness.ts";
import { randomBits, randomUnit, type Rng } from "../random.ts";
import { STATISTICAL_BITS } from "./commitmentKey.ts";
import { assertRoot, canonicalRoot, type Claim, weightedProduct } from "./equations.ts";
import { assertWithin, at } from "./proofBytes.ts";
import { CHALLENGE_BITS } from "./transcript.ts";

/**
 * Built by `uniformRandomness` or `shortRandomness`; `count` is the number of ciphertexts of a
 * record.
 */
export interface RecordRandomness {
  readonly publicKey: PublicKey;
  /** What a transcript has to say about the kind. */
  readonly description: Uint8Array;
  readonly answerBytes: (count: number) => number;
  readonly drawSecret: (rng: Rng) => bigint;
  readonly drawMask: (count: number, rng: Rng) => bigint;
  /** The encryption of 0 of a secret or a mask, modulo n². */
  readonly zero: (secret: bigint) => bigint;
  readonly answer: (
    mask: bigint,
    secrets: readonly bigint[],
    weights: readonly bigint[],
    e: bigint,
  ) => bigint;
  /**
   * left ≡ ± (1+n)^plaintext · zero(answer).
   * @throws ProofError E_PROOF_RANGE for an answer outside its range.
   */
  readonly claim: (count: number, left: bigint, plaintext: bigint, answer: bigint) => Claim;
}

/** For ciphertexts (1+n)^m·ρ^n: `encrypt`, `encryptWithRandomness`. A secret is ρ. */
export function uniformRandomness(publicKey: PublicKey): RecordRandomness {
  const { n, nSquared } = publicKey;
  const drawUnit = (rng: Rng) => randomUnit(rng, n);
  return Object.freeze<RecordRandomness>({
    publicKey,
    description: new TextEncoder().encode("uniform"),
    answerBytes: () => byteLength(n),
    drawSecret: drawUnit,
    drawMask: (_count, rng) => drawUnit(rng),
    zero: (rho) => powMod(rho, n, nSquared),
    answer: (omega, rhos, weights, e) => {
      const combined = powMod(weightedProduct(rhos, weights, n), e, n);
      return canonicalRoot(publicKey, (omega * combined) % n);
    },
    claim: (_count, left, plaintext, root) => {
      assertRoot("exactRangeClaim", publicKey, root);
      return { residues: [{ publicKey, left, plaintext, root }], shorts: [], commitments: [] };
    },
  });
}

/** For ciphertexts (1+n)^m·hs^a: `encryptShort`. A secret is the exponent a. */
export function shortRandomness(shortKey: ShortKey): RecordRandomness {
  const { publicKey, hs } = shortKey;
  const hsBytes = bigintToBytes(hs, publicKey.ciphertextBytes);
  return Object.freeze<RecordRandomness>({
    publicKey,
    description: hsBytes,
    answerBytes: (count) => Math.ceil(answerBits(shortKey, count) / 8),
    drawSecret: (rng) => shortExponent(shortKey, rng),
    drawMask: (count, rng) => randomBits(rng, answerBits(shortKey, count) - 1),
    zero: (exponent) => powMod(hs, exponent, publicKey.nSquared),
    answer: (mask, exponents, weights, e) =>
      mask + e * exponents.reduce((sum, a, j) => sum + at(weights, j) * a, 0n),
    claim: (count, left, plaintext, exponent) => {
      const bound = 1n << BigInt(answerBits(shortKey, count));
      assertWithin("exactRangeClaim", exponent, 0n, bound);
      return { residues: [], shorts: [{ shortKey, left, plaintext, exponent }], commitments: [] };
    },
  });
}

/** Bits of Σ γ_j·a_j, and of a challenge, the statistical distance and a carry on top. */
function answerBits({ exponentBits }: ShortKey, count: number): number {
  const combinedBits = exponentBits + CHALLENGE_BITS + bitLength(BigInt(count));
  return combinedBits + CHALLENGE_BITS + STATISTICAL_BITS + 1;
}
