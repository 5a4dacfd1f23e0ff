/**
 * Encryptions of 0, where all of Paillier's randomness comes from: a fresh one is the only
 * ingredient of a ciphertext that costs an exponentiation, and adding it is all that hiding and
 * re-randomising are.
 *
 *   E(m) = E(0)·(1 + m·n) mod n²      rerandomise(c) = E(0)·c mod n²
 *
 * A source yields them one by one, each drawn for one use; adding one to two ciphertexts would let
 * anybody read the difference of the plaintexts from the quotient. The sources differ in cost and
 * in what they assume, not in what the recipient sees: from the definition (here), with short
 * exponents and from tables (`shortRandomness.ts`), by the owner of the key (`ownerEncryption.ts`).
 */
import type { Rng } from "../random.ts";
import {
  add,
  addPlain,
  type Ciphertext,
  ciphertext,
  type PublicKey,
  rerandomise,
} from "./publicKey.ts";

/** `draw` returns another encryption of 0 each time; what it returns must be used once. */
export interface ZeroSource {
  readonly publicKey: PublicKey;
  readonly draw: () => Ciphertext;
}

/**
 * E(0) = ρ^n mod n², ρ a uniform unit: the definition, equation (4). It assumes nothing further and
 * costs one exponentiation with all of n.
 */
export function uniformZeros(publicKey: PublicKey, rng: Rng): ZeroSource {
  const knownToAll = ciphertext(publicKey, 1n);
  return Object.freeze({ publicKey, draw: () => rerandomise(knownToAll, rng) });
}

/**
 * D = plaintext. Run by whoever owns the plaintext, or by whoever adds a mask.
 * @throws PaillierError E_PLAINTEXT_RANGE outside [0, n).
 */
export function encryptFrom(zeros: ZeroSource, plaintext: bigint): Ciphertext {
  return addPlain(zeros.draw(), plaintext);
}

/** The same plaintext under fresh randomness. @throws PaillierError E_KEY_MISMATCH */
export function rerandomiseFrom(zeros: ZeroSource, c: Ciphertext): Ciphertext {
  return add(c, zeros.draw());
}
