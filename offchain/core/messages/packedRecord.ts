/**
 * A whole record in one ciphertext: every field in a slot of its own, with room for a mask that
 * hides it statistically.
 *
 *   R = Σ fₖ·2^{oₖ}        slot width wₖ = bits(fₖ) + 80 + 2, oₖ = w₀ + … + wₖ₋₁
 *
 * The proxy adds M = Σ mₖ·2^{oₖ}, mₖ uniform below 2^{bits(fₖ) + 80}; the cloud decrypts uₖ = fₖ +
 * mₖ, which is uniform to within 2^−80. From then on every field is shared between the two: uₖ
 * here, −mₖ there. That no field is wider than its slot is proved with the upload
 * (`provenRecord.ts`).
 */
import { assertRoom } from "../primitives/paillier/encoding.ts";
import type { PublicKey } from "../primitives/paillier/publicKey.ts";
import type { RecordForm } from "../primitives/proofs/recordForm.ts";
import { randomBits, type Rng } from "../primitives/random.ts";
import { COORDINATE_BITS, DISTANCE_BITS, OPENING_BITS, PRICE_BITS } from "./domain.ts";

/** Statistical security of a mask, in bits. */
const MASK_BITS = 80;
/** One for the carry of field plus mask, one to spare. */
const GUARD_BITS = 2;

/** Widths of the fields of a record, in the order of `core/messages/README.md`. */
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

/** How many fields of an offer the matched vehicle learns. Of a request nobody learns any. */
export const REVEALED_FIELDS = 4;
/** As many bytes as the widest of them takes with its mask. */
export const REVEALED_FIELD_BYTES = Math.ceil(slotBits(OPENING_BITS) / 8);

/** Of one value a field of an offer: those of the revealed ones, x, y, price and opening. */
export function revealedOfOffer<T>(values: readonly T[]): readonly T[] {
  return [...values.slice(0, REVEALED_FIELDS - 1), ...values.slice(-1)];
}

/** Of one value a field of an offer: that of the price. */
export function priceOfOffer(values: readonly bigint[]): bigint {
  return values[2] ?? 0n;
}

/**
 * What a proof says of a record: which bits of the plaintext are a field, and that nothing is
 * beside them.
 */
export function formOf(layout: Layout): RecordForm {
  const fields = layout.map((bits, k) => ({
    ciphertext: 0,
    offset: offsetOf(layout, k),
    minimum: 0n,
    maximum: (1n << BigInt(bits)) - 1n,
  }));
  return { fields, squareSums: [] };
}

/** Masks for a record, and the plaintext that adds them all at once. Run by the proxy. */
export function drawMasks(
  layout: Layout,
  rng: Rng,
): { readonly masks: readonly bigint[]; readonly plaintext: bigint } {
  const masks = layout.map((bits) => randomBits(rng, bits + MASK_BITS));
  return { masks, plaintext: packed(layout, masks) };
}

/** Takes a masked plaintext apart. Run by the cloud. */
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
  assertRoom(publicKey, offsetOf(layout, layout.length), 0);
}

function packed(layout: Layout, values: readonly bigint[]): bigint {
  return values.reduce((sum, value, k) => sum + (value << BigInt(offsetOf(layout, k))), 0n);
}

/** Bits below slot k. */
function offsetOf(layout: Layout, k: number): number {
  return layout.slice(0, k).reduce((sum, bits) => sum + slotBits(bits), 0);
}

function slotBits(bits: number): number {
  return bits + MASK_BITS + GUARD_BITS;
}
