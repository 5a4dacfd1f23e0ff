/**
 * The private key that two given primes make. Whoever was dealt a key puts it together again here;
 * keys are drawn in `keyGeneration.ts`.
 */
import { gcd, lcm, modInv } from "bigint-crypto-utils";
import { checkPrimeSync } from "node:crypto";
import { withHidden } from "../hidden.ts";
import { decrypt, type PrivateKey } from "./privateKey.ts";
import { encryptWithRandomness, PaillierError, publicKeyFromModulus } from "./publicKey.ts";

/**
 * The private key of two given primes: for keys that are stored or come from elsewhere. Any size
 * and, as long as they fit together, any two lengths; `assertProductionKeySize` asks for more.
 * @throws PaillierError E_KEY_PRIMES unless both are odd primes, different, and
 *   gcd(pq, (p − 1)(q − 1)) = 1; E_KEY_MODULUS or E_KEY_SIZE as `publicKeyFromModulus`.
 */
export function privateKeyFromPrimes(p: bigint, q: bigint): PrivateKey {
  const prime = p > 2n && q > 2n && checkPrimeSync(p) && checkPrimeSync(q);
  if (!prime || !fitTogether(p, q)) {
    const expected = "two different odd primes with gcd(pq, (p − 1)(q − 1)) = 1";
    throw new PaillierError("E_KEY_PRIMES", `privateKeyFromPrimes: expected ${expected}`);
  }
  return openingKey(p, q);
}

/** What two primes need for plaintexts to come back. */
export function fitTogether(p: bigint, q: bigint): boolean {
  return p !== q && gcd(p * q, (p - 1n) * (q - 1n)) === 1n;
}

/** What the primes determine, tried on one ciphertext. */
export function openingKey(p: bigint, q: bigint): PrivateKey {
  const publicKey = publicKeyFromModulus(p * q);
  const lambda = lcm(p - 1n, q - 1n);
  const privateKey: PrivateKey = withHidden(
    { publicKey },
    {
      p,
      q,
      pSquared: p * p,
      qSquared: q * q,
      hp: modInv(-q, p),
      hq: modInv(-p, q),
      pInverseModQ: modInv(p, q),
      lambda,
      mu: modInv(lambda, publicKey.n),
    },
  );
  assertOpens(privateKey);
  return privateKey;
}

/** n − 1 under ρ = 2: both halves of the plaintext are as large as they can be. */
function assertOpens(privateKey: PrivateKey): void {
  const { publicKey } = privateKey;
  const plaintext = publicKey.n - 1n;
  if (decrypt(privateKey, encryptWithRandomness(publicKey, plaintext, 2n)) === plaintext) return;
  throw new PaillierError(
    "E_DECRYPTION",
    "openingKey: expected the key to open its own ciphertext",
  );
}
