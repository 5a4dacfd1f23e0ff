/**
 * Encryption by the owner of the key, who knows the primes and so computes modulo p² and q² instead
 * of n². An encryption of 0 is ρ^n; modulo p² that is the p-th power of ρ^q, and ρ^q is as uniform
 * among the units modulo p as ρ is, because q has no divisor common with p − 1. So the owner draws
 * one unit a prime and joins the two powers by the Chinese remainder theorem:
 *
 *   E(0) ≡ x^p mod p²      E(0) ≡ y^q mod q²      x, y uniform units modulo p and q
 *
 * The ciphertexts are distributed as those of `encrypt`, at a quarter of the cost. With short
 * exponents (`shortRandomness.ts`) the owner keeps one table a prime, of half the length, and
 * halves their cost.
 *
 * Timing: powers of primes by OpenSSL are constant-time, see `powModSecret`; the joining is BigInt.
 */
import { toZn } from "bigint-crypto-utils";
import { bitLength } from "../bytes.ts";
import { type FixedBase, fixedBaseTable, powFixedBase } from "../fixedBase.ts";
import { powModSecret } from "../modexp.ts";
import { randomBelow, type Rng } from "../random.ts";
import type { PrivateKey } from "./privateKey.ts";
import { assertSameKey, type Ciphertext, ciphertext } from "./publicKey.ts";
import { shortExponent, type ShortKey } from "./shortRandomness.ts";
import { encryptFrom, type ZeroSource } from "./zeros.ts";

/** The powers of hs modulo p² and modulo q², built by `ownerTable`. As secret as the key. */
export interface OwnerTable {
  readonly privateKey: PrivateKey;
  readonly shortKey: ShortKey;
  readonly modP: FixedBase;
  readonly modQ: FixedBase;
}

/** E(0) = ρ^n for a uniform ρ that is never computed. Run by the owner of the private key. */
export function ownerZeros(privateKey: PrivateKey, rng: Rng): ZeroSource {
  const { publicKey, p, q, pSquared, qSquared } = privateKey;
  const draw = () =>
    joinSquares(privateKey, randomResidue(p, pSquared, rng), randomResidue(q, qSquared, rng));
  return Object.freeze({ publicKey, draw });
}

/**
 * One encryption of the owner's.
 * @throws PaillierError E_PLAINTEXT_RANGE outside [0, n).
 */
export function encryptAsOwner(privateKey: PrivateKey, plaintext: bigint, rng: Rng): Ciphertext {
  return encryptFrom(ownerZeros(privateKey, rng), plaintext);
}

/**
 * The tables for `tabledOwnerZeros`; together as large as the public one with the same window.
 * @throws PaillierError E_KEY_MISMATCH if the short key is another key's; FixedBaseError
 *   E_TABLE_SIZE unless the window has from 1 to 12 bits.
 */
export function ownerTable(
  privateKey: PrivateKey,
  shortKey: ShortKey,
  windowBits: number,
): OwnerTable {
  assertSameKey(privateKey.publicKey, shortKey.publicKey);
  const table = (prime: bigint) =>
    fixedBaseTable(shortKey.hs, prime, shortKey.exponentBits, windowBits);
  return Object.freeze({
    privateKey,
    shortKey,
    modP: table(privateKey.p),
    modQ: table(privateKey.q),
  });
}

/** E(0) = hs^a with a short a, the very numbers of `tabledShortZeros`. */
export function tabledOwnerZeros(table: OwnerTable, rng: Rng): ZeroSource {
  const { privateKey, shortKey, modP, modQ } = table;
  const draw = () => {
    const exponent = shortExponent(shortKey, rng);
    return joinSquares(privateKey, powFixedBase(modP, exponent), powFixedBase(modQ, exponent));
  };
  return Object.freeze({ publicKey: privateKey.publicKey, draw });
}

/** Modulo a prime every number but 0 is a unit. */
function randomResidue(prime: bigint, square: bigint, rng: Rng): bigint {
  const unit = 1n + randomBelow(rng, prime - 1n);
  return powModSecret(unit, prime, bitLength(prime), square);
}

/** The number below n² that is x modulo p² and y modulo q². */
function joinSquares(privateKey: PrivateKey, x: bigint, y: bigint): Ciphertext {
  const { publicKey, pSquared, qSquared } = privateKey;
  const multiple = toZn((y - x) * inverseOfSquare(privateKey), qSquared);
  return ciphertext(publicKey, x + multiple * pSquared);
}

/** p⁻² mod q², lifted from p⁻¹ mod q by one Newton step. */
function inverseOfSquare({ pInverseModQ, pSquared, qSquared }: PrivateKey): bigint {
  const inverse = pInverseModQ * pInverseModQ;
  return toZn(inverse * (2n - ((pSquared * inverse) % qSquared)), qSquared);
}
