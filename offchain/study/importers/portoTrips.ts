/**
 * The layout of the taxi trips of Porto (ECML/PKDD 2015): one row a trip, with a JSON list of
 * [longitude, latitude] every 15 seconds. A trip becomes a track in whole metres; the frame lies
 * around the city, and a trip that leaves the city is unusable, as is one whose source says that
 * points are missing. A taxi exists only while a trip runs. These are taxis and no electric cars:
 * where and how people drive in a city is what they are here for. Other tracks in this layout are
 * read as well, and not taken for those of Porto.
 */
import { nameCell, readRows, UnusableRowError } from "./csvValues.ts";
import { layoutOf, readCsv, recordsOf, type CsvLayout, type CsvRecord } from "./csv.ts";
import type { GeoPoint } from "../../core/messages/geography.ts";
import { frameAround, medianPoint, project, withinReach } from "../worlds/geography.ts";
import { ImportError } from "./importError.ts";
import { countByReason, type Position, type UnusableRow } from "../worlds/world.ts";

/** From one point of a trip to the next. */
export const PORTO_INTERVAL_SECONDS = 15;

/**
 * A trip that goes farther from the median of all points, east-west or north-south, leaves the city
 * (metres).
 */
const CITY_REACH_M = 10_000;

/** Middle of the city, and the year of the data set in unix seconds: July 2013 to June 2014. */
const PORTO: GeoPoint = { latitude: 41.15, longitude: -8.61 };
const PORTO_YEAR = [1_372_630_000, 1_404_260_000] as const;

/** What the licence of the data set asks to print. */
const PORTO_ATTRIBUTION =
  "Data: Taxi Service Trajectory, ECML PKDD 2015, UCI Machine Learning Repository, doi:10.24432/C55W25, CC BY 4.0.";

const PORTO_TRIPS: CsvLayout = {
  name: "Porto",
  required: ["TRIP_ID", "TAXI_ID", "TIMESTAMP", "MISSING_DATA", "POLYLINE"],
  optional: [],
};

/** A trip on the plane. */
export interface TaxiTrack {
  readonly vehicle: string;
  /** Unix seconds of the first place. */
  readonly startSeconds: number;
  /** PORTO_INTERVAL_SECONDS from each to the next; at least one. */
  readonly places: readonly Position[];
}

export interface TaxiTracks {
  /** Name of the file without its folders. */
  readonly file: string;
  /** What the licence of the data set asks to print; null where the trips are of other data. */
  readonly attribution: string | null;
  readonly tracks: readonly TaxiTrack[];
  readonly unusableRows: readonly UnusableRow[];
}

/**
 * The tracks of a file. Throws ImportError: all that `readCsv` throws, E_CSV_COLUMNS for another
 * layout, and E_IMPORT_NO_TRIP if no row can be used.
 */
export function readPortoTrips(path: string): TaxiTracks {
  const table = readCsv(path);
  const { records, unusable } = recordsOf(table, layoutOf(table, [PORTO_TRIPS]));
  const read = readRows(table.file, records, readTrip);
  const centre = medianPoint(read.usable.flatMap(({ value }) => value.points));
  const near = readRows(table.file, read.usable, ({ value }) => nearCentre(centre, value));
  const trips = near.usable.map(({ value }) => value);
  const unusableRows = [...unusable, ...read.unusable, ...near.unusable];
  if (trips.length === 0) throw noTrip(path, unusableRows);
  const points = trips.flatMap((trip) => trip.points);
  const frame = frameAround(centre, points);
  const tracks = trips.map(({ points: of, ...trip }) => ({
    ...trip,
    places: of.map((point) => project(frame, point)),
  }));
  const attribution = isOfPorto(centre, trips) ? PORTO_ATTRIBUTION : null;
  return { file: table.file, attribution, tracks, unusableRows };
}

/** Other people's trips may have the same columns: the data set's are of its city and its year. */
function isOfPorto(centre: GeoPoint, trips: readonly Trip[]): boolean {
  const [from, to] = PORTO_YEAR;
  const inYear = trips.every(({ startSeconds: at }) => at >= from && at < to);
  return inYear && withinReach(PORTO, centre, CITY_REACH_M);
}

interface Trip {
  readonly vehicle: string;
  readonly startSeconds: number;
  readonly points: readonly GeoPoint[];
}

function readTrip({ cell }: CsvRecord): Trip {
  if (cell("MISSING_DATA").toLowerCase() === "true") throw new UnusableRowError("missing points");
  return {
    vehicle: nameCell(cell("TAXI_ID"), "taxi"),
    startSeconds: secondsCell(cell("TIMESTAMP")),
    points: polylineCell(cell("POLYLINE")),
  };
}

function secondsCell(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new UnusableRowError("malformed timestamp", text);
  return Number(text);
}

function polylineCell(text: string): readonly GeoPoint[] {
  const points = parsed(text);
  if (!Array.isArray(points)) throw new UnusableRowError("malformed polyline", text);
  if (points.length === 0) throw new UnusableRowError("no position");
  return points.map(pointOf);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function pointOf(point: unknown): GeoPoint {
  const [longitude, latitude] = listOf(point);
  const isPoint = typeof longitude === "number" && typeof latitude === "number";
  if (!isPoint) throw new UnusableRowError("malformed polyline", JSON.stringify(point));
  if (Math.abs(latitude) > 85 || Math.abs(longitude) > 180) {
    throw new UnusableRowError("implausible position", `${longitude}, ${latitude}`);
  }
  return { latitude, longitude };
}

function nearCentre(centre: GeoPoint, trip: Trip): Trip {
  if (trip.points.every((point) => withinReach(centre, point, CITY_REACH_M))) return trip;
  throw new UnusableRowError("far from all others", trip.vehicle);
}

function noTrip(path: string, rows: readonly UnusableRow[]): ImportError {
  const [most] = countByReason(rows);
  const why = most === undefined ? "no rows" : `${rows.length} rows without one (${most.reason})`;
  return new ImportError("E_IMPORT_NO_TRIP", `${path}: expected a usable trip, got ${why}`);
}
