/**
 * Degrees and metres. Positions of messages are metres east and north of a corner; people know
 * theirs in degrees. The rule is the local equirectangular one, x = R·cos(φ₀)·Δλ, y = R·Δφ (Snyder,
 * Map Projections: A Working Manual, 1987, section 12). Across 30 km the error of a distance stays
 * below half a percent up to 60° north or south.
 */

/** Degrees on WGS 84; the sphere of the projection has the earth's mean radius. */
export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

/** Metres east and north of a point. */
export interface OffsetM {
  readonly xM: number;
  readonly yM: number;
}

const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/**
 * From one point to another the shorter way round, not rounded.
 * @param parallel φ₀, in degrees of latitude
 */
export function offsetM(from: GeoPoint, to: GeoPoint, parallel: number): OffsetM {
  return {
    xM: radiusAt(parallel) * halfTurn(to.longitude - from.longitude) * RADIANS,
    yM: EARTH_RADIUS_M * (to.latitude - from.latitude) * RADIANS,
  };
}

/** The point that lies there; undoes `offsetM`. @param parallel φ₀, in degrees of latitude */
export function pointAt(from: GeoPoint, { xM, yM }: OffsetM, parallel: number): GeoPoint {
  return {
    latitude: from.latitude + yM / EARTH_RADIUS_M / RADIANS,
    longitude: halfTurn(from.longitude + xM / radiusAt(parallel) / RADIANS),
  };
}

/** The same direction from -180 to below 180 degrees: east of the 180th meridian is west. */
function halfTurn(degrees: number): number {
  return degrees - 360 * Math.floor(degrees / 360 + 0.5);
}

/** Of a parallel, in metres. */
function radiusAt(parallel: number): number {
  return EARTH_RADIUS_M * Math.cos(parallel * RADIANS);
}
