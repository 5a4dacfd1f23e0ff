/**
 * A layout of our own for people who bring their files: as few columns as a market can be built
 * from, and optional ones for those who know more. `../README.md` documents it with an
 * example. Times are local wall-clock times, YYYY-MM-DDTHH:MM or with seconds, a blank in place of
 * the T allowed, without a zone.
 */
import {
  distanceCell,
  energyCell,
  latitudeCell,
  longitudeCell,
  nameCell,
  optionalCell,
  powerCell,
  priceCell,
  UnusableRowError,
} from "./csvValues.ts";
import type { CsvRecord } from "./csv.ts";
import type { GeoPoint } from "../worlds/geography.ts";
import { isoLocal, localSeconds } from "../worlds/localTime.ts";
import type { SessionLayout, SessionRecord, StationLayout, StationRecord } from "./layout.ts";
import { MAX_COORDINATE_M } from "../worlds/world.ts";

/** The file of stations. */
export const PLAIN_STATIONS: StationLayout = {
  name: "plain",
  required: ["name", "latitude", "longitude", "power_kw"],
  optional: ["price_per_kwh"],
  attribution: null,
  read: readStation,
};

/** The file of sessions. */
export const PLAIN_SESSIONS: SessionLayout = {
  name: "plain",
  required: ["vehicle", "station", "start", "end", "energy_kwh"],
  optional: ["latitude", "longitude", "max_price_per_kwh", "max_distance_m"],
  attribution: null,
  readStart: ({ cell }) => moment(cell("start"), "start"),
  read: readSession,
};

function readStation({ cell }: CsvRecord): StationRecord {
  const name = nameCell(cell("name"), "station name");
  const latitude = latitudeCell(cell("latitude"));
  return {
    id: name,
    name,
    place: { latitude, longitude: longitudeCell(cell("longitude")) },
    powerW: powerCell(cell("power_kw")),
    pricePerKwh: optionalCell(cell("price_per_kwh"), priceCell),
  };
}

function readSession({ cell }: CsvRecord): SessionRecord {
  const vehicle = nameCell(cell("vehicle"), "vehicle");
  const startAtSeconds = moment(cell("start"), "start");
  return {
    name: nameCell(`${vehicle}@${isoLocal(startAtSeconds)}`, "vehicle"),
    vehicle,
    stationId: cell("station"),
    startAtSeconds,
    endAtSeconds: readEnd(cell("end")),
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
  return { latitude: latitudeCell(latitude), longitude: longitudeCell(longitude) };
}

function readEnd(text: string): number {
  if (text === "") throw new UnusableRowError("no end");
  return moment(text, "end");
}

function moment(text: string, what: string): number {
  const [date = "", time = "", ...more] = text.split(/[T ]/);
  const at = more.length === 0 ? localSeconds(date, time) : null;
  if (at === null) throw new UnusableRowError(`malformed ${what}`, text);
  return at;
}
