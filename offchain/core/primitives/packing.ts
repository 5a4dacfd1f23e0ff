/**
 * Several signed numbers in one. A layout cuts a large number into slots of fixed widths; slot k
 * holds v_k, and the numbers of all slots make the one number
 *
 *   P = v_0 + v_1·2^(o_1) + v_2·2^(o_2) + …      o_k = sum of the widths below slot k
 *   pack(v) ± pack(v′) = pack(v ± v′)            slot by slot, and likewise for any number of terms
 *
 * The numbers stay signed: a negative v_k borrows from the slots above it, and unpacking, from the
 * lowest slot up, gives back what was borrowed. So there is no offset to keep count of, and a
 * difference is a difference. A slot is as wide as its value, a guard of g bits for sums of up to
 * 2^g packed numbers, and a sign.
 *
 * Slots share a number as neighbours share a wall. A value beyond its bound is refused where it
 * enters, and a slot beyond its bound where it leaves; but a stray value that comes from elsewhere
 * encrypted may reach its neighbours unseen, so bounds of such values have to be proved before they
 * are packed. Nor is there an empty slot: it would read as 0, and a sum would show there the other
 * operand in the clear. A layout takes exactly as many values as it has slots, and a group that is
 * short is filled by repeating what it has (`fillGroups`).
 */

/** As many as the largest plaintext has. */
const MAX_BITS = 5_000;
const MAX_GUARD_BITS = 32;

type PackingErrorCode = "E_LAYOUT" | "E_SLOT_COUNT" | "E_SLOT_RANGE" | "E_TERMS";

export class PackingError extends Error {
  override readonly name = "PackingError";
  readonly code: PackingErrorCode;

