/**
 * A whole record in one ciphertext: every field in a slot of its own, with room for a mask that hides it statistically.
 *
 *   R = Σ fₖ·2^{oₖ}        slot width wₖ = bits(fₖ) + 80 + 2, oₖ = w₀ + … + wₖ₋₁
 *
 * The proxy adds M = Σ mₖ·2^{oₖ}, mₖ uniform below 2^{bits(fₖ) + 80}; the cloud decrypts uₖ = fₖ + mₖ, which is
 * uniform to within 2^−80. From then on every field is shared between the two: uₖ here, −mₖ there. An owner that puts
 * more into a slot than fits only damages its own record, because no two records ever share a plaintext.
 */
import { assertRoom } from "../primitives/paillier/encoding.ts";
import type { PublicKey } from "../primitives/paillier/publicKey.ts";
import { randomBits, type Rng } from "../primitives/random.ts";
import { COORDINATE_BITS, DISTANCE_BITS, OPENING_BITS, PRICE_BITS } from "./domain.ts";

/** Statistical security of a mask, in bits. */
const MASK_BITS = 80;
/** One for the carry of field plus mask, one to spare. */
const GUARD_BITS = 2;

/** Widths of the fields of a record, in the order of `messages/README.md`. */
export type Layout = readonly number[];

/** x, y, price, maxDistance², bid₁ … bid_K */
export function requestLayout(features: number): Layout {
  return [
    COORDINATE_BITS,
    COORDINATE_BITS,
    PRICE_BITS,
    2 * DISTANCE_BITS,
    ...Array.from({ length: features }, () => PRICE_BITS),
  ];
}

/** x, y, price, ask₁ … ask_K, opening */
export function offerLayout(features: number): Layout {
  return [
    COORDINATE_BITS,
    COORDINATE_BITS,
    PRICE_BITS,
    ...Array.from({ length: features }, () => PRICE_BITS),
    OPENING_BITS,
  ];
}

/** The plaintext of a record. Run by its owner. @throws RangeError for a field outside its width */
export function packRecord(layout: Layout, fields: readonly bigint[]): bigint {
  if (fields.length !== layout.length) {
    throw new RangeError(`packRecord: expected ${layout.length} fields, got ${fields.length}`);
  }
  return packed(
    layout,
    fields.map((field, k) => within(field, layout[k] ?? 0)),
  );
}

/** Masks for a record, and the plaintext that adds them all at once. Run by the proxy. */
export function drawMasks(
  layout: Layout,
  rng: Rng,
): { readonly masks: readonly bigint[]; readonly plaintext: bigint } {
  const masks = layout.map((bits) => randomBits(rng, bits + MASK_BITS));
  return { masks, plaintext: packed(layout, masks) };
}

/** Takes a masked plaintext apart. Whatever a record overflows with stays in its last slot. Run by the cloud. */
export function unpackMasked(layout: Layout, plaintext: bigint): readonly bigint[] {
  let rest = plaintext;
  return layout.map((bits, k) => {
    if (k === layout.length - 1) return rest;
    const slot = BigInt.asUintN(slotBits(bits), rest);
    rest >>= BigInt(slotBits(bits));
    return slot;
  });
}

/** @throws PaillierError E_PLAINTEXT_RANGE unless a masked record fits below n */
export function assertLayoutFits(publicKey: PublicKey, layout: Layout): void {
  assertRoom(
    publicKey,
    layout.reduce((sum, bits) => sum + slotBits(bits), 0),
    0,
  );
}

function packed(layout: Layout, values: readonly bigint[]): bigint {
  let offset = 0;
  return values.reduce((sum, value, k) => {
    const shifted = value << BigInt(offset);
    offset += slotBits(layout[k] ?? 0);
    return sum + shifted;
  }, 0n);
}

function slotBits(bits: number): number {
  return bits + MASK_BITS + GUARD_BITS;
}

function within(field: bigint, bits: number): bigint {
  if (field >= 0n && field >> BigInt(bits) === 0n) return field;
  throw new RangeError(`packRecord: expected a field of at most ${bits} bits, got a larger one`);
}
