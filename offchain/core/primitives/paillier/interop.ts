/**
 * Keys to and from the npm package `paillier-bigint`. Its ciphertexts are plain numbers with the
 * same meaning as long as its generator is n + 1; under another generator g every ciphertext also
 * carries the logarithm of g, so such a key would decrypt to other plaintexts here and is refused.
 */
import { PrivateKey as ForeignPrivateKey, PublicKey as ForeignPublicKey } from "paillier-bigint";
import { privateKeyFromPrimes } from "./keyFromPrimes.ts";
import type { PrivateKey } from "./privateKey.ts";
import { PaillierError, type PublicKey, publicKeyFromModulus } from "./publicKey.ts";

/** The same public key for `paillier-bigint`. */
export function toPaillierBigintPublicKey({ n }: PublicKey): ForeignPublicKey {
  return new ForeignPublicKey(n, n + 1n);
}

/** The same private key for `paillier-bigint`, primes included. */
export function toPaillierBigintPrivateKey(privateKey: PrivateKey): ForeignPrivateKey {
  const { publicKey, lambda, mu, p, q } = privateKey;
  return new ForeignPrivateKey(lambda, mu, toPaillierBigintPublicKey(publicKey), p, q);
}

/**
 * A public key of `paillier-bigint`.
 * @throws PaillierError E_KEY_FOREIGN unless its generator is n + 1 modulo n²; as
 *   `publicKeyFromModulus`.
 */
export function fromPaillierBigintPublicKey({ n, g }: ForeignPublicKey): PublicKey {
  const publicKey = publicKeyFromModulus(n);
  if (g % publicKey.nSquared !== n + 1n) {
    const expected = "a key with generator n + 1";
    throw new PaillierError(
      "E_KEY_FOREIGN",
      `fromPaillierBigint: expected ${expected}, got another`,
    );
  }
  return publicKey;
}

/**
 * A private key of `paillier-bigint`, also one that holds only λ and μ: the primes follow from λ.
 * @throws PaillierError E_KEY_FOREIGN for another generator, or a λ that does not belong to n; as
 *   `privateKeyFromPrimes`.
 */
export function fromPaillierBigintPrivateKey(foreign: ForeignPrivateKey): PrivateKey {
  const { n } = fromPaillierBigintPublicKey(foreign.publicKey);
  const [p, q] = primesOf(n, foreign.lambda);
  if (p * q !== n || q === 1n) {
    throw new PaillierError(
      "E_KEY_FOREIGN",
      "fromPaillierBigint: expected λ of n, got another value",
    );
  }
  return privateKeyFromPrimes(p, q);
}

/**
 * Any multiple of λ up to φ = (p − 1)(q − 1) determines the primes: φ is its largest multiple below
 * n, since n − φ = p + q − 1 is smaller than λ; and p, q are the roots of x² − (n + 1 − φ)·x + n.
 */
function primesOf(n: bigint, lambda: bigint): readonly [bigint, bigint] {
  const phi = lambda > 0n ? (n / lambda) * lambda : 0n;
  const sum = n + 1n - phi;
  const discriminant = sum * sum - 4n * n;
  const difference = discriminant < 0n ? 0n : integerSquareRoot(discriminant);
  return [(sum + difference) / 2n, (sum - difference) / 2n];
}

/** ⌊√value⌋ by Newton's iteration from above. */
function integerSquareRoot(value: bigint): bigint {
  let root = value + 1n;
  for (let next = (root + 1n) / 2n; next < root; next = (root + value / root) / 2n) root = next;
  return root;
}
