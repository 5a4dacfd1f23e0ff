/**
 * The day of a world cut into time slots of equal length. An auction covers one area and one slot,
 * and a pile serves one session a slot; a trip belongs to the slot in which it starts, however long
 * it lasts.
 */
import { SECONDS_PER_DAY } from "../../core/messages/lifetimes.ts";
import { byStart, type World, type WorldTrip } from "./world.ts";

export interface Slot {
  /** 0 for the slot that starts at local midnight. */
  readonly index: number;
  readonly startSeconds: number;
  /** The first second that is no longer in the slot. */
  readonly endSeconds: number;
  /** In order of start, then of name; never empty. */
  readonly trips: readonly WorldTrip[];
}

export class SlotError extends Error {
  override readonly name = "SlotError";
  readonly code = "E_SLOT_HOURS";
}

/**
 * The slots of `slotHours` hours in which at least one trip of the world starts, in order of time.
 * Throws SlotError unless slotHours is one of 1, 2, 3, 4, 6, 8, 12 and 24. Run by whoever runs a
 * day of the market.
 */
export function slotsOfDay(world: World, slotHours: number): readonly Slot[] {
  requireSlotHours(slotHours);
  const slotSeconds = slotHours * 3600;
  const count = SECONDS_PER_DAY / slotSeconds;
  const slots = Array.from({ length: count }, (_, index) => slotAt(world, index, slotSeconds));
  return slots.filter((slot) => slot.trips.length > 0);
}

/** Throws SlotError unless slotHours is one of 1, 2, 3, 4, 6, 8, 12 and 24. */
export function requireSlotHours(slotHours: number): void {
  if (Number.isInteger(slotHours) && slotHours >= 1 && 24 % slotHours === 0) return;
  throw new SlotError(`slotsOfDay: expected hours that divide 24, got ${slotHours}`);
}

function slotAt(world: World, index: number, slotSeconds: number): Slot {
  const startSeconds = index * slotSeconds;
  const endSeconds = startSeconds + slotSeconds;
  const starts = ({ startSeconds: at }: WorldTrip): boolean =>
    at >= startSeconds && at < endSeconds;
  return { index, startSeconds, endSeconds, trips: byStart(world.trips.filter(starts)) };
}
