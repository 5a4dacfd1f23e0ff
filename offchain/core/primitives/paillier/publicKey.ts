/**
 * Paillier's cryptosystem, the side without a secret. A plaintext m modulo n is hidden as
 * c = (1 + m·n)·ρ^n mod n², ρ a random unit: the product of ciphertexts decrypts to the sum of the
 * plaintexts, a power to a multiple.
 *
 *   D(E(a)·E(b)) = a + b mod n      D(E(a)^k) = k·a mod n      D(E(a)·(1 + b·n)) = a + b mod n
 *
 * The generator is n + 1 throughout. A `Ciphertext` carries its key and has been checked once,
 * where it entered (`ciphertextOf`, `ciphertextFromBytes`); products and powers of units are units,
 * so the operations need not check it again, only that both sides belong to one key. Apart from
 * `rerandomise` they are deterministic: who knows the operands recognises the result.
 *
 * Source: Paillier 1999; equations (1), (3), (4), (8), (9) of the matching paper.
 */
import { gcd, modInv, toZn } from "bigint-crypto-utils";
import { bigintToBytes, bitLength, byteLength, bytesToBigint } from "../bytes.ts";
import { MAX_MODULUS_BITS, powMod } from "../modexp.ts";
import { randomUnit, type Rng } from "../random.ts";

/** 112-bit security by NIST SP 800-57; no key of a real round is shorter. */
export const MIN_PRODUCTION_KEY_BITS = 2048;

/** n² has to fit one modular exponentiation. */
export const MAX_KEY_BITS = MAX_MODULUS_BITS / 2;

type PaillierErrorCode =
  | "E_KEY_SIZE"
  | "E_KEY_MODULUS"
  | "E_KEY_PRIMES"
  | "E_KEY_FOREIGN"
  | "E_KEY_MISMATCH"
  | "E_SHORT_BASE"
  | "E_PLAINTEXT_RANGE"
  | "E_RANDOMNESS"
  | "E_CIPHERTEXT_LENGTH"
  | "E_CIPHERTEXT_RANGE"
  | "E_CIPHERTEXT_UNIT"
  | "E_DECRYPTION";

export class PaillierError extends Error {
  override readonly name = "PaillierError";
  readonly code: PaillierErrorCode;

