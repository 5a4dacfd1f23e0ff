/**
 * Opening many ciphertexts, and opening small plaintexts at half the cost. A value v of either sign is the
 * plaintext v mod n, and modulo p that is v mod p: if |v| is known to stay well below p, half the work of
 * `decrypt` finds it.
 *
 *   decryptSmall(c, bits) = decodeSigned(decrypt(c), bits)      for |v| < 2^bits, bits ≤ |p| − 66
 *
 * That |v| stays below its bound is the caller's to ensure: by what was proved of the operands, and by a
 * layout that asserts the bits of their sums. It is checked here again on the result: any other plaintext
 * leaves a residue modulo p that looks in range with a chance of 2^−64, and is refused. This check
 * protects the key as well. From a plaintext m and a residue m mod p that was handed back, anybody
 * computes gcd(n, m − (m mod p)) = p; so no residue leaves that was not found in range.
 */
import { bitLength } from "../bytes.ts";
import { assertSignedBits, smallSignedBits } from "./encoding.ts";
import { assertOpenable, plaintextModPrime, type PrivateKey } from "./privateKey.ts";
import { type Ciphertext, PaillierError } from "./publicKey.ts";

/** What opens one ciphertext of a batch, such as `decrypt`. */
export type Decryptor<T> = (privateKey: PrivateKey, c: Ciphertext) => T;

/**
 * The signed value of `c`, |value| < 2^valueBits, by one half-size exponentiation. Run by the owner of the
 * private key, under the contract above.
 * @throws PaillierError E_PLAINTEXT_RANGE for a result out of range and for bits that p has no room for;
 *   else as `decrypt`.
 */
export function decryptSmall(privateKey: PrivateKey, c: Ciphertext, valueBits: number): bigint {
  const { p, pSquared, hp } = privateKey;
  assertRoomModPrime(p, valueBits);
  assertOpenable(privateKey, c);
  const residue = plaintextModPrime(c.value, p, pSquared, hp);
  const value = residue > p / 2n ? residue - p : residue;
  assertSignedBits(value, valueBits);
  return value;
}

/**
 * What `open` makes of every ciphertext, in their order. All are checked before the first is opened: a
 * bad one among thousands costs microseconds, and nothing of its batch is opened.
 * @throws PaillierError as `open`; a refusal before opening names the position.
 */
export function decryptAll<T>(
  privateKey: PrivateKey,
  ciphertexts: readonly Ciphertext[],
  open: Decryptor<T>,
): readonly T[] {
  for (const [position, c] of ciphertexts.entries()) assertOpenableAt(privateKey, c, position);
  return ciphertexts.map((c) => open(privateKey, c));
}

function assertOpenableAt(privateKey: PrivateKey, c: Ciphertext, position: number): void {
  try {
    assertOpenable(privateKey, c);
  } catch (error) {
    if (!(error instanceof PaillierError)) throw error;
    throw new PaillierError(error.code, `decryptAll: at ${position}: ${error.message}`);
  }
}

function assertRoomModPrime(p: bigint, valueBits: number): void {
  const room = smallSignedBits(bitLength(p));
  if (valueBits >= 0 && valueBits <= room) return;
  const sizes = `expected at most ${room} bits, got ${valueBits}`;
  throw new PaillierError("E_PLAINTEXT_RANGE", `decryptSmall: ${sizes}`);
}
