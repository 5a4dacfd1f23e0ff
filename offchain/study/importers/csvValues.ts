/**
 * Cells of a file turned into values, each with the range in which it is believed. A cell that
 * holds no such value throws UnusableRowError, and `readRows` turns that into a listed row: one bad
 * cell costs its row, never the file. Numbers are plain decimals with a point; an exponent, a comma
 * or a unit is not guessed at.
 */
import { quoted } from "./importError.ts";
import {
  isName,
  MAX_ENERGY_WH,
  MAX_POWER_W,
  MAX_PRICE_PER_KWH,
  UNITS_PER_TOKEN,
  type UnusableRow,
} from "../worlds/world.ts";

/** Why a row gives nothing to the world: a fixed phrase, and the offending text. */
export class UnusableRowError extends Error {
  override readonly name = "UnusableRowError";
  readonly code = "E_ROW_UNUSABLE";
  readonly reason: string;
  readonly value: string;

  constructor(reason: string, value = "") {
    super(value === "" ? reason : `${reason}: ${quoted(value)}`);
    this.reason = reason;
    this.value = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  }
}

/** A value and the line of its row. */
export interface Numbered<T> {
  readonly line: number;
  readonly value: T;
}

/** What could be read of a file, and the rows that could not. */
export interface Rows<T> {
  readonly usable: readonly Numbered<T>[];
  readonly unusable: readonly UnusableRow[];
}

/** Applies `read` to every row; rows that throw UnusableRowError are listed instead. */
export function readRows<R extends { readonly line: number }, T>(
  file: string,
  rows: readonly R[],
  read: (row: R) => T,
): Rows<T> {
  const usable: Numbered<T>[] = [];
  const unusable: UnusableRow[] = [];
  for (const row of rows) {
    try {
      usable.push({ line: row.line, value: read(row) });
    } catch (error) {
      if (!(error instanceof UnusableRowError)) throw error;
      unusable.push({ file, line: row.line, reason: error.reason, value: error.value });
    }
  }
  return { usable, unusable };
}

/** A name that the market can carry (see `isName`). */
export function nameCell(text: string, what: string): string {
  if (text === "") throw new UnusableRowError(`${what} is blank`);
  if (!isName(text)) throw new UnusableRowError(`malformed ${what}`, text);
  return text;
}

/** Degrees north, -90..90 without the poles' own neighbourhood, where no plane frame exists. */
export function latitudeCell(text: string): number {
  return degreesCell(text, "latitude", 85);
}

/** Degrees east, -180..180. */
export function longitudeCell(text: string): number {
  return degreesCell(text, "longitude", 180);
}

/** Kilowatts on the page, whole watts in the world, 1 W to 1 MW. */
export function powerCell(text: string): number {
  const powerW = Math.round(decimal(text, "power") * 1000);
  if (powerW < 1 || powerW > MAX_POWER_W) throw new UnusableRowError("implausible power", text);
  return powerW;
}

/** Kilowatt hours on the page, whole watt hours in the world; more than 150 kWh is no session. */
export function energyCell(text: string): number {
  const energyWh = Math.round(decimal(text, "energy") * 1000);
  if (energyWh === 0) throw new UnusableRowError("zero energy");
  if (energyWh < 0) throw new UnusableRowError("negative energy", text);
  if (energyWh > MAX_ENERGY_WH) throw new UnusableRowError("implausible energy", text);
  return energyWh;
}

/** Tokens per kWh with at most six decimals, as token units; free charging is no sale. */
export function priceCell(text: string): bigint {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw new UnusableRowError("malformed price", text);
  const [, whole = "0", fraction = ""] = match;
  const units = BigInt(whole) * UNITS_PER_TOKEN + BigInt(fraction.padEnd(6, "0"));
  if (units < 1n || units > MAX_PRICE_PER_KWH) {
    throw new UnusableRowError("price outside the market's range", text);
  }
  return units;
}

/** Whole metres from 0 to `most`; a fraction is cut off. */
export function distanceCell(text: string, most: number): number {
  const distanceM = Math.floor(decimal(text, "distance"));
  if (distanceM < 0 || distanceM > most) throw new UnusableRowError("implausible distance", text);
  return distanceM;
}

/** `read` of the cell, or undefined for a blank one. */
export function optionalCell<T>(text: string, read: (text: string) => T): T | undefined {
  return text === "" ? undefined : read(text);
}

function degreesCell(text: string, what: string, most: number): number {
  if (text === "") throw new UnusableRowError("no position");
  const degrees = decimal(text, what);
  if (Math.abs(degrees) > most) throw new UnusableRowError(`implausible ${what}`, text);
  return degrees;
}

function decimal(text: string, what: string): number {
  if (text === "") throw new UnusableRowError(`${what} is blank`);
  if (!/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)) {
    throw new UnusableRowError(`malformed ${what}`, text);
  }
  return Number(text);
}
