/**
 * The ground of a map: which part of the plane is shown and how large, the grid with its axes, and
 * the scale bar. A metre is equally long in both directions, and the part shown is what lies around
 * the given positions, whatever the frame of the world.
 */
import { axisX, axisY, frame, gridX, gridY, type Markish } from "@observablehq/plot";

import type { Position, World } from "../worlds/world.ts";
import { FAINT_INK, GRID } from "./plotSvg.ts";

/** The map covers the square of this, whatever its shape. */
const SIDE_PX = 640;
/** The shorter side is at least this part of the longer one, which leaves room for the key. */
const LEAST_ASPECT = 0.5;
/** Room around the outermost marks, as part of the longer side. */
const MARGIN = 0.03;
/** A smaller place is not magnified further (metres). */
const LEAST_EXTENT_M = 100;
const LEAST_STEP_PX = 64;
/** Steps from this on are labelled in kilometres (metres). */
const LEAST_KM_STEP_M = 200;

type Range = readonly [least: number, most: number];

/** A piece of ground and its size on the sheet. */
export interface Panel {
  readonly eastM: Range;
  readonly northM: Range;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pxPerM: number;
  /** From one grid line to the next. */
  readonly stepM: number;
}

/** The ground around the positions; around the whole frame of the world if there are none. */
export function panelAround(
  positions: readonly Position[],
  { widthM, heightM }: Pick<World, "widthM" | "heightM">,
): Panel {
  const corners = [
    { xM: 0, yM: 0 },
    { xM: widthM, yM: heightM },
  ];
  const shown = positions.length > 0 ? positions : corners;
  return panelOf(rangeOf(shown.map(({ xM }) => xM)), rangeOf(shown.map(({ yM }) => yM)));
}

function rangeOf(values: readonly number[]): Range {
  return values.reduce<Range>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}

function panelOf(east: Range, north: Range): Panel {
  const longestM = Math.max(lengthOf(east), lengthOf(north), LEAST_EXTENT_M);
  const [eastM, northM] = [widened(east, longestM), widened(north, longestM)];
  const pxPerM = SIDE_PX / Math.sqrt(lengthOf(eastM) * lengthOf(northM));
  return {
    eastM,
    northM,
    widthPx: lengthOf(eastM) * pxPerM,
    heightPx: lengthOf(northM) * pxPerM,
    pxPerM,
    stepM: roundStep(LEAST_STEP_PX / pxPerM),
  };
}

function lengthOf([least, most]: Range): number {
  return most - least;
}

function widened([least, most]: Range, longestM: number): Range {
  const half = Math.max(most - least, LEAST_ASPECT * longestM) / 2 + MARGIN * longestM;
  const centre = (least + most) / 2;
  return [centre - half, centre + half];
}

/** The least of 1, 2 and 5 times a power of ten that is not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function multiples([least, most]: Range, step: number): readonly number[] {
  const first = Math.ceil(least / step);
  const count = Math.floor(most / step) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}

/** Grid, frame and labelled axes. */
export function groundMarks({ eastM, northM, stepM }: Panel): readonly Markish[] {
  const [eastTicks, northTicks] = [multiples(eastM, stepM), multiples(northM, stepM)];
  const grid = { stroke: GRID, strokeOpacity: 1 };
  const { unit, metres } = unitOf(stepM);
  const axis = {
    tickFormat: (value: number) => String(value / metres),
    tickSize: 4,
    fontSize: 11,
    labelAnchor: "center",
    labelArrow: "none",
  } as const;
  return [
    gridX(eastTicks, grid),
    gridY(northTicks, grid),
    frame({ stroke: FAINT_INK }),
    axisX(eastTicks, { ...axis, label: `east (${unit})`, labelOffset: 38 }),
    axisY(northTicks, { ...axis, label: `north (${unit})`, labelOffset: 46 }),
  ];
}

/** A step in the unit of the axes, such as "0.5 km". */
export function stepText(stepM: number): string {
  const { unit, metres } = unitOf(stepM);
  return `${stepM / metres} ${unit}`;
}

function unitOf(stepM: number): { readonly unit: string; readonly metres: number } {
  return stepM < LEAST_KM_STEP_M ? { unit: "m", metres: 1 } : { unit: "km", metres: 1000 };
}
