/**
 * Pairs per second of full rounds against their size: a line for each mode and number of cores on a
 * logarithmic axis, the faithful implementation on the peer as a dashed line across, and a dotted
 * line where the goal is.
 */
import { axisX, axisY, dot, gridY, line, ruleY, text, type Markish } from "@observablehq/plot";
import { FAINT_INK, GRID, plotSvg } from "../figures/plotSvg.ts";
import {
  AXIS,
  colourOf,
  countText,
  endLabels,
  spanOf,
  ticksOf,
  type Frame,
  type Span,
} from "./logChart.ts";
import { threeDigits } from "./numbers.ts";
import type { RoundRow } from "./benchReport.ts";
import { PEER_MODE } from "./roundRows.ts";

const FRAME: Frame = {
  width: 880,
  height: 460,
  marginLeft: 72,
  marginRight: 220,
  marginTop: 16,
  marginBottom: 52,
};
const NOTE_PX = 11;
/** As a multiple of the peer. */
const PAPER_GOAL = 10_000;

interface Series {
  readonly name: string;
  readonly mode: string;
  readonly cores: number;
  readonly rows: readonly RoundRow[];
}

/** A line across, and what it says. */
interface Level {
  readonly pairsPerSecond: number;
  readonly label: string;
  readonly className: "peer" | "goal";
}

/**
 * The chart as the text of an SVG file: a line of class `series` for each mode and number of cores.
 */
export function roundsFigure(rows: readonly RoundRow[]): string {
  const series = seriesOf(rows);
  const levels = series.length === 0 ? [] : levelsOf(rows);
  const span = spanOf([
    ...series.flatMap((one) => one.rows.map(({ pairsPerSecond }) => pairsPerSecond)),
    ...levels.map(({ pairsPerSecond }) => pairsPerSecond),
  ]);
  return plotSvg({
    title: "Full rounds of matching",
    subtitle:
      series.length === 0
        ? "Nothing was measured."
        : "Compared pairs per second, from uploads that have arrived to sealed deliveries · keys of 2,048 bits",
    footnote: null,
    description: "Line chart of pairs per second by size of the round, mode and number of cores.",
    plot: {
      ...FRAME,
      x: { type: "point", domain: sizesOf(series), padding: 0.15, axis: null },
      y: { type: "log", domain: span, axis: null },
      marks:
        series.length === 0
          ? []
          : [...groundMarks(span), ...levels.flatMap(levelMarks), ...seriesMarks(series, span)],
    },
  });
}

/** Those that were measured at two sizes or more, fastest first at the largest. */
function seriesOf(rows: readonly RoundRow[]): readonly Series[] {
  const groups = Map.groupBy(rows, ({ mode, cores }) => `${mode}/${cores}`);
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length < 2) return [];
    const { mode, cores } = first;
    return [{ name: cores === 1 ? mode : `${mode}, ${cores} cores`, mode, cores, rows: own }];
  });
}

function levelsOf(rows: readonly RoundRow[]): readonly Level[] {
  const peer = rows.find(({ mode }) => mode === PEER_MODE);
  if (peer === undefined) return [];
  const { pairsPerSecond } = peer;
  return [
    {
      pairsPerSecond: PAPER_GOAL * pairsPerSecond,
      label: "goal of paper, 10,000 times the peer",
      className: "goal",
    },
    {
      pairsPerSecond,
      label: `${PEER_MODE}, the paper field by field: ${threeDigits(pairsPerSecond)}/s`,
      className: "peer",
    },
  ];
}

function sizesOf(series: readonly Series[]): readonly string[] {
  const all = series.flatMap(({ rows }) => rows).toSorted((a, b) => a.buyers - b.buyers);
  return [...new Set(all.map(sizeOf))];
}

function sizeOf({ buyers, sellers }: RoundRow): string {
  return `${buyers} × ${sellers}`;
}

function groundMarks(span: Span): readonly Markish[] {
  const decades = ticksOf(span, [1]);
  return [
    gridY(decades, { stroke: GRID, strokeOpacity: 1 }),
    axisX({ ...AXIS, label: "buyers × sellers" }),
    axisY(decades, {
      ...AXIS,
      label: null,
      tickFormat: (count: number) => `${countText(count)}/s`,
    }),
  ];
}

function levelMarks({ pairsPerSecond, label, className }: Level): readonly Markish[] {
  const dashes = className === "peer" ? "6,4" : "1,3";
  return [
    ruleY([pairsPerSecond], {
      className,
      stroke: FAINT_INK,
      strokeWidth: 1.4,
      strokeDasharray: dashes,
    }),
    text([label], {
      className: "level",
      frameAnchor: "right",
      y: () => pairsPerSecond,
      dx: -4,
      dy: -8,
      textAnchor: "end",
      fontSize: NOTE_PX,
      fill: FAINT_INK,
      stroke: "white",
      strokeWidth: 3,
      text: String,
    }),
  ];
}

function seriesMarks(series: readonly Series[], span: Span): readonly Markish[] {
  const ends = series.flatMap(({ name, mode, rows }) => {
    const { pairsPerSecond: value = NaN } = rows.at(-1) ?? {};
    return [{ value, label: `${name}: ${threeDigits(value)}/s`, colour: colourOf(mode) }];
  });
  return [...series.flatMap(oneSeries), ...endLabels(ends, span, FRAME)];
}

/** One core is drawn through, more are dashed. */
function oneSeries({ mode, cores, rows }: Series): readonly Markish[] {
  const place = { x: sizeOf, y: "pairsPerSecond" } as const;
  const colour = colourOf(mode);
  return [
    line(rows, {
      ...place,
      className: "series",
      stroke: colour,
      strokeWidth: 2,
      ...(cores > 1 && { strokeDasharray: "7,3" }),
    }),
    dot(rows, {
      ...place,
      r: 3.8,
      fill: cores > 1 ? "white" : colour,
      stroke: colour,
      strokeWidth: 1.8,
    }),
  ];
}
