/**
 * Keys of lengths that no round may use, for a figure that shows how time grows with the length.
 */
import { gcd } from "bigint-crypto-utils";
import { generatePrime } from "node:crypto";
import { bitLength } from "../../core/primitives/bytes.ts";
import { privateKeyFromPrimes } from "../../core/primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";

/** 3 modulo 4 and 2 modulo 3, as the primes of every key here. */
const STEP = 12n;
const RESIDUE = 11n;

/**
 * A private key of any even length, whose primes suit short exponents. Never for anybody's data.
 */
export async function studyKey(bits: number): Promise<PrivateKey> {
  for (;;) {
    const [p, q] = await Promise.all([prime(bits / 2), prime(bits / 2)]);
    const isFit = gcd(p - 1n, q - 1n) === 2n && p !== q && bitLength(p * q) === bits;
    if (isFit) return privateKeyFromPrimes(p, q);
  }
}

function prime(bits: number): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { bigint: true, add: STEP, rem: RESIDUE }, (error, found) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
}
