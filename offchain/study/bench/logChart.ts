/**
 * What charts on logarithmic axes share: the span of an axis, its ticks, the colours of modes, and
 * names at the right ends of lines, moved apart where lines end close to each other.
 */
import { text, type Markish } from "@observablehq/plot";
import { FAINT_INK, INK } from "../figures/plotSvg.ts";

/** The drawing between its margins. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly marginTop: number;
  readonly marginBottom: number;
}

export type Span = readonly [low: number, high: number];

/** Where a line ends, in the units of its vertical axis, and what is written there. */
export interface LineEnd {
  readonly value: number;
  readonly label: string;
  readonly colour: string;
}

const COLOURS = new Map([
  ["strict", "#0072b2"],
  ["paper", "#009e73"],
]);
const LABEL_PX = 12;
/** From the end of a line to its name. */
const LABEL_DX = 10;
/** Names stand at least this far below each other. */
const LABEL_LINE_PX = 16;
/** Room beyond the first and the last value, as a factor. */
const ROOM = 1.35;

export function colourOf(mode: string): string {
  return COLOURS.get(mode) ?? FAINT_INK;
}

/** From a little below the values to a little above; from 1 to 10 for none. */
export function spanOf(values: readonly number[]): Span {
  if (values.length === 0) return [1, 10];
  return [Math.min(...values) / ROOM, Math.max(...values) * ROOM];
}

/** The multiples of powers of ten in a span, by the digits given. */
export function ticksOf([low, high]: Span, digits: readonly number[]): readonly number[] {
  const first = Math.floor(Math.log10(low));
  const count = Math.ceil(Math.log10(high)) - first + 1;
  const ticks = Array.from({ length: count }, (_, k) =>
    digits.map((digit) => digit * 10 ** (first + k)),
  ).flat();
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/**
 * Names at the right edge of the drawing, each of class `label`, at the heights of their lines as
 * far as there is room.
 */
export function endLabels(ends: readonly LineEnd[], span: Span, frame: Frame): readonly Markish[] {
  const heights = apart(
    ends.map(({ value }) => heightOf(value, span, frame)),
    frame.height - frame.marginBottom,
  );
  return ends.map(({ label, colour }, k) =>
    text([label], {
      className: "label",
      frameAnchor: "right",
      y: { value: () => heights[k], scale: null },
      dx: LABEL_DX,
      textAnchor: "start",
      fontSize: LABEL_PX,
      fill: colour,
      stroke: "white",
      strokeWidth: 3,
      text: String,
    }),
  );
}

/** "0.01" is "10 ms", "100" is "100 s". */
export function secondsText(seconds: number): string {
  if (seconds >= 1) return `${seconds.toLocaleString("en-US")} s`;
  return seconds >= 1e-3 ? `${round(seconds * 1e3)} ms` : `${round(seconds * 1e6)} µs`;
}

/** "1,000" */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** Of a horizontal axis; of a vertical one the label is in the ticks. */
export const AXIS = {
  tickSize: 4,
  fontSize: 11,
  fill: INK,
  labelAnchor: "center",
  labelArrow: "none",
  labelOffset: 38,
} as const;

function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** In pixels from the top. */
function heightOf(value: number, [low, high]: Span, frame: Frame): number {
  const { height, marginTop, marginBottom } = frame;
  const share = Math.log(value / low) / Math.log(high / low);
  return marginTop + (height - marginTop - marginBottom) * (1 - share);
}

/** The same heights, as near as they can be without being too close or below `lowest`. */
function apart(heights: readonly number[], lowest: number): readonly number[] {
  const placed = new Array<number>(heights.length).fill(0);
  const fromTop = [...heights.keys()].sort((a, b) => at(heights, a) - at(heights, b));
  let free = -Infinity;
  for (const k of fromTop) {
    placed[k] = Math.max(at(heights, k), free);
    free = at(placed, k) + LABEL_LINE_PX;
  }
  let limit = lowest;
  for (const k of fromTop.toReversed()) {
    placed[k] = Math.min(at(placed, k), limit);
    limit = at(placed, k) - LABEL_LINE_PX;
  }
  return placed;
}

function at(values: readonly number[], k: number): number {
  return values[k] ?? 0;
}
