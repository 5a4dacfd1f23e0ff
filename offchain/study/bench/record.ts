/**
 * The record that is measured: what an upload of the market consists of, six fields in one
 * plaintext with room for the masks that hide them, or as the peer has it, six numbers.
 */
import { recordLayout } from "../../core/primitives/packing.ts";
import type { RecordForm } from "../../core/primitives/proofs/recordForm.ts";
import { randomBits, type Rng } from "../../core/primitives/random.ts";

/** Two coordinates, a price, a squared distance, two more prices. */
const FIELD_BITS = [16, 16, 24, 34, 24, 24];
/** Statistical security of a mask. */
const MASK_BITS = 80;

/** Field and mask a slot, and a bit for the carry. */
export const RECORD_LAYOUT = recordLayout(
  FIELD_BITS.map((bits) => bits + MASK_BITS),
  1,
);

/** All fields at their full widths. */
export const RECORD_FORM: RecordForm = {
  fields: FIELD_BITS.map((bits, k) => ({
    ciphertext: 0,
    offset: RECORD_LAYOUT.slots[k]?.offset ?? 0,
    minimum: 0n,
    maximum: (1n << BigInt(bits)) - 1n,
  })),
  squareSums: [],
};

/** Fields of a random record. */
export function drawFields(rng: Rng): readonly bigint[] {
  return FIELD_BITS.map((bits) => randomBits(rng, bits));
}
