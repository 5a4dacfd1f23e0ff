/** Numbers of options, and what they may be. */
import { COORDINATE_BITS, DISTANCE_BITS, PRICE_BITS } from "../../offchain/core/messages/domain.ts";
import { InputError } from "./outcome.ts";
import { MOST_UNITS, MOST_WH } from "./widths.ts";

export interface Range {
  readonly least: number | bigint;
  /** None where nothing but its type limits it. */
  readonly most?: number | bigint;
  /** In words, unless the option says it: "metres", "token units", … */
  readonly unit?: string;
}

/** Of what records carry. */
export const COORDINATE: Range = { least: 0, most: 2 ** COORDINATE_BITS - 1, unit: "metres" };
export const DISTANCE: Range = { least: 0, most: 2 ** DISTANCE_BITS - 1, unit: "metres" };
export const PRICE: Range = { least: 0, most: 2 ** PRICE_BITS - 1, unit: "token units per kWh" };
/** Of the chain. */
export const AMOUNT: Range = { least: 0, most: MOST_UNITS, unit: "token units" };
export const STAKE: Range = { ...AMOUNT, least: 1 };
/** A price or a distance that stands on chain itself, and in no record. */
export const PUBLIC_PRICE: Range = { least: 0, most: 2n ** 64n - 1n, unit: "token units per kWh" };
export const PUBLIC_DISTANCE: Range = { least: 0, most: 2 ** 32 - 1, unit: "metres" };
export const PUBLIC_POWER: Range = { least: 1, most: 2 ** 32 - 1, unit: "W" };
export const REGISTER: Range = { least: 0, most: MOST_WH, unit: "Wh" };

/** @throws InputError with option, value and range for a number outside of it */
export function requireWithin(
  option: string,
  value: number | bigint,
  { least, most, unit }: Range,
): void {
  if (value >= least && (most === undefined || value <= most)) return;
  const range = most === undefined ? `at least ${least}` : `${least} to ${most}`;
  const expected = [range, unit ?? []].flat().join(" ");
  throw new InputError(`--${option}: expected ${expected}, got ${value}`);
}

/**
 * The whole number that `--option` gives, for options that mean something else without one.
 * @throws InputError for another text, and as `requireWithin`
 */
export function numberNamed(option: string, text: string, range: Range): bigint {
  if (!/^[0-9]{1,40}$/.test(text)) {
    throw new InputError(`--${option}: expected a whole number, got "${text}"`);
  }
  const value = BigInt(text);
  requireWithin(option, value, range);
  return value;
}
