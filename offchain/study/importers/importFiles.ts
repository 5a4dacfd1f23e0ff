/**
 * Two files and a date become a world. The layout of each file is recognised from its header, so
 * that a station file of one layout serves a session file of another. Sessions whose start is on
 * the chosen date are the day; rows of other dates are neither used nor unusable, but a row whose
 * start cannot be read is unusable whatever the day.
 */
import { statSync } from "node:fs";

import {
  readRows,
  SWAPPED,
  swapped,
  UnusableRowError,
  type Numbered,
  type Rows,
} from "./csvValues.ts";
import { layoutOf, readCsv, recordsOf, type CsvRecord, type CsvTable } from "./csv.ts";
import { DUNDEE_SESSIONS, DUNDEE_STATIONS } from "./dundee.ts";
import type { GeoPoint } from "../../core/messages/geography.ts";
import { frameCentre, withinReach } from "../worlds/geography.ts";
import { buildSite, buildTrips } from "./importedDay.ts";
import { ImportError, quoted } from "./importError.ts";
import { dateOf } from "../worlds/localTime.ts";
import { PLAIN_SESSIONS, PLAIN_STATIONS } from "./plainCsv.ts";
import type { SessionLayout, SessionRecord, StationLayout, StationRecord } from "./layout.ts";
import { counted } from "../worlds/counted.ts";
import { seedText, type Seed } from "../worlds/seededRng.ts";
import {
  byStart,
  checkWorld,
  isDate,
  MAX_DURATION_SECONDS,
  type UnusableRow,
  type World,
} from "../worlds/world.ts";

/** The layouts that the importer knows, in the order in which it tries them. */
const STATION_LAYOUTS: readonly StationLayout[] = [DUNDEE_STATIONS, PLAIN_STATIONS];
const SESSION_LAYOUTS: readonly SessionLayout[] = [DUNDEE_SESSIONS, PLAIN_SESSIONS];

export interface ImportRequest {
  readonly stationsPath: string;
  readonly sessionsPath: string;
  /** YYYY-MM-DD; undefined: the earliest date on which a session of the file starts. */
  readonly date: string | undefined;
  readonly seed: Seed;
  /**
   * Where the frame lies, if the stations do not fit one; without it the frame that holds the most
   * of them.
   */
  readonly near?: GeoPoint | undefined;
  /** Told what is being read, and every choice that was made for the user. */
  readonly say?: ((sentence: string) => void) | undefined;
}

/**
 * The world of one day out of a station file and a session file. Same files, date and seed: same
 * world. Throws ImportError with one sentence for a file that is no such table, for a date that is
 * none or has no session (naming the first and the last date in the file), and when not one station
 * or not one session of the day can be used. Run by the market's operator.
 */
export function importWorld(request: ImportRequest): World {
  const seed = seedText(request.seed);
  const stations = readStations(request);
  const day = readDay(request);
  const site = buildSite(valuesOf(stations.usable), stations.unusableIds, seed);
  const trips = buildTrips(day.file, day.usable, site);
  const unusable = inOrder([...day.unusable, ...trips.unusable]);
  refuseNoTrip(request.sessionsPath, day.date, trips.usable, unusable);
  return checkWorld({
    title: day.file,
    date: day.date,
    seed,
    widthM: site.frame.widthM,
    heightM: site.frame.heightM,
    piles: [...site.piles.values()],
    trips: byStart(valuesOf(trips.usable)),
    unusableRows: [...inOrder(stations.unusable), ...unusable],
    otherDayRows: day.otherDayRows,
    attribution: stations.attribution ?? day.attribution,
  });
}

interface Stations extends Rows<StationRecord> {
  readonly unusableIds: ReadonlySet<string>;
  readonly attribution: string | null;
}

interface Day extends Rows<SessionRecord> {
  readonly file: string;
  readonly date: string;
  readonly otherDayRows: number;
  readonly attribution: string | null;
}

function readStations(request: ImportRequest): Stations {
  const path = request.stationsPath;
  const table = tableIn(path, request);
  const layout = layoutOf(table, STATION_LAYOUTS);
  const { records, unusable } = recordsOf(table, layout);
  const read = readRows(table.file, records, layout.read);
  const single = refuseTwice(table.file, read.usable, (station) => station.id, "duplicate station");
  const near = refuseFar(table.file, single.usable, request);
  const refused = [...unusable, ...read.unusable, ...single.unusable, ...near.unusable];
  refuseNoStation(path, near.usable, refused);
  const usableIds = new Set(near.usable.map(({ value }) => value.id));
  const ids = records.map(({ cell }) => cell(layout.idColumn));
  const unusableIds = new Set(ids.filter((id) => !usableIds.has(id)));
  const { attribution } = layout;
  return { usable: near.usable, unusable: refused, unusableIds, attribution };
}

/** A file of this size takes so long that one wants to know what is going on. */
const LONG_BYTES = 2 ** 20;

function tableIn(path: string, { say }: ImportRequest): CsvTable {
  const isLong = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LONG_BYTES;
  if (isLong) say?.(`reading ${path} …`);
  const table = readCsv(path);
  if (isLong) say?.(`${path}: ${table.rows.length} rows`);
  return table;
}

