/**
 * How the time of a round grows: seconds against compared pairs, both logarithmic, so that equal
 * slopes are equal growth. Dots were measured, lines are fitted through them; the slope of a line
 * is the exponent at its end. The faithful implementation on the peer, of which some pairs were
 * timed, is drawn on as the dashed line.
 */
import { axisX, axisY, dot, gridX, gridY, line, type Markish } from "@observablehq/plot";
import { decimal } from "../figures/textTable.ts";
import { GRID, plotSvg } from "../figures/plotSvg.ts";
import { lineThrough, logarithmsOf } from "./growth.ts";
import {
  AXIS,
  colourOf,
  countText,
  endLabels,
  secondsText,
  spanOf,
  ticksOf,
  type Frame,
  type LineEnd,
  type Span,
} from "./logChart.ts";
import type { RoundRow } from "./benchReport.ts";
import { PEER_MODE } from "./roundRows.ts";

const FRAME: Frame = {
  width: 880,
  height: 480,
  marginLeft: 72,
  marginRight: 220,
  marginTop: 16,
  marginBottom: 52,
};

interface Point {
  readonly pairs: number;
  readonly seconds: number;
}

/** A fitted line between the fewest and the most pairs of all. */
interface Fitted {
  readonly name: string;
  readonly mode: string;
  readonly dashed: boolean;
  readonly exponent: number;
  readonly measured: readonly Point[];
  readonly ends: readonly [Point, Point];
}

/**
 * The chart as the text of an SVG file: a line of class `fit` and dots for each mode and number of
 * cores.
 */
export function growthFigure(rows: readonly RoundRow[]): string {
  const fitted = fittedLines(rows);
  const points = fitted.flatMap(({ measured, ends }) => [...measured, ...ends]);
  const pairs = spanOf(points.map((point) => point.pairs));
  const seconds = spanOf(points.map((point) => point.seconds));
  return plotSvg({
    title: "Growth of time with the number of pairs",
    subtitle:
      fitted.length === 0
        ? "Nothing was measured."
        : "Seconds of a full round against compared pairs · at the lines: the exponent e of pairs^e",
    footnote: null,
    description: "Line chart of the seconds that rounds take against their pairs, by mode.",
    plot: {
      ...FRAME,
      x: { type: "log", domain: pairs, axis: null },
      y: { type: "log", domain: seconds, axis: null },
      marks:
        fitted.length === 0
          ? []
          : [
              ...groundMarks(pairs, seconds),
              ...fitted.flatMap(lineMarks),
              ...endLabels(fitted.map(endOf), seconds, FRAME),
            ],
    },
  });
}

function fittedLines(rows: readonly RoundRow[]): readonly Fitted[] {
  const groups = Map.groupBy(rows, ({ mode, cores }) => `${mode}/${cores}`);
  const series = [...groups.values()].filter((own) => own.length > 1);
  const counts = series.flat().map(({ pairs }) => pairs);
  if (counts.length === 0) return [];
  const range: Span = [Math.min(...counts), Math.max(...counts)];
  const peer = rows.find(({ mode }) => mode === PEER_MODE);
  return [...series.flatMap((own) => fit(own, range)), ...(peer ? [drawnOn(peer, range)] : [])];
}

function fit(own: readonly RoundRow[], range: Span): readonly Fitted[] {
  const [first] = own;
  if (first === undefined) return [];
  const { mode, cores } = first;
  const { slope, intercept } = lineThrough(logarithmsOf(own, "seconds"));
  const name = cores === 1 ? mode : `${mode}, ${cores} cores`;
  const at = (pairs: number): Point => ({ pairs, seconds: Math.exp(intercept) * pairs ** slope });
  return [
    {
      name,
      mode,
      dashed: cores > 1,
      exponent: slope,
      measured: own,
      ends: [at(range[0]), at(range[1])],
    },
  ];
}

/** Pair by pair, so that twice the pairs take twice the time. */
function drawnOn({ mode, pairsPerSecond }: RoundRow, range: Span): Fitted {
  const at = (pairs: number): Point => ({ pairs, seconds: pairs / pairsPerSecond });
  const ends = [at(range[0]), at(range[1])] as const;
  return { name: mode, mode, dashed: true, exponent: 1, measured: [], ends };
}

function endOf({ name, mode, exponent, ends: [, end] }: Fitted): LineEnd {
  const label = `${name}: e = ${decimal(exponent, 2)}`;
  return { value: end.seconds, label, colour: colourOf(mode) };
}

function groundMarks(pairs: Span, seconds: Span): readonly Markish[] {
  const counts = ticksOf(pairs, [1, 2, 5]);
  const decades = ticksOf(seconds, [1]);
  return [
    gridX(counts, { stroke: GRID, strokeOpacity: 1 }),
    gridY(decades, { stroke: GRID, strokeOpacity: 1 }),
    axisX(counts, {
      ...AXIS,
      label: "compared pairs",
      text: countText,
    }),
    axisY(decades, { ...AXIS, label: null, tickFormat: secondsText }),
  ];
}

function lineMarks({ mode, dashed, measured, ends }: Fitted): readonly Markish[] {
  const colour = colourOf(mode);
  const place = { x: "pairs", y: "seconds" } as const;
  return [
    line(ends, {
      ...place,
      className: "fit",
      stroke: colour,
      strokeWidth: 1.6,
      ...(dashed && { strokeDasharray: "7,3" }),
    }),
    dot(measured, {
      ...place,
      r: 3.8,
      fill: dashed ? "white" : colour,
      stroke: colour,
      strokeWidth: 1.8,
    }),
  ];
}
