/**
 * Encryption with short exponents, after Damgård, Jurik and Nielsen. The authority adds one number
 * to the public key, hs = h^n mod n² with h = −y² mod n for a random unit y; a fresh encryption of
 * 0 is then a power of hs with a random exponent of half the length of n:
 *
 *   E(m) = (1 + m·n)·hs^a mod n²      a uniform in [0, 2^L)      L = |n|/2, rounded up to 64-bit words
 *
 * Half the exponent is half the time; and because the base never changes, a table of its powers
 * (`fixedBase.ts`) makes it two to three times less again. Decryption, sums and multiples are those
 * of every ciphertext of the key.
 *
 * Assumed beyond Paillier: that a power of hs with a short exponent is not to be told from one with
 * a full exponent, for which Damgård, Jurik and Nielsen point to the hardness of factoring
 * (Goldreich and Rosen 2003, for products of primes that are 3 modulo 4, as `generateKeyPair` makes
 * them). And that hs is what it is said to be: an hs that hides some plaintext, or of small order,
 * would spoil every ciphertext made with it, and nobody without the primes can tell. Here the
 * authority deals all keys and is trusted with them, so hs comes without a proof; it must come from
 * the authority (`shortKeyHash`), never from a party of the round.
 *
 * Source: Damgård, Jurik and Nielsen 2010, section 4.2.
 */
import { type FixedBase, fixedBaseTable, powFixedBase } from "../fixedBase.ts";
import { powModSecret } from "../modexp.ts";
import { randomBits, type Rng } from "../random.ts";
import {
  type Ciphertext,
  ciphertext,
  ciphertextOf,
  PaillierError,
  type PublicKey,
} from "./publicKey.ts";
import { encryptFrom, type ZeroSource } from "./zeros.ts";

const WORD_BITS = 64;

/** Built by `shortKeyOf` or `dealShortKey`. Exponents are drawn with `exponentBits`. */
export interface ShortKey {
  readonly publicKey: PublicKey;
  readonly hs: bigint;
  readonly exponentBits: number;
}

/** A short key and the table of its base, built by `shortTable`. */
export interface ShortTable {
  readonly shortKey: ShortKey;
  readonly powers: FixedBase;
}

/**
 * Checks an hs from elsewhere as far as the public can: a unit modulo n², other than ±1. Run by
 * whoever receives the round's key.
 * @throws PaillierError E_CIPHERTEXT_RANGE outside [1, n²), E_CIPHERTEXT_UNIT for a divisor common
 *   with n, E_SHORT_BASE for 1 and n² − 1, which hide nothing.
 */
export function shortKeyOf(publicKey: PublicKey, hs: bigint): ShortKey {
  const { value } = ciphertextOf(publicKey, hs);
  if (value === 1n || value === publicKey.nSquared - 1n) {
    throw new PaillierError("E_SHORT_BASE", "shortKeyOf: expected a base other than ±1, got one");
  }
  const exponentBits = WORD_BITS * Math.ceil(publicKey.bits / 2 / WORD_BITS);
  return Object.freeze({ publicKey, hs, exponentBits });
}

/**
 * The powers of hs for `tabledShortZeros`; time and memory as `fixedBaseTable`. Below some seventy
 * encryptions under a key a table does not earn its building: use `shortZeros`. Measured at 2,048
 * bits of n, as multiples of the speed of `encrypt` of the package `paillier-bigint`: 40 with
 * windows of 6 bits (6 MB), 51 with 8 (18 MB); without a table 18.
 * @throws FixedBaseError E_TABLE_SIZE unless the window has from 1 to 12 bits.
 */
export function shortTable(shortKey: ShortKey, windowBits: number): ShortTable {
  const { hs, publicKey, exponentBits } = shortKey;
  const powers = fixedBaseTable(hs, publicKey.n, exponentBits, windowBits);
  return Object.freeze({ shortKey, powers });
}

/** E(0) = hs^a without a table, constant-time in a where OpenSSL computes. For few encryptions. */
export function shortZeros(shortKey: ShortKey, rng: Rng): ZeroSource {
  const { publicKey, hs, exponentBits } = shortKey;
  const draw = () => {
    const exponent = shortExponent(shortKey, rng);
    return ciphertext(publicKey, powModSecret(hs, exponent, exponentBits, publicKey.nSquared));
  };
  return Object.freeze({ publicKey, draw });
}

/**
 * E(0) = hs^a from a table; about timing see `fixedBase.ts`. For many encryptions under one key.
 */
export function tabledShortZeros({ shortKey, powers }: ShortTable, rng: Rng): ZeroSource {
  const { publicKey } = shortKey;
  const draw = () => ciphertext(publicKey, powFixedBase(powers, shortExponent(shortKey, rng)));
  return Object.freeze({ publicKey, draw });
}

/**
 * c = (1 + m·n)·hs^a mod n² with fresh a, without a table: at half the cost of `encrypt`. Run by an
 * owner of a few plaintexts.
 * @throws PaillierError E_PLAINTEXT_RANGE outside [0, n).
 */
export function encryptShort(shortKey: ShortKey, plaintext: bigint, rng: Rng): Ciphertext {
  return encryptFrom(shortZeros(shortKey, rng), plaintext);
}

/**
 * Uniform among the exponents of L bits whose highest word is not empty: an empty one, of which
 * there is one in 2^64, would show in the time.
 */
export function shortExponent({ exponentBits }: ShortKey, rng: Rng): bigint {
  for (;;) {
    const exponent = randomBits(rng, exponentBits);
    if (exponent >> BigInt(exponentBits - WORD_BITS) !== 0n) return exponent;
  }
}
