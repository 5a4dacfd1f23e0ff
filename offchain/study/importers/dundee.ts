/**
 * The layout of the open data set "Electric Vehicle Charging Sessions Dundee" of Dundee City
 * Council: a file of charge points (`cp-locations.csv`) and a file of sessions, joined by CP ID.
 * The place names in the two files are not spelled alike and are not used. Charge points of every
 * kind of access take part, those for council vehicles too: a pile that stands idle while its owner
 * is away is what a sharing market is for, and the access column is free text in which hours and
 * access are mixed; for the same reason opening hours are not applied. Powers are the nominal ones
 * of the three types. Charging was free, so there is no price in these files.
 */
import { energyCell, nameCell, placeCells, UnusableRowError } from "./csvValues.ts";
import type { CsvRecord } from "./csv.ts";
import { localSeconds } from "../worlds/localTime.ts";
import type { SessionLayout, SessionRecord, StationLayout, StationRecord } from "./layout.ts";

/** What the licence of the data set asks to print. */
export const DUNDEE_ATTRIBUTION =
  "Contains Dundee City Council data licensed under the Open Government Licence v3.0.";

/** Nominal power of each value of the Type column, in watts. */
const DUNDEE_POWER_W: ReadonlyMap<string, number> = new Map([
  ["slow", 7_000],
  ["fast", 22_000],
  ["rapid", 50_000],
]);

/** The file of charge points. */
export const DUNDEE_STATIONS: StationLayout = {
  name: "Dundee",
  required: ["Latitude", "Longitude", "CP ID", "Type"],
  optional: [],
  attribution: DUNDEE_ATTRIBUTION,
  idColumn: "CP ID",
  read: readStation,
};

/** The file of sessions. */
export const DUNDEE_SESSIONS: SessionLayout = {
  name: "Dundee",
  required: [
    "Charging event",
    "User ID",
    "CP ID",
    "Start Date",
    "Start Time",
    "End Date",
    "End Time",
    "Total kWh",
  ],
  optional: ["Site"],
  attribution: DUNDEE_ATTRIBUTION,
  readStart,
  read: readSession,
};

function readStation({ cell }: CsvRecord): StationRecord {
  const id = nameCell(cell("CP ID"), "charge point id");
  if (id.toLowerCase() === "unknown") throw new UnusableRowError("charge point id is unknown");
  const powerW = DUNDEE_POWER_W.get(cell("Type").toLowerCase());
  if (powerW === undefined)
    throw new UnusableRowError("unknown type of charge point", cell("Type"));
  const place = placeCells(cell("Latitude"), cell("Longitude"));
  return { id, name: `cp-${id}`, place, powerW, pricePerKwh: undefined };
}

function readStart({ cell }: CsvRecord): number {
  return moment(cell("Start Date"), cell("Start Time"), "start");
}

function readSession(record: CsvRecord): SessionRecord {
  const { cell } = record;
  if (/test site/i.test(cell("Site"))) throw new UnusableRowError("test site");
  const event = nameCell(cell("Charging event"), "charging event");
  return {
    name: `event-${event}`,
    vehicle: vehicleOf(cell("User ID"), event),
    stationId: nameCell(cell("CP ID"), "charge point id"),
    startAtSeconds: readStart(record),
    endAtSeconds: readEnd(record),
    energyWh: energyCell(cell("Total kWh")),
    place: undefined,
    maxPricePerKwh: undefined,
    maxDistanceM: undefined,
  };
}

// Sessions without a card are not taken for one person's.
function vehicleOf(user: string, event: string): string {
  return user === "" ? `no-card-${event}` : `card-${nameCell(user, "user id")}`;
}

function readEnd({ cell }: CsvRecord): number {
  if (cell("End Date") === "" && cell("End Time") === "") throw new UnusableRowError("no end");
  return moment(cell("End Date"), cell("End Time"), "end");
}

function moment(date: string, time: string, what: string): number {
  const day = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(date);
  const at = day ? localSeconds(`${day[3]}-${day[2]}-${day[1]}`, time) : null;
  if (at === null) {
    const reason = `malformed ${what}, not like 10/07/2018 08:15`;
    throw new UnusableRowError(reason, `${date} ${time}`.trim());
  }
  return at;
}
