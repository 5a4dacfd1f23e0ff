/** Numbers of options, and what they may be. */
import { COORDINATE_BITS, DISTANCE_BITS, PRICE_BITS } from "../../offchain/core/messages/domain.ts";
import { InputError } from "./outcome.ts";

export interface Range {
  readonly least: number | bigint;
  readonly most: number | bigint;
  /** In words, unless the option says it: "metres", "token units", … */
  readonly unit?: string;
}

/** Of what records carry. */
export const COORDINATE: Range = { least: 0, most: 2 ** COORDINATE_BITS - 1, unit: "metres" };
export const DISTANCE: Range = { least: 0, most: 2 ** DISTANCE_BITS - 1, unit: "metres" };
export const PRICE: Range = { least: 0, most: 2 ** PRICE_BITS - 1, unit: "token units per kWh" };

/** @throws InputError with option, value and range for a number outside of it */
export function requireWithin(
  option: string,
  value: number | bigint,
  { least, most, unit }: Range,
): void {
  if (value >= least && value <= most) return;
  const range = [`${least} to ${most}`, unit ?? []].flat().join(" ");
  throw new InputError(`--${option}: expected ${range}, got ${value}`);
}