  constructor(code: PackingErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * |value| < 2^valueBits before sums; the slot begins `offset` bits above the lowest and is `width`
 * wide.
 */
export interface Slot {
  readonly offset: number;
  readonly width: number;
  readonly valueBits: number;
}

/**
 * Slots from the lowest up, built by `recordLayout` and `groupLayout`. Every packed number and
 * every sum of up to 2^guardBits of them is below 2^magnitudeBits in magnitude: the bits to encode
 * and decode with.
 */
export interface SlotLayout {
  readonly slots: readonly Slot[];
  readonly guardBits: number;
  readonly bits: number;
  readonly magnitudeBits: number;
}

/** `count` records of one layout in a row, the first one lowest. */
export interface GroupLayout extends SlotLayout {
  readonly record: SlotLayout;
  readonly count: number;
}

/**
 * A layout with one slot a value. Choose widths for what the slots hold at the end, masks included.
 * @throws PackingError E_LAYOUT unless there is at least one slot, each of 1 to 5,000 bits, and the
 *   guard has from 0 to 32.
 */
export function recordLayout(valueBits: readonly number[], guardBits: number): SlotLayout {
  const slotsFit = valueBits.length > 0 && valueBits.every((bits) => isWholeIn(bits, 1, MAX_BITS));
  if (!slotsFit || !isWholeIn(guardBits, 0, MAX_GUARD_BITS)) {
    const expected = `slots of 1 to ${MAX_BITS} bits and a guard of 0 to ${MAX_GUARD_BITS}`;
    throw new PackingError("E_LAYOUT", `recordLayout: expected ${expected}, got another`);
  }
  return layoutOf(valueBits, guardBits);
}

/**
 * `count` records in one plaintext.
 * @throws PackingError E_LAYOUT unless `count` is from 1 to 5,000.
 */
export function groupLayout(record: SlotLayout, count: number): GroupLayout {
  assertGroupSize("groupLayout", count);
  const valueBits = record.slots.map((slot) => slot.valueBits);
  const whole = layoutOf(Array.from({ length: count }, () => valueBits).flat(), record.guardBits);
  return Object.freeze({ ...whole, record, count });
}

/**
 * How many records a number of `magnitudeBits` holds, 0 if none: `signedBits` of a key for its
 * plaintexts.
 */
export function recordsThatFit(record: SlotLayout, magnitudeBits: number): number {
  return Math.max(0, Math.floor((magnitudeBits + 1) / record.bits));
}

/**
 * P, one value a slot; it is negative if its highest value other than 0 is.
 * @throws PackingError E_SLOT_COUNT unless there are as many values as slots, E_SLOT_RANGE unless
 *   every |value| < 2^valueBits of its slot.
 */
export function packPlain(layout: SlotLayout, values: readonly bigint[]): bigint {
  assertCount("packPlain", layout.slots.length, values.length);
  return layout.slots.reduceRight((packed, slot, k) => {
    const value = values[k] ?? 0n;
    assertSlot("packPlain", slot, value, 1);
    return (packed << BigInt(slot.width)) + value;
  }, 0n);
}

/**
 * The values of a sum of up to `terms` packed numbers, differences counted as sums.
 * @throws PackingError E_TERMS unless `terms` is from 1 to 2^guardBits; E_SLOT_RANGE if a slot
 *   holds more than `terms` of its values can sum up to, or the number more than its slots.
 */
export function unpackSigned(layout: SlotLayout, packed: bigint, terms: number): readonly bigint[] {
  assertTerms(layout, terms);
  let rest = packed;
  const values = layout.slots.map((slot) => {
    const value = BigInt.asIntN(slot.width, rest);
    assertSlot("unpackSigned", slot, value, terms);
    rest = (rest - value) >> BigInt(slot.width);
    return value;
  });
  if (rest === 0n) return values;
  throw new PackingError("E_SLOT_RANGE", "unpackSigned: expected a number within its slots");
}

/** As `unpackSigned`, the values of one record together. Errors as there. */
export function unpackRecords(
  group: GroupLayout,
  packed: bigint,
  terms: number,
): ReadonlyArray<readonly bigint[]> {
  const values = unpackSigned(group, packed, terms);
  const size = group.record.slots.length;
  return Array.from({ length: group.count }, (_, k) => values.slice(k * size, (k + 1) * size));
}

/** @throws PackingError E_SLOT_COUNT */
function assertCount(fn: string, expected: number, got: number): void {
  if (expected === got) return;
  throw new PackingError("E_SLOT_COUNT", `${fn}: expected ${expected} for the slots, got ${got}`);
}

function assertGroupSize(fn: string, count: number): void {
  if (isWholeIn(count, 1, MAX_BITS)) return;
  throw new PackingError("E_LAYOUT", `${fn}: expected 1 to ${MAX_BITS} records, got ${count}`);
}

function isWholeIn(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function layoutOf(valueBits: readonly number[], guardBits: number): SlotLayout {
  let bits = 0;
  const slots = valueBits.map((slotBits) => {
    const slot = { offset: bits, width: slotBits + guardBits + 1, valueBits: slotBits };
    bits += slot.width;
    return Object.freeze(slot);
  });
  return Object.freeze({ slots, guardBits, bits, magnitudeBits: bits - 1 });
}

/** |value| ≤ terms·(2^valueBits − 1), which leaves the slot's sign bit alone. */
function assertSlot(fn: string, { valueBits, offset }: Slot, value: bigint, terms: number): void {
  const bound = BigInt(terms) * ((1n << BigInt(valueBits)) - 1n);
  if (value >= -bound && value <= bound) return;
  const expected = `${terms} of ${valueBits} bits in the slot at ${offset}`;
  throw new PackingError("E_SLOT_RANGE", `${fn}: expected ${expected}, got more`);
}

function assertTerms({ guardBits }: SlotLayout, terms: number): void {
  if (isWholeIn(terms, 1, 2 ** guardBits)) return;
  const expected = `1 to ${2 ** guardBits} terms`;
  throw new PackingError("E_TERMS", `unpackSigned: expected ${expected}, got ${terms}`);
}
