/**
 * Signed numbers as plaintexts. Plaintexts are residues modulo n; the lower half stands for 0, 1,
 * 2, … and the upper half for −1, −2, … counted down from n:
 *
 *   encode(v) = v mod n      decode(m) = m > n/2 ? m − n : m      decode(encode(v)) = v for |v| < n/2
 *
 * A sum that leaves the window comes back as a number of the wrong sign, and nothing in the
 * ciphertext shows it. So every computation states how large its values and masks may grow, has
 * that checked against the key before (`assertRoom`), and against each value after
 * (`decodeSigned`).
 */
import { bitLength } from "../bytes.ts";
import { PaillierError, type PublicKey } from "./publicKey.ts";

/** What n must exceed value and mask by, so that neither their sum nor its sign reaches n/2. */
const SPARE_BITS = 2;

/** The most bits that `encodeSigned` and `decodeSigned` take under this key: |n| − 3. */
export function signedBits(publicKey: PublicKey): number {
  return publicKey.bits - SPARE_BITS - 1;
}

/**
 * The plaintext of `value`, refused unless |value| < 2^valueBits. Run by whoever encrypts.
 * @throws PaillierError E_PLAINTEXT_RANGE for a larger value or for bits that the key has no room
 *   for.
 */
export function encodeSigned(publicKey: PublicKey, value: bigint, valueBits: number): bigint {
  assertRoom(publicKey, valueBits, 0);
  assertSignedBits(value, valueBits);
  return value < 0n ? value + publicKey.n : value;
}

/**
 * The signed value of a decrypted plaintext, refused unless |value| < 2^valueBits: a value outside
 * its announced range is an overflow or a forgery, never a result. Run by whoever decrypts.
 * @throws PaillierError E_PLAINTEXT_RANGE as above, and for a plaintext outside [0, n).
 */
export function decodeSigned(publicKey: PublicKey, plaintext: bigint, valueBits: number): bigint {
  const { n } = publicKey;
  assertRoom(publicKey, valueBits, 0);
  if (plaintext < 0n || plaintext >= n) {
    throw new PaillierError("E_PLAINTEXT_RANGE", "decodeSigned: expected a plaintext below n");
  }
  const value = plaintext > n / 2n ? plaintext - n : plaintext;
  assertSignedBits(value, valueBits);
  return value;
}

/** Asserts |value| < 2^bits on a value in the clear. @throws PaillierError E_PLAINTEXT_RANGE */
export function assertSignedBits(value: bigint, bits: number): void {
  const magnitudeBits = bitLength(value < 0n ? -value : value);
  if (magnitudeBits <= bits) return;
  const sizes = `expected a magnitude of at most ${bits} bits, got a larger one`;
  throw new PaillierError("E_PLAINTEXT_RANGE", `assertSignedBits: ${sizes}`);
}

/**
 * Asserts that values below 2^valueBits in magnitude, hidden by masks of `maskBits` more, stay
 * inside the signed window: valueBits + maskBits < |n| − 2.
 * @throws PaillierError E_PLAINTEXT_RANGE
 */
export function assertRoom(publicKey: PublicKey, valueBits: number, maskBits: number): void {
  const bits = valueBits + maskBits;
  if (valueBits >= 0 && maskBits >= 0 && bits < publicKey.bits - SPARE_BITS) return;
  const expected = `value and mask of fewer than ${publicKey.bits - SPARE_BITS} bits`;
  throw new PaillierError("E_PLAINTEXT_RANGE", `assertRoom: expected ${expected}, got ${bits}`);
}
