/**
 * Operations as points on a logarithmic axis of time, a panel for each size of key: ours, the
 * peer's, and a mark where what cannot be avoided would be. The line between the two points is the
 * ratio, which ends the row in numbers.
 */
import {
  axisX,
  dot,
  frame,
  gridX,
  link,
  ruleY,
  text,
  tickX,
  type DotOptions,
  type Markish,
} from "@observablehq/plot";
import { FAINT_INK, fitted, GRID, INK, plotSvg } from "../figures/plotSvg.ts";
import { times } from "./numbers.ts";
import type { OperationRow } from "./benchReport.ts";

const NAMES_PX = 236;
/** All panels together. */
const PANELS_PX = 624;
/** Between panels, as a part of a panel with its gap. */
const GAP = 0.06;
const RIGHT_PX = 20;
const TOP_PX = 54;
const BOTTOM_PX = 46;
const LINE_PX = 23;
const NAME_PX = 12;
const DOT_PX = 4.5;
/** At the end of a row, for the ratio. */
const RATIO_PX = 58;
/** From the left edge to the names. */
const EDGE_PX = 20;
const KEY_PX = 8;
const OURS_COLOUR = "#0072b2";
const PEER_COLOUR = "#e69f00";
const LINK_COLOUR = "#bcccdc";

/**
 * The chart as the text of an SVG file. Every row is a dot in the group of class `ours`; with a
 * peer it has one in `peer`, a line in `gap` and a number in `ratio`, with a limit a tick in
 * `limit`.
 */
export function operationsFigure(rows: readonly OperationRow[]): string {
  const names = [...new Set(rows.map(({ operation }) => operation))];
  const sizes = sizesOf(rows);
  return plotSvg({
    title: "Operations on ciphertexts",
    subtitle: subtitleOf(rows),
    footnote: null,
    description:
      "Dot chart of the time that operations on ciphertexts take, ours beside paillier-bigint.",
    plot: {
      width: NAMES_PX + PANELS_PX + RIGHT_PX,
      height: TOP_PX + names.length * LINE_PX + BOTTOM_PX,
      marginLeft: NAMES_PX,
      marginRight: RIGHT_PX,
      marginTop: TOP_PX,
      marginBottom: BOTTOM_PX,
      fx: { type: "band", domain: sizes, paddingInner: gapOf(sizes), paddingOuter: 0, axis: null },
      x: { type: "log", domain: domainOf(rows), axis: null },
      y: { type: "band", domain: names, axis: null },
      marks: rows.length === 0 ? [] : [...marksOf(rows, names, sizes)],
    },
  });
}

function marksOf(
  rows: readonly OperationRow[],
  names: readonly string[],
  sizes: readonly number[],
): readonly Markish[] {
  return [...groundMarks(rows), ...rowMarks(rows), ...nameMarks(names, sizes), ...keyMarks(sizes)];
}

function subtitleOf(rows: readonly OperationRow[]): string {
  if (rows.length === 0) return "Nothing was measured.";
  return "Median time of one operation · number: the peer's time as a multiple of ours";
}

function sizesOf(rows: readonly OperationRow[]): readonly number[] {
  return [...new Set(rows.map(({ bits }) => bits))];
}

function gapOf(sizes: readonly number[]): number {
  return sizes.length > 1 ? GAP : 0;
}

/** Room for a dot beside the ends of the times. */
const EDGE_FACTOR = 1.5;

/** From a little before the shortest time to a little behind the longest. */
function spanOf(rows: readonly OperationRow[]): readonly [shortest: number, longest: number] {
  const times = rows.flatMap(({ oursMs, peerMs, limitMs }) =>
    [oursMs, peerMs, limitMs].filter((ms) => ms !== null),
  );
  return [Math.min(...times) / EDGE_FACTOR, Math.max(...times) * EDGE_FACTOR];
}

/** The span, and behind it what the ratios need. */
function domainOf(rows: readonly OperationRow[]): readonly [number, number] {
  if (rows.length === 0) return [1, 10];
  const [shortest, longest] = spanOf(rows);
  const sizes = sizesOf(rows);
  const gap = gapOf(sizes);
  const panelPx = (PANELS_PX / (sizes.length - gap)) * (1 - gap);
  return [shortest, shortest * (longest / shortest) ** (panelPx / (panelPx - RATIO_PX))];
}

/** The powers of ten in the span. */
function decadesOf(rows: readonly OperationRow[]): readonly number[] {
  const [shortest, longest] = spanOf(rows);
  const first = Math.ceil(Math.log10(shortest));
  const count = Math.max(0, Math.floor(Math.log10(longest)) - first + 1);
  return Array.from({ length: count }, (_, k) => 10 ** (first + k));
}

