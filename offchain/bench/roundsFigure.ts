/**
 * Rounds as lines over their pairs, both axes logarithmic: a line for each mode and number of cores, so that equal slopes
 * are equal growth and equal distances equal ratios. The faithful implementation of the paper on the peer is the dashed
 * line, drawn on from the few pairs that were timed.
 */
import { axisX, axisY, dot, gridX, gridY, line, text, type Markish } from "@observablehq/plot";
import { FAINT_INK, GRID, INK, plotSvg } from "../figures/plotSvg.ts";
import { threeDigits } from "./numbers.ts";
import type { RoundRow } from "./report.ts";

const WIDTH_PX = 880;
const HEIGHT_PX = 460;
const LEFT_PX = 76;
const RIGHT_PX = 190;
const LABEL_PX = 12;
/** Labels at the ends of lines stand at least this far from each other. */
const LABEL_LINE_PX = 16;
const BOTTOM_PX = 52;
const TOP_PX = 16;
/** The peer's line, of which one point was measured. */
const PEER = "paillier-bigint";
const COLOURS = new Map([
  ["strict", "#0072b2"],
  ["masked", "#d55e00"],
  ["paper", "#009e73"],
  [PEER, FAINT_INK],
]);

interface Point {
  readonly series: string;
  readonly mode: string;
  readonly pairs: number;
  readonly seconds: number;
}

/** The chart as the text of an SVG file: a line of class `series` for each mode and number of cores. */
export function roundsFigure(rows: readonly RoundRow[]): string {
  const points = [...measured(rows), ...peerLine(rows)];
  return plotSvg({
    title: "Full rounds of matching",
    subtitle:
      rows.length === 0
        ? "Nothing was measured."
        : "Seconds against compared pairs, both logarithmic · at the lines: pairs per second in the largest round",
    footnote: null,
    description:
      "Line chart of the time that rounds of matching take, by mode and number of pairs.",
    plot: {
      width: WIDTH_PX,
      height: HEIGHT_PX,
      marginLeft: LEFT_PX,
      marginRight: RIGHT_PX,
      marginTop: TOP_PX,
      marginBottom: BOTTOM_PX,
      x: { type: "log", domain: spanOf(points.map(({ pairs }) => pairs)), axis: null },
      y: { type: "log", domain: spanOf(points.map(({ seconds }) => seconds)), axis: null },
      marks: points.length === 0 ? [] : [...groundMarks(points), ...lineMarks(points)],
    },
  });
}

function measured(rows: readonly RoundRow[]): readonly Point[] {
  const sizes = Map.groupBy(
    rows.filter(({ mode }) => mode !== PEER),
    ({ mode, cores }) => `${mode}${cores === 1 ? "" : `, ${cores} cores`}`,
  );
  return [...sizes].flatMap(([series, own]) =>
    own.length < 2 ? [] : own.map(({ mode, pairs, seconds }) => ({ series, mode, pairs, seconds })),
  );
}

/** From the fewest pairs of the others to the most, at the speed that was measured. */
function peerLine(rows: readonly RoundRow[]): readonly Point[] {
  const peer = rows.find(({ mode }) => mode === PEER);
  const pairs = measured(rows).map((point) => point.pairs);
  if (peer === undefined || pairs.length === 0) return [];
  return [Math.min(...pairs), Math.max(...pairs)].map((count) => ({
    series: PEER,
    mode: PEER,
    pairs: count,
    seconds: count / peer.pairsPerSecond,
  }));
}

function spanOf(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [1, 10];
  return [Math.min(...values) / 1.3, Math.max(...values) * 1.3];
}

function decadesOf(values: readonly number[]): readonly number[] {
  const [low, high] = spanOf(values);
  const first = Math.ceil(Math.log10(low));
  return Array.from(
    { length: Math.floor(Math.log10(high)) - first + 1 },
    (_, k) => 10 ** (first + k),
  );
}

/** 1, 2 and 5 times the powers of ten. */
function countsOf(values: readonly number[]): readonly number[] {
  const [low, high] = spanOf(values);
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first }, (_, k) => first + k);
  const counts = decades.flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  return counts.filter((count) => count >= low && count <= high);
}

function groundMarks(points: readonly Point[]): readonly Markish[] {
  const [xs, ys] = [points.map(({ pairs }) => pairs), points.map(({ seconds }) => seconds)];
  const axis = { tickSize: 4, fontSize: 11 } as const;
  return [
    gridX(countsOf(xs), { stroke: GRID, strokeOpacity: 1 }),
    gridY(decadesOf(ys), { stroke: GRID, strokeOpacity: 1 }),
    axisX(countsOf(xs), {
      ...axis,
      label: "compared pairs",
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: (count: number) => count.toLocaleString("en-GB"),
    }),
    axisY(decadesOf(ys), { ...axis, label: null, tickFormat: secondsText }),
  ];
}

/** 0.01 is "10 ms", 100 is "100 s". */
function secondsText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1_000)} ms` : `${seconds} s`;
}

function lineMarks(points: readonly Point[]): readonly Markish[] {
  const colour = ({ mode }: Point): string => COLOURS.get(mode) ?? INK;
  const series = [...Map.groupBy(points, (point) => point.series).values()];
  return [
    ...series.map((own) => line(own, styleOf(own, colour))),
    dot(
      points.filter(({ mode }) => mode !== PEER),
      { x: "pairs", y: "seconds", r: 3.5, fill: colour },
    ),
    ...labelMarks(series, points, colour),
  ];
}

function styleOf(own: readonly Point[], colour: (point: Point) => string) {
  const [first] = own;
  const dashed = first?.mode === PEER ? "2,4" : first?.series.includes("cores") ? "6,3" : "none";
  return {
    className: "series",
    x: "pairs",
    y: "seconds",
    stroke: first === undefined ? INK : colour(first),
    strokeWidth: 2,
    strokeDasharray: dashed,
  } as const;
}

/** At the right ends, moved apart where lines end close to each other. */
function labelMarks(
  series: readonly (readonly Point[])[],
  points: readonly Point[],
  colour: (point: Point) => string,
): readonly Markish[] {
  const [low, high] = spanOf(points.map(({ seconds }) => seconds));
  const drawn = HEIGHT_PX - TOP_PX - BOTTOM_PX;
  const heightOf = ({ seconds }: Point): number =>
    TOP_PX + drawn * (1 - Math.log(seconds / low) / Math.log(high / low));
  let free = -Infinity;
  const last = series.flatMap((own) => own.slice(-1)).sort((a, b) => heightOf(a) - heightOf(b));
  return last.map((point) => {
    const y = Math.max(heightOf(point), free);
    free = y + LABEL_LINE_PX;
    return text([point], {
      className: "label",
      x: "pairs",
      y: { value: () => y, scale: null },
      dx: 10,
      textAnchor: "start",
      fontSize: LABEL_PX,
      fill: colour(point),
      text: () => `${point.series}: ${threeDigits(point.pairs / point.seconds)}/s`,
    });
  });
}
