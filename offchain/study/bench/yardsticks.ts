/**
 * What nobody gets around: the exponentiations, multiplications and searches that an operation is
 * made of, each timed bare. An exponentiation is OpenSSL's by itself, on bytes that are ready,
 * without the conversions around it. How far an operation is above the sum of its parts is what
 * could still be gained in plain Node.
 */
import { modInv } from "bigint-crypto-utils";
import { createDiffieHellman, generatePrime } from "node:crypto";
import { promisify } from "node:util";
import { bigintToBytes, byteLength } from "../../core/primitives/bytes.ts";
import { randomBits, randomUnit, type Rng } from "../../core/primitives/random.ts";
import { sideOf, type Side } from "./measure.ts";

/** So many times what a side does. */
export interface Part {
  readonly times: number;
  readonly side: Side;
}

const GENERATOR = Uint8Array.of(2);
const searchPrime = promisify(generatePrime);

/**
 * base^exponent mod modulus by OpenSSL, for an exponent of exactly so many bits. Where OpenSSL
 * refuses (`powerImplementation`), so does this.
 */
export function power(modulus: bigint, exponentBits: number, rng: Rng): Side {
  const width = byteLength(modulus);
  const group = createDiffieHellman(bigintToBytes(modulus, width), GENERATOR);
  const exponent = (1n << BigInt(exponentBits - 1)) | randomBits(rng, exponentBits);
  group.setPrivateKey(bigintToBytes(exponent, byteLength(exponent)));
  const base = bigintToBytes(randomUnit(rng, modulus), width);
  return sideOf(() => group.computeSecret(base));
}

/** a·b mod modulus by BigInt, which has no faster one in Node. */
export function product(modulus: bigint, rng: Rng): Side {
  const [a, b] = [randomUnit(rng, modulus), randomUnit(rng, modulus)];
  return sideOf(() => (a * b) % modulus);
}

/** a⁻¹ mod modulus by BigInt. */
export function inverse(modulus: bigint, rng: Rng): Side {
  const a = randomUnit(rng, modulus);
  return sideOf(() => modInv(a, modulus));
}

/** Two primes of so many bits that OpenSSL searches at the same time, of any residue. */
export function primePair(bits: number): Side {
  return sideOf(() => Promise.all([searchPrime(bits), searchPrime(bits)]));
}
