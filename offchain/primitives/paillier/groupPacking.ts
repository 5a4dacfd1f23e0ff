/**
 * Packing under encryption. Ciphertexts of several records, each its own plaintext, become one ciphertext
 * of the group, by Horner's rule from the highest record down (`packing.ts` gives the layout):
 *
 *   C = ((E(P_2)^(2^w)·E(P_1))^(2^w))·E(P_0)      D(C) = P_0 + P_1·2^w + P_2·2^(2w)
 *
 * A shift by w bits is w squarings modulo n², and Horner's rule shares them: a group of k records costs
 * (k − 1)·w, nearly |n| for a full plaintext. Packed once, a group serves for every sum it enters.
 */
import { powMod } from "../modexp.ts";
import { assertCount, type GroupLayout } from "../packing.ts";
import { assertRoom } from "./encoding.ts";
import { add, type Ciphertext, ciphertext, PaillierError } from "./publicKey.ts";

/** The native exponentiation works in words of this many bits of the exponent. */
const WORD_BITS = 64;
/** Up to so many squarings cost less one by one than as part of one more word, measured. */
const MAX_SINGLE_SQUARINGS = 12;

/**
 * D = a·2^bits mod n: the plaintext one or several slots higher. Run by whoever packs.
 * @throws PaillierError E_PLAINTEXT_RANGE unless `bits` is a whole number from 0 to below |n|.
 */
export function shiftSlot(a: Ciphertext, bits: number): Ciphertext {
  const { publicKey } = a;
  if (!Number.isSafeInteger(bits) || bits < 0 || bits >= publicKey.bits) {
    const expected = `a shift of 0 to below ${publicKey.bits} bits`;
    throw new PaillierError("E_PLAINTEXT_RANGE", `shiftSlot: expected ${expected}, got ${bits}`);
  }
  const single = singleSquarings(bits);
  let value = powMod(a.value, 1n << BigInt(bits - single), publicKey.nSquared);
  for (let i = 0; i < single; i++) value = (value * value) % publicKey.nSquared;
  return ciphertext(publicKey, value);
}

/**
 * One ciphertext of the whole group, the first of `records` in the lowest slots. Records that are already
 * sums count their terms when the group is unpacked. The result is determined by its operands:
 * re-randomise it before it leaves.
 * @throws PackingError E_SLOT_COUNT unless there are exactly `group.count` records; PaillierError
 *   E_PLAINTEXT_RANGE for a group that the key has no room for, E_KEY_MISMATCH.
 */
export function packCiphertexts(group: GroupLayout, records: readonly Ciphertext[]): Ciphertext {
  assertCount("packCiphertexts", group.count, records.length);
  for (const { publicKey } of records) assertRoom(publicKey, group.magnitudeBits, 0);
  return records.reduceRight((packed, record) => add(shiftSlot(packed, group.record.bits), record));
}

/** 2^b has b + 1 bits: what is left over from whole words, if it is little. */
function singleSquarings(bits: number): number {
  const left = (bits + 1) % WORD_BITS;
  return left <= MAX_SINGLE_SQUARINGS && left <= bits ? left : 0;
}
