/**
 * What every layout of station and session files is reduced to before a world is built from it, and
 * what a layout has to say for itself. A new layout is a value of these two types and nothing else.
 */
import type { CsvLayout, CsvRecord } from "./csv.ts";
import type { GeoPoint } from "../../core/messages/geography.ts";

export interface StationRecord {
  /** The key by which sessions refer to the station. */
  readonly id: string;
  /** The pile's name in the world. */
  readonly name: string;
  readonly place: GeoPoint;
  readonly powerW: number;
  /** Token units per kWh; undefined where the file does not say: then it is drawn. */
  readonly pricePerKwh: bigint | undefined;
}

export interface SessionRecord {
  /** The trip's name in the world; all draws of the trip depend on it and on the seed alone. */
  readonly name: string;
  readonly vehicle: string;
  /** The station that was really used; "" where the file does not say. */
  readonly stationId: string;
  /** Wall-clock seconds since 1970-01-01 00:00 of the clock at the start (localTime.ts). */
  readonly startAtSeconds: number;
  readonly endAtSeconds: number;
  readonly energyWh: number;
  /** Where the driver was; undefined: drawn around the station. */
  readonly place: GeoPoint | undefined;
  readonly maxPricePerKwh: bigint | undefined;
  readonly maxDistanceM: number | undefined;
}

/** A layout of a station file; `read` throws UnusableRowError for a row that is no station. */
export interface StationLayout extends CsvLayout {
  readonly read: (record: CsvRecord) => StationRecord;
  /** The column of the key by which sessions refer to the station. */
  readonly idColumn: string;
  readonly attribution: string | null;
}

/** A layout of a session file; both readers throw UnusableRowError. */
export interface SessionLayout extends CsvLayout {
  /** The moment the session starts: enough to tell the day without reading the rest. */
  readonly readStart: (record: CsvRecord) => number;
  readonly read: (record: CsvRecord) => SessionRecord;
  readonly attribution: string | null;
}
