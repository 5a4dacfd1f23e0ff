/** Times and ratios for people: three digits that count, whatever the magnitude. */
import { decimal } from "../figures/textTable.ts";

const DIGITS = 3;
const MOST_DECIMALS = 4;

/**
 * `value` with three significant digits, as decimals from none to four; "–" for what was not
 * measured.
 */
export function threeDigits(value: number | null): string {
  if (value === null) return "–";
  const magnitude = value > 0 ? Math.floor(Math.log10(value)) : 0;
  return decimal(value, Math.min(MOST_DECIMALS, Math.max(0, DIGITS - 1 - magnitude)));
}

/** "12.3×" */
export function times(ratio: number | null): string {
  return ratio === null ? "–" : `${threeDigits(ratio)}×`;
}
