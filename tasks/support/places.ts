/**
 * Where people say that something is: in metres from the corner of the market's frame, or in
 * degrees where the deployment says where that corner lies.
 */
import { COORDINATE_BITS } from "../../offchain/core/messages/domain.ts";
import {
  offsetM,
  pointAt,
  type GeoPoint,
  type OffsetM,
} from "../../offchain/core/messages/geography.ts";
import type { Deployment } from "../stores/state.ts";
import { InputError } from "./outcome.ts";

export interface PlaceArguments {
  readonly x: number;
  readonly y: number;
  readonly lat: string | undefined;
  readonly lon: string | undefined;
}

type Corner = Deployment["corner"];

/** What a coordinate can be at most, in metres. */
const MOST_M = 2 ** COORDINATE_BITS - 1;
/** Of a degree, a metre or so. */
const SHOWN_DECIMALS = 5;
/** The projection is of no use nearer to a pole. */
const MOST_LATITUDE = 85;

/**
 * Whole metres from the corner.
 * @throws InputError for degrees that are none, or outside the frame, or where nobody knows its
 *   corner
 */
export function placeNamed(corner: Corner, { x, y, lat, lon }: PlaceArguments): OffsetM {
  if (lat === undefined && lon === undefined) return { xM: x, yM: y };
  if (lat === undefined || lon === undefined || x !== 0 || y !== 0) {
    throw new InputError("say where it is once: by --x and --y, or by --lat and --lon");
  }
  if (corner === null) {
    const ways = "say --x and --y, in metres from its corner";
    throw new InputError(`--lat, --lon: this market does not say where its frame lies: ${ways}`);
  }
  return insideFrame(corner, pointNamed("lat, --lon", `${lat},${lon}`));
}

/** The point that `--option` gives as "latitude,longitude". @throws InputError for another text */
export function pointNamed(option: string, text: string): GeoPoint {
  const [, latitude, longitude] =
    /^(-?\d{1,2}(?:\.\d+)?), ?(-?\d{1,3}(?:\.\d+)?)$/.exec(text) ?? [];
  const point = { latitude: Number(latitude), longitude: Number(longitude) };
  if (Math.abs(point.latitude) <= MOST_LATITUDE && Math.abs(point.longitude) <= 180) return point;
  const expected = `degrees as 56.462,-2.9707, the latitude from -${MOST_LATITUDE} to ${MOST_LATITUDE}`;
  throw new InputError(`--${option}: expected ${expected}, got "${text}"`);
}

/** The place as a link that maps open (RFC 5870); null where nobody knows the frame's corner. */
export function geoLink(corner: Corner, place: OffsetM): string | null {
  if (corner === null) return null;
  const { latitude, longitude } = pointAt(corner, place, parallelOf(corner));
  return `geo:${latitude.toFixed(SHOWN_DECIMALS)},${longitude.toFixed(SHOWN_DECIMALS)}`;
}

function insideFrame(corner: GeoPoint, point: GeoPoint): OffsetM {
  const { xM, yM } = offsetM(corner, point, parallelOf(corner));
  const place = { xM: Math.round(xM), yM: Math.round(yM) };
  if (isCoordinate(place.xM) && isCoordinate(place.yM)) return place;
  const at = `${point.latitude}, ${point.longitude}`;
  const frame = `${MOST_M} m east and north of ${corner.latitude}, ${corner.longitude}`;
  throw new InputError(`--lat, --lon: ${at} is outside the market's frame, ${frame}`);
}

function isCoordinate(metres: number): boolean {
  return metres >= 0 && metres <= MOST_M;
}

/** φ₀ is that of the frame's middle. */
function parallelOf(corner: GeoPoint): number {
  return pointAt(corner, { xM: 0, yM: MOST_M / 2 }, corner.latitude).latitude;
}