  constructor(code: PaillierErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Built by `publicKeyFromModulus`. `bits` counts n; ciphertexts are `ciphertextBytes` long. */
export interface PublicKey {
  readonly n: bigint;
  readonly nSquared: bigint;
  readonly bits: number;
  readonly ciphertextBytes: number;
}

/** A unit modulo n² and the key it belongs to. */
export interface Ciphertext {
  readonly publicKey: PublicKey;
  readonly value: bigint;
}

/**
 * The key of a modulus, of any size that can be computed with; real rounds also call
 * `assertProductionKeySize`. That n is a product of two primes is its owner's word.
 * @throws PaillierError E_KEY_MODULUS for an even modulus or one below 15, E_KEY_SIZE above 5,000
 *   bits.
 */
export function publicKeyFromModulus(n: bigint): PublicKey {
  if (n < 15n || (n & 1n) === 0n) {
    const expected = "an odd modulus of at least 15";
    throw new PaillierError(
      "E_KEY_MODULUS",
      `publicKeyFromModulus: expected ${expected}, got another`,
    );
  }
  const bits = bitLength(n);
  if (bits > MAX_KEY_BITS) {
    const sizes = `expected at most ${MAX_KEY_BITS} bits, got ${bits}`;
    throw new PaillierError("E_KEY_SIZE", `publicKeyFromModulus: ${sizes}`);
  }
  const nSquared = n * n;
  return Object.freeze({ n, nSquared, bits, ciphertextBytes: byteLength(nSquared) });
}

/** Whether a real round may use a modulus of this length: an even number from 2,048 to 5,000. */
export function isProductionKeySize(bits: number): boolean {
  return bits % 2 === 0 && bits >= MIN_PRODUCTION_KEY_BITS && bits <= MAX_KEY_BITS;
}

/**
 * Refuses a modulus length that no real round may use.
 * @throws PaillierError E_KEY_SIZE unless `bits` is an even number from 2,048 to 5,000.
 */
export function assertProductionKeySize(bits: number): void {
  if (isProductionKeySize(bits)) return;
  const expected = `an even size from ${MIN_PRODUCTION_KEY_BITS} to ${MAX_KEY_BITS} bits`;
  throw new PaillierError(
    "E_KEY_SIZE",
    `assertProductionKeySize: expected ${expected}, got ${bits}`,
  );
}

/**
 * Checks a number from elsewhere and binds it to its key; run by whoever receives it.
 * @throws PaillierError E_CIPHERTEXT_RANGE outside [1, n²), E_CIPHERTEXT_UNIT for a divisor common
 *   with n.
 */
export function ciphertextOf(publicKey: PublicKey, value: bigint): Ciphertext {
  assertCiphertextRange(publicKey, value);
  if (gcd(value % publicKey.n, publicKey.n) !== 1n) {
    throw new PaillierError("E_CIPHERTEXT_UNIT", "ciphertextOf: expected a unit, got a non-unit");
  }
  return ciphertext(publicKey, value);
}

/**
 * Binds a number to its key unchecked: for what is a unit below n² by construction. What comes from
 * elsewhere goes through `ciphertextOf`.
 */
export function ciphertext(publicKey: PublicKey, value: bigint): Ciphertext {
  return Object.freeze({ publicKey, value });
}

/** The range check alone: [1, n²). */
export function assertCiphertextRange(publicKey: PublicKey, value: bigint): void {
  if (value >= 1n && value < publicKey.nSquared) return;
  const expected = "a ciphertext from 1 up to below n²";
  throw new PaillierError(
    "E_CIPHERTEXT_RANGE",
    `ciphertextOf: expected ${expected}, got another value`,
  );
}

/** Big-endian, always `publicKey.ciphertextBytes` long. */
export function ciphertextToBytes({ publicKey, value }: Ciphertext): Uint8Array<ArrayBuffer> {
  return bigintToBytes(value, publicKey.ciphertextBytes);
}

/**
 * The ciphertext in bytes from elsewhere, checked.
 * @throws PaillierError E_CIPHERTEXT_LENGTH for another length, and as `ciphertextOf`.
 */
export function ciphertextFromBytes(publicKey: PublicKey, bytes: Uint8Array): Ciphertext {
  if (bytes.length !== publicKey.ciphertextBytes) {
    const sizes = `expected ${publicKey.ciphertextBytes} bytes, got ${bytes.length}`;
    throw new PaillierError("E_CIPHERTEXT_LENGTH", `ciphertextFromBytes: ${sizes}`);
  }
  return ciphertextOf(publicKey, bytesToBigint(bytes));
}

/**
 * c = (1 + m·n)·ρ^n mod n² with fresh ρ, equation (4). Run by whoever owns the plaintext.
 * @throws PaillierError E_PLAINTEXT_RANGE outside [0, n).
 */
export function encrypt(publicKey: PublicKey, plaintext: bigint, rng: Rng): Ciphertext {
  const base = plaintextFactor(publicKey, plaintext);
  const hidden = base * freshResidue(publicKey, rng);
  return ciphertext(publicKey, hidden % publicKey.nSquared);
}

/**
 * Equation (4) with a given ρ: for vectors, and to check an opening (m, ρ). Never reuse a ρ: the
 * quotient of two ciphertexts with the same one reveals the difference of the plaintexts.
 * @throws PaillierError E_PLAINTEXT_RANGE outside [0, n), E_RANDOMNESS unless ρ is a unit in [1,
 *   n).
 */
export function encryptWithRandomness(
  publicKey: PublicKey,
  plaintext: bigint,
  rho: bigint,
): Ciphertext {
  const { n, nSquared } = publicKey;
  const base = plaintextFactor(publicKey, plaintext);
  if (rho < 1n || rho >= n || gcd(rho, n) !== 1n) {
    throw new PaillierError("E_RANDOMNESS", "encryptWithRandomness: expected a unit below n as ρ");
  }
  return ciphertext(publicKey, (base * powMod(rho, n, nSquared)) % nSquared);
}

/** D = a + b mod n, equation (8). @throws PaillierError E_KEY_MISMATCH */
export function add(a: Ciphertext, b: Ciphertext): Ciphertext {
  assertSameKey(a.publicKey, b.publicKey);
  return times(a, b.value);
}

/**
 * D = a − b mod n, equation (9). Its inverse costs 40 additions.
 * @throws PaillierError E_KEY_MISMATCH
 */
export function subtract(a: Ciphertext, b: Ciphertext): Ciphertext {
  return add(a, negate(b));
}

/**
 * D = −a mod n: the inverse modulo n², found modulo n and lifted by one Newton step (our own way).
 */
export function negate(a: Ciphertext): Ciphertext {
  const { n, nSquared } = a.publicKey;
  const inverse = modInv(a.value % n, n);
  const lifted = toZn(inverse * (2n - a.value * inverse), nSquared);
  if ((lifted * a.value) % nSquared !== 1n) {
    throw new PaillierError("E_CIPHERTEXT_UNIT", "negate: expected a unit, got a non-unit");
  }
  return ciphertext(a.publicKey, lifted);
}

/**
 * D = factor·a mod n for a factor of either sign. A factor of 0 gives the ciphertext 1, which
 * anybody recognises; re-randomise before sending. The time shows the length of the factor.
 * @throws PaillierError E_PLAINTEXT_RANGE unless −n < factor < n.
 */
export function scale(a: Ciphertext, factor: bigint): Ciphertext {
  const { n, nSquared } = a.publicKey;
  if (factor <= -n || factor >= n) {
    throw new PaillierError("E_PLAINTEXT_RANGE", "scale: expected a factor between −n and n");
  }
  if (factor < 0n) return scale(negate(a), -factor);
  return ciphertext(a.publicKey, powMod(a.value, factor, nSquared));
}

/** D = a + plaintext mod n. @throws PaillierError E_PLAINTEXT_RANGE outside [0, n). */
export function addPlain(a: Ciphertext, plaintext: bigint): Ciphertext {
  return times(a, plaintextFactor(a.publicKey, plaintext));
}

/** The same plaintext under fresh randomness: nobody can tell which ciphertext it came from. */
export function rerandomise(a: Ciphertext, rng: Rng): Ciphertext {
  return times(a, freshResidue(a.publicKey, rng));
}

/** Two objects may hold one key. @throws PaillierError E_KEY_MISMATCH */
export function assertSameKey(a: PublicKey, b: PublicKey): void {
  if (a === b || a.n === b.n) return;
  throw new PaillierError("E_KEY_MISMATCH", "assertSameKey: expected one key, got two");
}

function times(a: Ciphertext, factor: bigint): Ciphertext {
  return ciphertext(a.publicKey, (a.value * factor) % a.publicKey.nSquared);
}

/** (n + 1)^m ≡ 1 + m·n modulo n², equation (3). */
function plaintextFactor({ n }: PublicKey, plaintext: bigint): bigint {
  if (plaintext < 0n || plaintext >= n) {
    throw new PaillierError(
      "E_PLAINTEXT_RANGE",
      "encrypt: expected a plaintext from 0 up to below n",
    );
  }
  return 1n + plaintext * n;
}

function freshResidue({ n, nSquared }: PublicKey, rng: Rng): bigint {
  return powMod(randomUnit(rng, n), n, nSquared);
}