function readDay(request: ImportRequest): Day {
  const { sessionsPath: path, date: wanted } = request;
  if (wanted !== undefined) refuseNoDate(wanted);
  const table = tableIn(path, request);
  const layout = layoutOf(table, SESSION_LAYOUTS);
  const { records, unusable } = recordsOf(table, layout);
  const { file } = table;
  const dated = readRows(file, records, (record) => datedRecord(layout, record));
  const dates = dated.usable.map((row) => row.value.date);
  const date = chooseDate(path, wanted, dates, [...unusable, ...dated.unusable]);
  if (wanted === undefined) request.say?.(chosenDay(date, dates));
  const ofDay = dated.usable.flatMap(({ value }) => (value.date === date ? [value.record] : []));
  const read = readRows(file, ofDay, (record) => lasting(layout.read(record)));
  const single = refuseTwice(file, read.usable, (session) => session.name, "duplicate session");
  const refused = [...unusable, ...dated.unusable, ...read.unusable, ...single.unusable];
  const { attribution } = layout;
  const otherDayRows = dates.length - ofDay.length;
  return { file, date, otherDayRows, usable: single.usable, unusable: refused, attribution };
}

/** Points out which day was taken for the user, and which would be the fullest. */
function chosenDay(date: string, dates: readonly string[]): string {
  const counts = Map.groupBy(dates, (each) => each);
  const rowsOn = (day: string): number => counts.get(day)?.length ?? 0;
  const fullest = [...counts.keys()].reduce((a, b) => (rowsOn(b) > rowsOn(a) ? b : a), date);
  const taken = `the day is ${date}, the first of ${counts.size} (${rowsOn(date)} of ${dates.length} sessions)`;
  const other =
    rowsOn(fullest) > rowsOn(date) ? `; the fullest is --date ${fullest} (${rowsOn(fullest)})` : "";
  return `no --date: ${taken}${other}`;
}

interface DatedRecord {
  readonly date: string;
  readonly record: CsvRecord;
}

function datedRecord(layout: SessionLayout, record: CsvRecord): DatedRecord {
  return { date: dateOf(layout.readStart(record)), record };
}

function lasting(session: SessionRecord): SessionRecord {
  const seconds = session.endAtSeconds - session.startAtSeconds;
  if (seconds < 0) throw new UnusableRowError("end before start");
  if (seconds === 0) throw new UnusableRowError("end equals start");
  if (seconds > MAX_DURATION_SECONDS) throw new UnusableRowError("longer than 31 days");
  return session;
}

function refuseTwice<T>(
  file: string,
  rows: readonly Numbered<T>[],
  keyOf: (value: T) => string,
  reason: string,
): Rows<T> {
  const seen = new Set<string>();
  return readRows(file, rows, ({ value }) => {
    const key = keyOf(value);
    if (seen.has(key)) throw new UnusableRowError(reason, key);
    seen.add(key);
    return value;
  });
}

function refuseFar(
  file: string,
  rows: readonly Numbered<StationRecord>[],
  { near, say }: ImportRequest,
): Rows<StationRecord> {
  const places = rows.map((row) => row.value.place);
  const centre = near ?? frameCentre(places);
  const isNear = (place: GeoPoint): boolean => withinReach(centre, place);
  const read = readRows(file, rows, ({ value }) => {
    if (isNear(value.place)) return value;
    const reason = isNear(swapped(value.place)) ? SWAPPED : "outside the frame";
    throw new UnusableRowError(reason, placeText(value.place));
  });
  const outside = places.filter((place) => !isNear(place) && !isNear(swapped(place)));
  const [first] = outside;
  if (first !== undefined && near === undefined) {
    const others = `${outside.length} of ${rows.length} stations lie elsewhere, e.g. at ${placeText(first)}`;
    say?.(`${file}: the frame is around ${placeText(centre)}; ${others}: choose with --near`);
  }
  return read;
}

function placeText({ latitude, longitude }: GeoPoint): string {
  return `${latitude.toFixed(4)},${longitude.toFixed(4)}`;
}

function refuseNoDate(date: string): void {
  if (isDate(date)) return;
  throw new ImportError("E_IMPORT_DATE", `date: expected YYYY-MM-DD, got ${quoted(date)}`);
}

function chooseDate(
  path: string,
  wanted: string | undefined,
  dates: readonly string[],
  refused: readonly UnusableRow[],
): string {
  const sorted = dates.toSorted();
  const [first] = sorted;
  if (first === undefined) {
    throw new ImportError(
      "E_IMPORT_NO_SESSION",
      `${path}: expected sessions, got no row with a date: ${describeRefused(inOrder(refused))}`,
    );
  }
  if (wanted === undefined || sorted.includes(wanted)) return wanted ?? first;
  throw new ImportError(
    "E_IMPORT_DATE",
    `${path}: expected a date with sessions, from ${first} to ${sorted.at(-1)}, got ${wanted}`,
  );
}

function refuseNoStation(
  path: string,
  usable: readonly unknown[],
  refused: readonly UnusableRow[],
): void {
  if (usable.length > 0) return;
  const got = describeRefused(inOrder(refused));
  throw new ImportError("E_IMPORT_NO_STATION", `${path}: expected a usable station, got ${got}`);
}

function refuseNoTrip(
  path: string,
  date: string,
  usable: readonly unknown[],
  refused: readonly UnusableRow[],
): void {
  if (usable.length > 0) return;
  const message = `${path}: expected a usable session on ${date}, got ${describeRefused(refused)}`;
  throw new ImportError("E_IMPORT_NO_SESSION", message);
}

function describeRefused(rows: readonly UnusableRow[]): string {
  const [first] = rows;
  if (!first) return "no rows";
  const value = first.value === "" ? "" : ` ${quoted(first.value)}`;
  return `${counted(rows.length, "unusable row")}, the first on line ${first.line} (${first.reason}${value})`;
}

function inOrder(rows: readonly UnusableRow[]): readonly UnusableRow[] {
  return rows.toSorted((a, b) => a.line - b.line);
}

function valuesOf<T>(rows: readonly Numbered<T>[]): readonly T[] {
  return rows.map((row) => row.value);
}
