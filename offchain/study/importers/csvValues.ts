/**
 * Cells of a file turned into values, each with the range in which it is believed. A cell that
 * holds no such value throws UnusableRowError, and `readRows` turns that into a listed row: one bad
 * cell costs its row, never the file. Numbers are what programs print, decimals with a point and
 * perhaps an exponent, with all their digits; a comma or a unit is not guessed at. Reasons end with
 * an example of what is expected.
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
import type { GeoPoint } from "../../core/messages/geography.ts";

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

/**
 * A place: degrees north, -85..85 (no plane frame exists at the poles), and degrees east,
 * -180..180. 0, 0 stands in files for a place that nobody knows.
 */
export function placeCells(latitude: string, longitude: string): GeoPoint {
  const place = {
    latitude: degrees(latitude, "latitude"),
    longitude: degrees(longitude, "longitude"),
  };
  if (place.latitude === 0 && place.longitude === 0) throw new UnusableRowError("position 0, 0");
  if (isPlace(place)) return place;
  const text = `${latitude}, ${longitude}`;
  if (isPlace(swapped(place))) throw new UnusableRowError(SWAPPED, text);
  const what = Math.abs(place.latitude) > MOST_LATITUDE ? "latitude" : "longitude";
  throw new UnusableRowError(`implausible ${what}`, text);
}

/** The place that is meant if latitude and longitude stand in each other's column. */
export function swapped({ latitude, longitude }: GeoPoint): GeoPoint {
  return { latitude: longitude, longitude: latitude };
}

/** Why a place is none whose two numbers make one the other way round. */
export const SWAPPED = "latitude and longitude swapped?";

/** Kilowatts on the page, whole watts in the world, 1 W to 1 MW. */
export function powerCell(text: string): number {
  const powerW = Math.round(decimal(text, "power") * 1000);
  if (powerW < 1 || powerW > MAX_POWER_W) {
    throw new UnusableRowError("implausible power, expected 0.001 to 1000 kW", text);
  }
  return powerW;
}

/** Kilowatt hours on the page, whole watt hours in the world; more than 150 kWh is no session. */
export function energyCell(text: string): number {
  const energyWh = Math.round(decimal(text, "energy") * 1000);
  if (energyWh === 0) throw new UnusableRowError("zero energy");
  if (energyWh < 0) throw new UnusableRowError("negative energy", text);
  if (energyWh > MAX_ENERGY_WH)
    throw new UnusableRowError("implausible energy, above 150 kWh", text);
  return energyWh;
}

/** Tokens per kWh, as token units, to the nearest of them; free charging is no sale. */
export function priceCell(text: string): bigint {
  const units = Math.round(decimal(text, "price") * Number(UNITS_PER_TOKEN));
  if (units < 1 || units > Number(MAX_PRICE_PER_KWH)) {
    throw new UnusableRowError("price outside 0.000001 to 16.777215", text);
  }
  return BigInt(units);
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

const MOST_LATITUDE = 85;
const MOST_LONGITUDE = 180;

function isPlace({ latitude, longitude }: GeoPoint): boolean {
  return Math.abs(latitude) <= MOST_LATITUDE && Math.abs(longitude) <= MOST_LONGITUDE;
}

function degrees(text: string, what: "latitude" | "longitude"): number {
  if (text === "") throw new UnusableRowError("no position");
  return decimal(text, what);
}

/** What a cell should look like, for the reasons. */
const EXAMPLES = {
  latitude: "56.462",
  longitude: "-2.9707",
  power: "22",
  energy: "12.5",
  price: "0.45",
  distance: "900",
} as const;
/** Every number that programs print; it is finite with an exponent of two digits. */
const DECIMAL = /^[+-]?(?:\d{1,40}(?:\.\d{0,110})?|\.\d{1,110})(?:e[+-]?\d{1,2})?$/i;

function decimal(text: string, what: keyof typeof EXAMPLES): number {
  if (text === "") throw new UnusableRowError(`${what} is blank`);
  if (DECIMAL.test(text)) return Number(text);
  const comma = DECIMAL.test(text.replace(",", "."));
  const fault = comma ? `decimal comma in ${what}` : `malformed ${what}`;
  throw new UnusableRowError(`${fault}, not like ${EXAMPLES[what]}`, text);
}
