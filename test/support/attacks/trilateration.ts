/**
 * The attacker who gets distances alone, without directions: the paper's defence that "there is
 * only a straight distance". Colluding users know where they are themselves; the victim is where
 * their circles meet. Two circles meet in two points, a third one that is not in line with them
 * chooses.
 */
import type { Place } from "./constellation.ts";

export interface Circle {
  readonly centre: Place;
  readonly radiusM: number;
}

/** Positions are whole metres and distances exact to some 15 digits. */
const TOLERANCE_M = 1e-3;

/**
 * Every place that lies on all circles: one or two, or none. Needs at least two circles around
 * different centres.
 */
export function placesOnCircles([first, second, ...others]: readonly Circle[]): readonly Place[] {
  if (first === undefined || second === undefined) return [];
  return crossings(first, second).filter((place) =>
    others.every(({ centre, radiusM }) => Math.abs(apartM(place, centre) - radiusM) < TOLERANCE_M),
  );
}

/** Along the line of centres by `along`, then to both sides by `aside`. */
function crossings(first: Circle, second: Circle): readonly Place[] {
  const between = apartM(first.centre, second.centre);
  const [ux, uy] = [
    (second.centre.xM - first.centre.xM) / between,
    (second.centre.yM - first.centre.yM) / between,
  ];
  const along = (first.radiusM ** 2 - second.radiusM ** 2 + between ** 2) / (2 * between);
  const aside = Math.sqrt(Math.max(0, first.radiusM ** 2 - along ** 2));
  const sides = aside < TOLERANCE_M ? [0] : [aside, -aside];
  return sides.map((side) => ({
    xM: first.centre.xM + along * ux - side * uy,
    yM: first.centre.yM + along * uy + side * ux,
  }));
}

function apartM(a: Place, b: Place): number {
  return Math.hypot(a.xM - b.xM, a.yM - b.yM);
}
