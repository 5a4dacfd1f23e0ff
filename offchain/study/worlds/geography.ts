/**
 * A frame is a rectangle of the plane around a set of stations; a point is projected with the
 * stations' median latitude as φ₀, and rounded to whole metres. The error of a distance is far
 * below what "as the crow flies" already ignores. A frame across the 180° meridian is not
 * supported: stations on its far side count as outside.
 */
import { offsetM, type GeoPoint } from "../../core/messages/geography.ts";
import type { Position } from "./world.ts";

/** A rectangle of the plane, its south-west corner given in metres from the centre point. */
export interface Frame {
  readonly centre: GeoPoint;
  readonly westM: number;
  readonly southM: number;
  readonly widthM: number;
  readonly heightM: number;
}

/** Room around the outermost stations for the drivers' positions (metres). */
export const FRAME_MARGIN_M = 3_000;

/**
 * Stations farther than this from the median, east-west or north-south, are outside (metres): reach
 * and margin on both sides stay below 2^16 m, so that every position fits a coordinate.
 */
export const FRAME_REACH_M = 29_000;

/** The point whose coordinates are the medians; `points` must not be empty. */
export function medianPoint(points: readonly GeoPoint[]): GeoPoint {
  return {
    latitude: median(points.map((point) => point.latitude)),
    longitude: median(points.map((point) => point.longitude)),
  };
}

/**
 * True when a point can be part of a frame around `centre`: at most `reachM` away, east-west and
 * north-south.
 */
export function withinReach(
  centre: GeoPoint,
  point: GeoPoint,
  reachM: number = FRAME_REACH_M,
): boolean {
  const { xM, yM } = offsetM(centre, point, centre.latitude);
  return Math.abs(xM) <= reachM && Math.abs(yM) <= reachM;
}

/**
 * The centre of the frame that holds the most of `points`, which must not be empty: their median if
 * it holds all of them, else the middle of their extremes if that does, else the point around which
 * most of them are.
 */
export function frameCentre(points: readonly GeoPoint[]): GeoPoint {
  const heldBy = (centre: GeoPoint): number =>
    points.filter((point) => withinReach(centre, point)).length;
  const candidates = [medianPoint(points), middlePoint(points), ...points];
  const [first = medianPoint(points), ...others] = candidates;
  let best = { centre: first, held: heldBy(first) };
  for (const centre of others) {
    if (best.held === points.length) break;
    const held = heldBy(centre);
    if (held > best.held) best = { centre, held };
  }
  return best.centre;
}

/** The frame of stations within reach of `centre`, at least one, with the margin on every side. */
export function frameAround(centre: GeoPoint, points: readonly GeoPoint[]): Frame {
  const offsets = points.map((point) => offsetM(centre, point, centre.latitude));
  const [westM, widthM] = spanOf(offsets.map((offset) => offset.xM));
  const [southM, heightM] = spanOf(offsets.map((offset) => offset.yM));
  return { centre, westM, southM, widthM, heightM };
}

/** The point in whole metres from the frame's south-west corner; may lie outside the frame. */
export function project(frame: Frame, point: GeoPoint): Position {
  const { xM, yM } = offsetM(frame.centre, point, frame.centre.latitude);
  return { xM: Math.round(xM - frame.westM), yM: Math.round(yM - frame.southM) };
}

/** True when the position lies in the frame, its edges included. */
export function isInside(frame: Frame, { xM, yM }: Position): boolean {
  return xM >= 0 && yM >= 0 && xM <= frame.widthM && yM <= frame.heightM;
}

/** Distance as the crow flies, in metres, not rounded. */
export function distanceM(a: Position, b: Position): number {
  return Math.hypot(a.xM - b.xM, a.yM - b.yM);
}

function middlePoint(points: readonly GeoPoint[]): GeoPoint {
  const middle = (values: readonly number[]): number => {
    const sorted = values.toSorted((a, b) => a - b);
    return ((sorted[0] ?? 0) + (sorted.at(-1) ?? 0)) / 2;
  };
  return {
    latitude: middle(points.map((point) => point.latitude)),
    longitude: middle(points.map((point) => point.longitude)),
  };
}

function spanOf(values: readonly number[]): readonly [least: number, span: number] {
  const least = Math.floor(values.reduce((a, b) => Math.min(a, b))) - FRAME_MARGIN_M;
  const most = Math.ceil(values.reduce((a, b) => Math.max(a, b))) + FRAME_MARGIN_M;
  return [least, most - least];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (lower + upper) / 2;
}
