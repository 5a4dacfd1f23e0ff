/**
 * A day of records becomes piles and trips. What the files do not hold is drawn (distributions.ts),
 * each value from a stream of its own that is labelled with the pile or the trip: nothing else in
 * the files can change it. What the files do hold is believed: a driver accepted the way to the
 * pile really used, so the largest distance is at least that way; and nobody is said to need a
 * feature that the pile really used did not offer.
 */
import {
  readRows,
  SWAPPED,
  swapped,
  UnusableRowError,
  type Rows,
  type Numbered,
} from "./csvValues.ts";
import {
  drawAsk,
  drawBid,
  drawMetres,
  drawPositionAround,
  needsOfSession,
  type UniformMetres,
} from "../worlds/distributions.ts";
import type { GeoPoint } from "../../core/messages/geography.ts";
import {
  distanceM,
  frameAround,
  isInside,
  medianPoint,
  project,
  type Frame,
} from "../worlds/geography.ts";
import { secondsOfDay } from "../worlds/localTime.ts";
import type { SessionRecord, StationRecord } from "./layout.ts";
import { seededStream, type SeededStream } from "../worlds/seededRng.ts";
import { offersOf } from "../../core/messages/features.ts";
import {
  MAX_COORDINATE_M,
  type Position,
  type WorldPile,
  type WorldTrip,
} from "../worlds/world.ts";

/**
 * What a driver travels beyond the way to the pile really used (metres, uniform). Our own
 * construction.
 */
export const IMPORT_DETOUR: UniformMetres = { least: 500, most: 4_000 };

/** The ground on which a day takes place. */
export interface Site {
  readonly seed: string;
  readonly frame: Frame;
  /** By the id under which sessions name the station. */
  readonly piles: ReadonlyMap<string, WorldPile>;
  /** Ids of stations whose rows could not be used. */
  readonly unusableIds: ReadonlySet<string>;
}

/** The frame and the piles of stations, at least one. */
export function buildSite(
  stations: readonly StationRecord[],
  unusableIds: ReadonlySet<string>,
  seed: string,
): Site {
  const places = stations.map((station) => station.place);
  const frame = frameAround(medianPoint(places), places);
  const piles = new Map(stations.map((station) => [station.id, buildPile(station, frame, seed)]));
  return { seed, frame, piles, unusableIds };
}

/** The trips of sessions; those that have no place on the site are listed as unusable. */
export function buildTrips(
  file: string,
  sessions: readonly Numbered<SessionRecord>[],
  site: Site,
): Rows<WorldTrip> {
  return readRows(file, sessions, ({ value }) => buildTrip(value, site));
}

function buildPile(station: StationRecord, frame: Frame, seed: string): WorldPile {
  const { name, powerW } = station;
  const offers = offersOf(powerW);
  const drawn = drawAsk(seededStream(seed, `pile/${name}/ask`), offers);
  const pricePerKwh = station.pricePerKwh ?? drawn;
  return { name, position: project(frame, station.place), powerW, pricePerKwh, offers };
}

function buildTrip(session: SessionRecord, site: Site): WorldTrip {
  const { name, vehicle, startAtSeconds, energyWh } = session;
  const used = site.piles.get(session.stationId);
  const durationSeconds = session.endAtSeconds - startAtSeconds;
  const needs = needsOf(energyWh, durationSeconds, used);
  const position = driverPosition(session, used, site);
  return {
    name,
    vehicle,
    position,
    maxPricePerKwh: session.maxPricePerKwh ?? drawBid(streamOf(session, site, "bid"), needs),
    maxDistanceM: session.maxDistanceM ?? drawMaxDistance(session, position, used, site),
    needs,
    startSeconds: secondsOfDay(startAtSeconds),
    durationSeconds,
    energyWh,
  };
}

function streamOf(session: SessionRecord, site: Site, what: string): SeededStream {
  return seededStream(site.seed, `trip/${session.name}/${what}`);
}

function needsOf(
  energyWh: number,
  durationSeconds: number,
  used: WorldPile | undefined,
): readonly boolean[] {
  const shown = needsOfSession(energyWh, durationSeconds);
  return shown.map((need, index) => need && (used?.offers[index] ?? true));
}

function driverPosition(session: SessionRecord, used: WorldPile | undefined, site: Site): Position {
  if (session.place) return positionInFrame(session.place, site.frame);
  if (session.stationId === "") throw new UnusableRowError("neither station nor position");
  if (!used) throw new UnusableRowError(whyNoPile(session.stationId, site), session.stationId);
  return drawPositionAround(streamOf(session, site, "position"), used.position);
}

function whyNoPile(stationId: string, { piles, unusableIds }: Site): string {
  if (unusableIds.has(stationId)) return "the row of its charge point is unusable";
  const wanted = stationId.toLowerCase();
  const similar = [...piles.keys()].some((id) => id.toLowerCase() === wanted);
  return similar ? "unknown charge point, spelled in another case" : "unknown charge point";
}

function positionInFrame(place: GeoPoint, frame: Frame): Position {
  const position = project(frame, place);
  if (isInside(frame, position)) return position;
  const turned = isInside(frame, project(frame, swapped(place)));
  const reason = turned ? SWAPPED : "outside the frame";
  throw new UnusableRowError(reason, `${place.latitude}, ${place.longitude}`);
}

function drawMaxDistance(
  session: SessionRecord,
  position: Position,
  used: WorldPile | undefined,
  site: Site,
): number {
  const wayM = used ? Math.ceil(distanceM(position, used.position)) : 0;
  const detourM = drawMetres(streamOf(session, site, "distance"), IMPORT_DETOUR);
  return Math.min(MAX_COORDINATE_M, wayM + detourM);
}
