/**
 * A world is everything that happens to the market in one day: where the charging piles stand and
 * what they ask, and which trips want to charge, when, from where and for how much. It is plain
 * data, the same whether it came out of a scenario or out of files, and it is complete: nothing
 * that runs on a world draws a domain value again. Positions are whole metres east and north of the
 * south-west corner of the frame; money is in token units of 1e-6 token per kWh; times of day are
 * seconds after local midnight.
 */
import { FEATURES, offersOf } from "../../core/messages/features.ts";
import { SECONDS_PER_DAY } from "../../core/messages/lifetimes.ts";

/** Coordinates and largest distances stay below this (metres). */
export const MAX_COORDINATE_M = 2 ** 16 - 1;
/** Prices stay in 1..this, in token units per kWh. */
export const MAX_PRICE_PER_KWH = 2n ** 24n - 1n;
/** A session of more than this is taken for a fault of the record (watt hours). */
export const MAX_ENERGY_WH = 150_000;
export const MAX_POWER_W = 1_000_000;
export const MAX_DURATION_SECONDS = 31 * SECONDS_PER_DAY;
/** One token in token units. */
export const UNITS_PER_TOKEN = 1_000_000n;

/** Whole metres in the frame of the world: east (x) and north (y) of its south-west corner. */
export interface Position {
  readonly xM: number;
  readonly yM: number;
}

/** A charging pile that sells for the whole day, one session at a time. */
export interface WorldPile {
  readonly name: string;
  readonly position: Position;
  readonly powerW: number;
  /** What the pile asks, token units per kWh. */
  readonly pricePerKwh: bigint;
  /** One per entry of FEATURES. */
  readonly offers: readonly boolean[];
}

/** One wish of one vehicle to charge; a vehicle may have several a day. */
export interface WorldTrip {
  readonly name: string;
  readonly vehicle: string;
  readonly position: Position;
  /** The most the driver pays, token units per kWh. */
  readonly maxPricePerKwh: bigint;
  /** The farthest pile the driver accepts, as the crow flies. */
  readonly maxDistanceM: number;
  /** One per entry of FEATURES. */
  readonly needs: readonly boolean[];
  /** Seconds after local midnight of the world's date. */
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly energyWh: number;
}

/** A row of an input file that gave nothing to the world, and why. */
export interface UnusableRow {
  /** Name of the file without its folders. */
  readonly file: string;
  /** Line on which the row starts, the header being line 1. */
  readonly line: number;
  /** A fixed phrase, so that rows can be counted by it. */
  readonly reason: string;
  /** The offending text, shortened; empty where there is none. */
  readonly value: string;
}

export interface World {
  readonly title: string;
  /** YYYY-MM-DD, a local date. */
  readonly date: string;
  readonly seed: string;
  readonly widthM: number;
  readonly heightM: number;
  readonly piles: readonly WorldPile[];
  /** In order of start, then of name. */
  readonly trips: readonly WorldTrip[];
  readonly unusableRows: readonly UnusableRow[];
  /**
   * How many rows of the session file are of other days: neither used nor unusable. A scenario has
   * none.
   */
  readonly otherDayRows?: number;
  /** The sentence that the licence of the input data asks to print. */
  readonly attribution: string | null;
}

export class WorldError extends Error {
  override readonly name = "WorldError";
  readonly code: `E_WORLD_${string}`;

