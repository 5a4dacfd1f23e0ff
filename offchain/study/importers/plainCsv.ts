/**
 * A layout of our own for people who bring their files: as few columns as a market can be built
 * from, and optional ones for those who know more. `../README.md` documents it with an example.
 * Times are ISO 8601: 2025-07-10T08:15, with or without seconds, fractions, Z or an offset, a blank
 * in place of the T allowed. A session is of the day and the hour that its start writes.
 */
import {
  distanceCell,
  energyCell,
  nameCell,
  optionalCell,
  placeCells,
  powerCell,
  priceCell,
  UnusableRowError,
} from "./csvValues.ts";
import type { CsvRecord } from "./csv.ts";
import type { GeoPoint } from "../../core/messages/geography.ts";
import { isoLocal, wallMoment, type WallMoment } from "../worlds/localTime.ts";
import type { SessionLayout, SessionRecord, StationLayout, StationRecord } from "./layout.ts";
import { MAX_COORDINATE_M } from "../worlds/world.ts";

/** The file of stations. */
export const PLAIN_STATIONS: StationLayout = {
  name: "plain",
  required: ["name", "latitude", "longitude", "power_kw"],
  optional: ["price_per_kwh"],
  attribution: null,
  idColumn: "name",
  read: readStation,
};

/** The file of sessions. */
export const PLAIN_SESSIONS: SessionLayout = {
  name: "plain",
  required: ["vehicle", "station", "start", "end", "energy_kwh"],
  optional: ["latitude", "longitude", "max_price_per_kwh", "max_distance_m"],
  attribution: null,
  readStart: ({ cell }) => moment(cell("start"), "start").atSeconds,
  read: readSession,
};

function readStation({ cell }: CsvRecord): StationRecord {
  const name = nameCell(cell("name"), "station name");
  return {
    id: name,
    name,
    place: placeCells(cell("latitude"), cell("longitude")),
    powerW: powerCell(cell("power_kw")),
    pricePerKwh: optionalCell(cell("price_per_kwh"), priceCell),
  };
}

function readSession({ cell }: CsvRecord): SessionRecord {
  const vehicle = nameCell(cell("vehicle"), "vehicle");
  const start = moment(cell("start"), "start");
  return {
    name: tripName(vehicle, start),
    vehicle,
    stationId: cell("station"),
    startAtSeconds: start.atSeconds,
    endAtSeconds: onClockOf(start, readEnd(cell("end"))),
    energyWh: energyCell(cell("energy_kwh")),
    place: placeOf(cell("latitude"), cell("longitude")),
    maxPricePerKwh: optionalCell(cell("max_price_per_kwh"), priceCell),
    maxDistanceM: optionalCell(cell("max_distance_m"), maxDistanceCell),
  };
}

function maxDistanceCell(text: string): number {
  return distanceCell(text, MAX_COORDINATE_M);
}

function placeOf(latitude: string, longitude: string): GeoPoint | undefined {
  if (latitude === "" && longitude === "") return undefined;
  return placeCells(latitude, longitude);
}

/** With the offset of the start, where it is said: the clock shows one hour twice a year. */
function tripName(vehicle: string, { atSeconds, aheadSeconds }: WallMoment): string {
  const minutes = aheadSeconds === null ? "" : `${aheadSeconds < 0 ? "" : "+"}${aheadSeconds / 60}`;
  return nameCell(`${vehicle}@${isoLocal(atSeconds)}${minutes}`, "vehicle, with its start");
}

function readEnd(text: string): WallMoment {
  if (text === "") throw new UnusableRowError("no end");
  return moment(text, "end");
}

/** What the clock of the start shows at the end. */
function onClockOf(start: WallMoment, end: WallMoment): number {
  if ((start.aheadSeconds === null) !== (end.aheadSeconds === null)) {
    throw new UnusableRowError("start or end with a zone, the other without");
  }
  return end.atSeconds + (start.aheadSeconds ?? 0) - (end.aheadSeconds ?? 0);
}

function moment(text: string, what: string): WallMoment {
  const at = wallMoment(text);
  if (at === null) throw new UnusableRowError(`malformed ${what}, not like 2025-07-10T08:15`, text);
  return at;
}
