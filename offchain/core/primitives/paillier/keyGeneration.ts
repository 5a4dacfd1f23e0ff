/**
 * Key pairs. A private key is two primes and what follows from them; the public key is their
 * product. Two secret primes of equal length make p ∤ q − 1 and q ∤ p − 1, without which plaintexts
 * would not come back; both are checked, not assumed, and a new key has to open a ciphertext before
 * it leaves.
 *
 * Generated primes also suit short exponents (`shortRandomness.ts`): p ≡ q ≡ 3 mod 4 and gcd(p − 1,
 * q − 1) = 2. They are drawn ≡ 11 mod 12, so that the likeliest other common divisor, 3, divides
 * neither p − 1 nor q − 1; that and the exact length of n take 1.9 pairs of primes on average.
 */
import { gcd, toZn } from "bigint-crypto-utils";
import { checkPrime, generatePrime } from "node:crypto";
import { promisify } from "node:util";
import { bitLength } from "../bytes.ts";
import { assertProductionRng, randomBits, randomUnit, type Rng, systemRng } from "../random.ts";
import { fitTogether, openingKey } from "./keyFromPrimes.ts";
import type { PrivateKey } from "./privateKey.ts";
import {
  assertProductionKeySize,
  encryptWithRandomness,
  PaillierError,
  type PublicKey,
} from "./publicKey.ts";
import { shortKeyOf, type ShortKey } from "./shortRandomness.ts";

export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

type PrimePair = readonly [p: bigint, q: bigint];

/** 3 mod 4 and 2 mod 3. */
const STEP = 12n;
const RESIDUE = 11n;

const isPrime = promisify(checkPrime);

/**
 * A key pair whose n has exactly `bits` bits. Run by the authority, once a round. The system
 * generator is OpenSSL's own, so with it OpenSSL searches both primes by itself, off the main
 * thread; from any other generator candidates are drawn and OpenSSL judges them, so equal seeds
 * give equal keys.
 * @throws PaillierError E_KEY_SIZE unless `bits` is an even number from 2,048 to 5,000;
 *   RandomError E_RNG_DETERMINISTIC outside tests.
 */
export async function generateKeyPair(bits: number, rng: Rng): Promise<KeyPair> {
  assertProductionKeySize(bits);
  assertProductionRng(rng);
  for (;;) {
    const [p, q] = await primePair(bits / 2, rng);
    if (!suitShortExponents(p, q) || bitLength(p * q) !== bits) continue;
    const privateKey = openingKey(p, q);
    return Object.freeze({ publicKey: privateKey.publicKey, privateKey });
  }
}

/**
 * The base for short exponents, hs = (−y²)^n mod n² for a fresh unit y. Run by the authority with
 * the key, once a round; hs is public, y is forgotten.
 * @throws PaillierError E_KEY_PRIMES unless p ≡ q ≡ 3 mod 4 and gcd(p − 1, q − 1) = 2, as generated
 *   keys have it.
 */
export function dealShortKey({ publicKey, p, q }: PrivateKey, rng: Rng): ShortKey {
  if (!suitShortExponents(p, q)) {
    const expected = "primes that are 3 modulo 4, with 2 alone dividing both p − 1 and q − 1";
    throw new PaillierError("E_KEY_PRIMES", `dealShortKey: expected ${expected}, got others`);
  }
  const { n } = publicKey;
  const y = randomUnit(rng, n);
  return shortKeyOf(publicKey, encryptWithRandomness(publicKey, 0n, toZn(-y * y, n)).value);
}

function suitShortExponents(p: bigint, q: bigint): boolean {
  return fitTogether(p, q) && p % 4n === 3n && q % 4n === 3n && gcd(p - 1n, q - 1n) === 2n;
}

async function primePair(bits: number, rng: Rng): Promise<PrimePair> {
  if (rng === systemRng) return Promise.all([openSslPrime(bits), openSslPrime(bits)]);
  return [await drawnPrime(bits, rng), await drawnPrime(bits, rng)];
}

function openSslPrime(bits: number): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { bigint: true, add: STEP, rem: RESIDUE }, (error, prime) => {
      if (error) reject(error);
      else resolve(prime);
    });
  });
}

/** Uniform among the primes of that length and residue, as OpenSSL's are. */
async function drawnPrime(bits: number, rng: Rng): Promise<bigint> {
  const highest = 1n << BigInt(bits - 1);
  for (;;) {
    const candidate = randomBits(rng, bits) | highest;
    if (candidate % STEP === RESIDUE && (await isPrime(candidate))) return candidate;
  }
}