function groundMarks(rows: readonly OperationRow[]): readonly Markish[] {
  const ticks = decadesOf(rows);
  return [
    ruleY(rows, { fx: "bits", y: "operation", stroke: GRID, strokeDasharray: "1,3" }),
    gridX(ticks, { stroke: GRID, strokeOpacity: 1 }),
    frame({ anchor: "bottom", stroke: FAINT_INK }),
    axisX(ticks, {
      label: null,
      tickSize: 4,
      tickFormat: timeText,
      fontSize: 11,
    }),
    text(sizesOf(rows), {
      className: "size",
      fx: (bits: number) => bits,
      frameAnchor: "top-left",
      dy: -16,
      fontSize: NAME_PX,
      fontWeight: "bold",
      text: (bits: number) => `${bits}-bit key`,
    }),
  ];
}

/** 0.01 is "10 µs", 1000 is "1 s". */
function timeText(ms: number): string {
  if (ms >= 1000) return `${ms / 1000} s`;
  return ms >= 1 ? `${ms} ms` : `${Math.round(ms * 1000)} µs`;
}

function rowMarks(rows: readonly OperationRow[]): readonly Markish[] {
  const compared = rows.filter(({ peerMs }) => peerMs !== null);
  const limited = rows.filter(({ limitMs }) => limitMs !== null);
  const [, end] = domainOf(rows);
  const place = { fx: "bits", y: "operation" } as const;
  return [
    link(compared, { ...place, ...GAP_STYLE, className: "gap", x1: "oursMs", x2: "peerMs" }),
    tickX(limited, { ...place, ...LIMIT_STYLE, className: "limit", x: "limitMs" }),
    dot(compared, { ...place, ...PEER_STYLE, className: "peer", x: "peerMs" }),
    dot(rows, { ...place, ...OURS_STYLE, className: "ours", x: "oursMs" }),
    text(compared, {
      ...place,
      className: "ratio",
      x: () => end,
      stroke: "white",
      strokeWidth: 4,
      fill: INK,
      textAnchor: "end",
      fontSize: NAME_PX,
      text: ({ ratio }: OperationRow) => times(ratio),
    }),
  ];
}

const GAP_STYLE = { stroke: LINK_COLOUR, strokeWidth: 2.5 };
const LIMIT_HALF_PX = 7;
const LIMIT_INSET_PX = LINE_PX / 2 - LIMIT_HALF_PX;
const LIMIT_STROKE = { stroke: INK, strokeWidth: 1.6 };
const LIMIT_STYLE = { ...LIMIT_STROKE, insetTop: LIMIT_INSET_PX, insetBottom: LIMIT_INSET_PX };
const OURS_STYLE: DotOptions = { r: DOT_PX, fill: OURS_COLOUR };
const PEER_STYLE: DotOptions = { r: DOT_PX, fill: PEER_COLOUR };

/** Left of the first panel. */
function nameMarks(names: readonly string[], [first]: readonly number[]): readonly Markish[] {
  return [
    text(names, {
      className: "operation",
      fx: () => first,
      x: pixel(EDGE_PX),
      y: (name: string) => name,
      textAnchor: "start",
      fontSize: NAME_PX,
      text: (name: string) => fitted(name, NAMES_PX - EDGE_PX, NAME_PX),
    }),
  ];
}

/** The key above the panels: two dots and a tick with their meanings. */
function keyMarks([first]: readonly number[]): readonly Markish[] {
  const key = { className: "key", fx: () => first } as const;
  const at = (xPx: number) => ({ ...key, x: pixel(xPx), y: pixel(KEY_PX) });
  const label = (words: string, xPx: number): Markish =>
    text([words], { ...at(xPx + LABEL_PX), textAnchor: "start", fontSize: NAME_PX });
  const upright = (xPx: number): Markish =>
    link([0], {
      ...key,
      ...LIMIT_STROKE,
      x: pixel(xPx),
      y1: pixel(KEY_PX - LIMIT_HALF_PX),
      y2: pixel(KEY_PX + LIMIT_HALF_PX),
    });
  return [
    dot([0], { ...at(OURS_KEY_PX), ...OURS_STYLE }),
    label("ChargeVeil", OURS_KEY_PX),
    dot([0], { ...at(PEER_KEY_PX), ...PEER_STYLE }),
    label("paillier-bigint", PEER_KEY_PX),
    upright(LIMIT_KEY_PX),
    label("what cannot be avoided", LIMIT_KEY_PX),
  ];
}

const OURS_KEY_PX = NAMES_PX + 6;
const PEER_KEY_PX = OURS_KEY_PX + 96;
const LIMIT_KEY_PX = PEER_KEY_PX + 116;
const LABEL_PX = 11;

// A channel without a scale is in pixels of the drawing.
function pixel(value: number): { readonly value: () => number; readonly scale: null } {
  return { value: () => value, scale: null };
}
