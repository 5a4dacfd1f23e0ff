/**
 * Commitments to integers. In a group whose order nobody knows, a product of powers
 *
 *   C = h^r · g_1^{v_1} · g_2^{v_2} · …  mod Ñ
 *
 * fixes the integers v_1, v_2, … themselves, not residues of them: a second opening would give a
 * multiple of the group's order, and with it the factors of Ñ. It hides them perfectly up to 2^−80,
 * as r is drawn 80 bits longer than Ñ. One commitment covers a whole vector.
 *
 * Ñ is a product of two safe primes whose factors are forgotten by whoever deals it. The bases are
 * squares hashed from Ñ: a random square generates all squares except with probability 2^−1000, so
 * each base is a power of h as hiding demands, and nobody, the dealer included, knows which. The
 * key is therefore one number. It is no round key: it serves until it is replaced.
 *
 * Trusted with it: a dealer who keeps the factors can open a commitment to fractions, and so prove
 * what is false; one who deals a modulus of another form could learn committed values modulo small
 * divisors of the group's order. Neither the owner of a Paillier key nor any prover can do either.
 *
 * Source: Fujisaki–Okamoto 1997, Damgård–Fujisaki 2002; hashing the bases is our own
 * simplification.
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { modInv } from "bigint-crypto-utils";
import { checkPrime, generatePrime } from "node:crypto";
import { promisify } from "node:util";
import {
  bigintToBytes,
  bitLength,
  byteLength,
  bytesToBigint,
  concatBytes,
  lengthPrefixed,
  u32,
  utf8,
} from "../bytes.ts";
import { powMod } from "../modexp.ts";
import { assertProductionKeySize, MAX_KEY_BITS } from "../paillier/publicKey.ts";
import { assertProductionRng, randomBits, type Rng, systemRng } from "../random.ts";
import { at } from "./proofBytes.ts";
import { ProofError } from "./proofError.ts";
import { CHALLENGE_BITS } from "./transcript.ts";

/** Statistical distance between what is seen and what could be said without a secret: 2^−80. */
export const STATISTICAL_BITS = 80;

const BASE_LABEL = "PM-v1/commitment-base";
const HASH_BITS = 512;
/** Differences of challenges must not divide the order of the group: its primes are longer. */
const MIN_MODULUS_BITS = 2 * (CHALLENGE_BITS + 3);

/**
 * Built by `commitmentKeyFromModulus`. `bases[0]` is h, which blinds; the others carry one integer
 * each.
 */
export interface CommitmentKey {
  readonly modulus: bigint;
  readonly bits: number;
  readonly bases: readonly bigint[];
}

const isPrime = promisify(checkPrime);

/**
 * A modulus for `commitmentKeyFromModulus`, a product of two safe primes. Run by the authority,
 * once for many rounds: it takes seconds. Its factors do not leave this function.
 * @throws PaillierError E_KEY_SIZE unless `bits` is an even number from 2,048 to 5,000;
 *   RandomError E_RNG_DETERMINISTIC outside tests.
 */
export async function dealCommitmentModulus(bits: number, rng: Rng): Promise<bigint> {
  assertProductionKeySize(bits);
  assertProductionRng(rng);
  for (;;) {
    const [p, q] = await Promise.all([safePrime(bits / 2, rng), safePrime(bits / 2, rng)]);
    if (p !== q) return p * q;
  }
}

/**
 * A prime p of exactly `bits` bits, both highest ones set, with (p − 1)/2 prime as well. OpenSSL
 * searches with its own generator where `rng` is the system's; otherwise candidates are drawn and
 * it judges them.
 */
export async function safePrime(bits: number, rng: Rng): Promise<bigint> {
  if (rng === systemRng) return openSslSafePrime(bits);
  const frame = (3n << BigInt(bits - 2)) | 3n;
  for (;;) {
    const candidate = randomBits(rng, bits) | frame;
    if ((await isPrime(candidate >> 1n)) && (await isPrime(candidate))) return candidate;
  }
}

/**
 * The key of a dealt modulus, with bases for `values` integers. Run by provers and verifiers alike;
 * the first bases do not depend on how many there are.
 * @throws ProofError E_PROOF_PARAMETERS for an even modulus or one outside of 262 to 5,000 bits.
 */
export function commitmentKeyFromModulus(modulus: bigint, values: number): CommitmentKey {
  const bits = modulus > 0n ? bitLength(modulus) : 0;
  if (bits < MIN_MODULUS_BITS || bits > MAX_KEY_BITS || (modulus & 1n) === 0n) {
    const expected = `an odd modulus of ${MIN_MODULUS_BITS} to ${MAX_KEY_BITS} bits`;
    throw new ProofError("E_PROOF_PARAMETERS", `commitmentKeyFromModulus: expected ${expected}`);
  }
  const bases = Array.from({ length: values + 1 }, (_, i) => hashedSquare(modulus, bits, i));
  return Object.freeze({ modulus, bits, bases: Object.freeze(bases) });
}

/** Length of the exponent of h that hides everything else: |Ñ| + 80 bits. */
export function blindingBits({ bits }: CommitmentKey): number {
  return bits + STATISTICAL_BITS;
}

/**
 * Π bases[i]^{exponents[i]} mod Ñ for exponents of either sign, `exponents[0]` being that of h. The
 * time shows the lengths and the signs of the exponents: for the prover's own machine.
 */
export function commitTo({ modulus, bases }: CommitmentKey, exponents: readonly bigint[]): bigint {
  return exponents.reduce(
    (product, exponent, i) => (product * signedPower(at(bases, i), exponent, modulus)) % modulus,
    1n,
  );
}

/** base^exponent mod modulus, by way of the inverse for a negative exponent. */
export function signedPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent >= 0n) return powMod(base, exponent, modulus);
  return modInv(powMod(base, -exponent, modulus), modulus);
}

/**
 * x² mod Ñ, x the bytes SHA-512(label ‖ 0x00 ‖ lp(Ñ) ‖ lp(u32(i)) ‖ lp(u32(block))) for block = 0,
 * 1, …
 */
function hashedSquare(modulus: bigint, bits: number, index: number): bigint {
  const blocks = Math.ceil((bits + STATISTICAL_BITS) / HASH_BITS);
  const parts = [bigintToBytes(modulus, byteLength(modulus)), u32(index)];
  const hashes = Array.from({ length: blocks }, (_, block) => hashOf([...parts, u32(block)]));
  const root = bytesToBigint(concatBytes(...hashes)) % modulus;
  return (root * root) % modulus;
}

function hashOf(parts: readonly Uint8Array[]): Uint8Array {
  return sha512(concatBytes(utf8(BASE_LABEL), Uint8Array.of(0), ...parts.map(lengthPrefixed)));
}

function openSslSafePrime(bits: number): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { bigint: true, safe: true }, (error, prime) => {
      if (error) reject(error);
      else resolve(prime);
    });
  });
}
