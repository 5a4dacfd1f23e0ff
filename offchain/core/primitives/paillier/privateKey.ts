/**
 * Paillier's cryptosystem, the side that opens. Three decryptors of one meaning: `decrypt` works
 * modulo p² and q² and joins the halves by the Chinese remainder theorem, at a quarter of the cost;
 * the other two follow the definition and exist to be compared with it. Each checks its ciphertext
 * first.
 *
 * An encryption of 0 raised to p − 1 is exactly 1, a result that the native exponentiation refuses.
 * The decryptors therefore raise to one less and multiply once: x ↦ x^(p−2) permutes the units
 * modulo p² and fixes 1 and −1, so every other ciphertext, of 0 too, takes the fast and
 * constant-time way (our own).
 *
 * Secret fields are hidden (`hidden.ts`). The arithmetic around the exponentiations is BigInt,
 * which is not constant-time: a long-lived key belongs in hardware.
 *
 * Source: Paillier 1999; equations (2), (5), (10)–(16) of the matching paper, (5) corrected.
 */
import { modInv, toZn } from "bigint-crypto-utils";
import { bitLength } from "../bytes.ts";
import { powMod, powModSecret } from "../modexp.ts";
import {
  assertCiphertextRange,
  assertSameKey,
  type Ciphertext,
  encryptWithRandomness,
  PaillierError,
  type PublicKey,
} from "./publicKey.ts";

/**
 * Built by `privateKeyFromPrimes` or `generateKeyPair`. All fields but `publicKey` are secret and
 * hidden.
 */
export interface PrivateKey {
  readonly publicKey: PublicKey;
  readonly p: bigint;
  readonly q: bigint;
  readonly pSquared: bigint;
  readonly qSquared: bigint;
  /** (−q)⁻¹ mod p, equation (10) for g = n + 1. */
  readonly hp: bigint;
  /** (−p)⁻¹ mod q, equation (11) for g = n + 1. */
  readonly hq: bigint;
  readonly pInverseModQ: bigint;
  /** lcm(p − 1, q − 1). */
  readonly lambda: bigint;
  /** λ⁻¹ mod n, which is μ for g = n + 1. */
  readonly mu: bigint;
}

/**
 * The plaintext in [0, n) by equations (10)–(16): one half-size exponentiation a prime.
 * @throws PaillierError E_KEY_MISMATCH, E_CIPHERTEXT_RANGE, E_CIPHERTEXT_UNIT; E_DECRYPTION if the
 *   key is inconsistent or the machine miscalculated.
 */
export function decrypt(privateKey: PrivateKey, c: Ciphertext): bigint {
  const { p, q, pSquared, qSquared, hp, hq, pInverseModQ } = privateKey;
  assertOpenable(privateKey, c);
  const mp = plaintextModPrime(c.value, p, pSquared, hp);
  const mq = plaintextModPrime(c.value, q, qSquared, hq);
  return mp + toZn((mq - mp) * pInverseModQ, q) * p;
}

/**
 * The plaintext by the definition, m = L(c^λ mod n²)·μ mod n, equation (2). Errors as `decrypt`.
 * Its time shows the length of λ: for comparison, not for service.
 */
export function decryptTextbook(privateKey: PrivateKey, c: Ciphertext): bigint {
  const { publicKey, lambda, mu } = privateKey;
  assertOpenable(privateKey, c);
  const power = powModByPredecessor(c.value, lambda, publicKey.nSquared);
  return (quotientOfOneMore(power, publicKey.n) * mu) % publicKey.n;
}

/**
 * The plaintext by one exponent, m = ((c^k mod n²) − 1)/n with k = λ·(λ⁻¹ mod n): equation (5) with
 * the k that the paper leaves undefined. Twice the cost of `decryptTextbook`, same limits and
 * errors.
 */
export function decryptByExponent(privateKey: PrivateKey, c: Ciphertext): bigint {
  const { publicKey, lambda, mu } = privateKey;
  assertOpenable(privateKey, c);
  return quotientOfOneMore(
    powModByPredecessor(c.value, lambda * mu, publicKey.nSquared),
    publicKey.n,
  );
}

/**
 * The ρ in [1, n) that `c` was encrypted with, ρ = (c mod n)^(n⁻¹ mod λ) mod n: with the plaintext
 * it proves a decryption to anybody (`encryptWithRandomness` gives c back). Re-randomise sums
 * before, or ρ tells about the terms. Errors as `decrypt`.
 */
export function randomnessOf(privateKey: PrivateKey, c: Ciphertext): bigint {
  const { publicKey, lambda } = privateKey;
  const plaintext = decrypt(privateKey, c);
  const rho = powMod(c.value, modInv(publicKey.n, lambda), publicKey.n);
  const again = encryptWithRandomness(publicKey, plaintext, rho);
  if (again.value !== c.value) throw inconsistent("randomnessOf");
  return rho;
}

/**
 * The owner's check of a ciphertext: two short divisions instead of a greatest common divisor.
 * @throws PaillierError E_KEY_MISMATCH, E_CIPHERTEXT_RANGE, E_CIPHERTEXT_UNIT.
 */
function assertOpenable({ publicKey, p, q }: PrivateKey, c: Ciphertext): void {
  assertSameKey(publicKey, c.publicKey);
  assertCiphertextRange(publicKey, c.value);
  if (c.value % p === 0n || c.value % q === 0n) {
    throw new PaillierError("E_CIPHERTEXT_UNIT", "decrypt: expected a unit, got a non-unit");
  }
}

/** The plaintext modulo one prime, L_p(c^(p−1) mod p²)·h_p mod p: equations (12) and (13). */
export function plaintextModPrime(c: bigint, p: bigint, pSquared: bigint, hp: bigint): bigint {
  const almost = powModSecret(c, p - 2n, bitLength(p), pSquared);
  return (quotientOfOneMore((almost * c) % pSquared, p) * hp) % p;
}

function powModByPredecessor(base: bigint, exponent: bigint, modulus: bigint): bigint {
  return (powMod(base, exponent - 1n, modulus) * base) % modulus;
}

/** L(x) = (x − 1)/divisor; a remainder means that x is no power of a unit under this key. */
function quotientOfOneMore(x: bigint, divisor: bigint): bigint {
  if (x % divisor !== 1n) throw inconsistent("decrypt");
  return (x - 1n) / divisor;
}

function inconsistent(fn: string): PaillierError {
  return new PaillierError(
    "E_DECRYPTION",
    `${fn}: expected a power of the form 1 + k·n, got another`,
  );
}