  constructor(code: WorldError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Trips in the order in which a world lists them: by start, then by name. */
export function byStart(trips: readonly WorldTrip[]): readonly WorldTrip[] {
  return trips.toSorted((a, b) => a.startSeconds - b.startSeconds || compareText(a.name, b.name));
}

/** How often each reason occurs in a file; most frequent first. */
export function countByReason(
  rows: readonly UnusableRow[],
): readonly { readonly file: string; readonly reason: string; readonly rows: number }[] {
  const groups = Object.values(Object.groupBy(rows, (row) => `${row.file}\n${row.reason}`));
  return groups
    .flatMap((group) => {
      const first = group?.[0];
      return first ? [{ file: first.file, reason: first.reason, rows: group.length }] : [];
    })
    .toSorted((a, b) => b.rows - a.rows);
}

/**
 * Returns the world unchanged when every value is in its range and every name is unique, so that
 * what runs on it need not look again. Throws WorldError with a code per kind of fault.
 */
export function checkWorld(world: World): World {
  demand(isDate(world.date), "E_WORLD_DATE", "a date YYYY-MM-DD", world.date);
  demand(inRange(world.widthM, 1, MAX_COORDINATE_M), "E_WORLD_FRAME", "a width", world.widthM);
  demand(inRange(world.heightM, 1, MAX_COORDINATE_M), "E_WORLD_FRAME", "a height", world.heightM);
  checkNames(world.piles.map((pile) => pile.name));
  checkNames(world.trips.map((trip) => trip.name));
  for (const pile of world.piles) checkPile(world, pile);
  for (const trip of world.trips) checkTrip(world, trip);
  return world;
}

/** True for 1 to 64 printable characters. A name is never part of a path. */
export function isName(text: string): boolean {
  return /^\P{C}{1,64}$/u.test(text) && text.trim() === text;
}

/** True for a day of the calendar written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function checkPile(world: World, pile: WorldPile): void {
  checkPosition(world, pile.position);
  checkPrice(pile.pricePerKwh);
  demand(inRange(pile.powerW, 1, MAX_POWER_W), "E_WORLD_POWER", "a power in W", pile.powerW);
  const offers = offersOf(pile.powerW).join();
  demand(pile.offers.join() === offers, "E_WORLD_FEATURES", offers, pile.offers.join());
}

function checkTrip(world: World, trip: WorldTrip): void {
  demand(isName(trip.vehicle), "E_WORLD_NAME", "a vehicle's name", trip.vehicle);
  checkPosition(world, trip.position);
  checkPrice(trip.maxPricePerKwh);
  const { maxDistanceM, needs, startSeconds, durationSeconds, energyWh } = trip;
  demand(inRange(maxDistanceM, 0, MAX_COORDINATE_M), "E_WORLD_DISTANCE", "metres", maxDistanceM);
  demand(needs.length === FEATURES.length, "E_WORLD_FEATURES", "a need per feature", needs.length);
  demand(inRange(startSeconds, 0, SECONDS_PER_DAY - 1), "E_WORLD_TIME", "a start", startSeconds);
  const lasts = inRange(durationSeconds, 1, MAX_DURATION_SECONDS);
  demand(lasts, "E_WORLD_TIME", "a duration", durationSeconds);
  demand(inRange(energyWh, 1, MAX_ENERGY_WH), "E_WORLD_ENERGY", "an energy in Wh", energyWh);
}

function checkPosition(world: World, { xM, yM }: Position): void {
  demand(inRange(xM, 0, world.widthM), "E_WORLD_POSITION", "x inside the frame", xM);
  demand(inRange(yM, 0, world.heightM), "E_WORLD_POSITION", "y inside the frame", yM);
}

function checkPrice(pricePerKwh: bigint): void {
  const fits = pricePerKwh >= 1n && pricePerKwh <= MAX_PRICE_PER_KWH;
  demand(fits, "E_WORLD_PRICE", `a price in 1..${MAX_PRICE_PER_KWH}`, pricePerKwh);
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    demand(isName(name) && !seen.has(name), "E_WORLD_NAME", "a unique printable name", name);
    seen.add(name);
  }
}

function demand(
  holds: boolean,
  code: WorldError["code"],
  expected: string,
  got: string | number | bigint,
): void {
  if (!holds) throw new WorldError(code, `checkWorld: expected ${expected}, got ${got}`);
}

function inRange(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

// Code unit order: the same on every machine, unlike a locale's.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
