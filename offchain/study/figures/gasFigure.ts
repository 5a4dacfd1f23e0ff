/**
 * Gas by function as horizontal bars, grouped by contract: the bar is the average over all calls,
 * the whisker reaches from the cheapest call to the dearest, and the numbers stand beside them. The
 * contract with the dearest function comes first, and in it the dearest function.
 */
import {
  axisX,
  barX,
  gridX,
  link,
  ruleX,
  text,
  tickX,
  type Markish,
  type TextOptions,
} from "@observablehq/plot";

import type { GasRow } from "../../chain/gasLedger.ts";
import { FAINT_INK, fitted, GRID, INK, plotSvg } from "./plotSvg.ts";

const LEFT_PX = 230;
const BARS_PX = 430;
/** Room for the numbers behind the longest whisker. */
const RIGHT_PX = 200;
const TOP_PX = 4;
const BOTTOM_PX = 48;
const LINE_PX = 22;
const NAME_PX = 12;
const BAR_COLOUR = "#56b4e9";

/**
 * The chart as the text of an SVG file, 860 pixels wide. Every row is one bar in the group of class
 * `average`; a row whose calls differ has a whisker in the group of class `range`. Without a row
 * the chart says so. Run by anyone who has a gas ledger.
 * @param notes what has to be said of the rows first
 */
export function gasFigure(rows: readonly GasRow[], notes: readonly string[] = []): string {
  const groups = groupsOf(rows);
  const lines = groups.flatMap(({ contract, rows: own }) => [contract, ...own.map(keyOf)]);
  return plotSvg({
    title: "Gas per function",
    subtitle: [...notes, subtitleOf(rows)].join(" · "),
    footnote: null,
    description: "Bar chart of the gas that transactions used, by contract and function.",
    plot: {
      width: LEFT_PX + BARS_PX + RIGHT_PX,
      height: TOP_PX + lines.length * LINE_PX + BOTTOM_PX,
      marginLeft: LEFT_PX,
      marginRight: RIGHT_PX,
      marginTop: TOP_PX,
      marginBottom: BOTTOM_PX,
      x: { type: "linear", domain: [0, dearest(rows)], axis: null },
      y: { type: "band", domain: lines, padding: 0.3, axis: null },
      marks: rows.length === 0 ? [] : [...axisMarks(), ...barMarks(rows), ...nameMarks(groups)],
    },
  });
}

function subtitleOf(rows: readonly GasRow[]): string {
  if (rows.length === 0) return "No transaction was recorded.";
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  return `${whole(calls)} transactions · bar: average · whisker: cheapest to dearest call`;
}

function dearest(rows: readonly GasRow[]): number {
  return rows.reduce((most, row) => Math.max(most, row.max), 1);
}

interface Group {
  readonly contract: string;
  readonly rows: readonly GasRow[];
}

function groupsOf(rows: readonly GasRow[]): readonly Group[] {
  const dearestFirst = rows.toSorted((a, b) => b.avg - a.avg);
  const groups = Map.groupBy(dearestFirst, (row) => row.contract);
  return [...groups].map(([contract, own]) => ({ contract, rows: own }));
}

// A slash stands in no identifier, so that no function shares a line with a contract.
function keyOf(row: GasRow): string {
  return `${row.contract}/${row.function}`;
}

function axisMarks(): readonly Markish[] {
  return [
    gridX({ stroke: GRID, strokeOpacity: 1, tickSpacing: 80 }),
    axisX({
      label: "gas",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      tickSpacing: 80,
      tickSize: 4,
      tickFormat: (gas: number) => whole(gas),
      fontSize: 11,
    }),
  ];
}

function barMarks(rows: readonly GasRow[]): readonly Markish[] {
  const spread = rows.filter((row) => row.min < row.max);
  const whisker = { className: "range", stroke: INK, strokeWidth: 1.2 };
  const cap = { y: keyOf, stroke: INK, strokeWidth: 1.2, insetTop: 2, insetBottom: 2 };
  return [
    barX(rows, { className: "average", x: "avg", y: keyOf, fill: BAR_COLOUR }),
    ruleX([0], { stroke: INK }),
    link(spread, { ...whisker, x1: "min", x2: "max", y: keyOf }),
    tickX(spread, { ...cap, x: "min" }),
    tickX(spread, { ...cap, x: "max" }),
    text(rows, { ...LABEL, className: "number", x: "max", y: keyOf, dx: 8, text: numbersOf }),
  ];
}

const LABEL = { textAnchor: "start", fontSize: NAME_PX } as const;

function numbersOf({ avg, calls }: GasRow): string {
  return `${whole(avg)} · ${whole(calls)} ${calls === 1 ? "call" : "calls"}`;
}

function nameMarks(groups: readonly Group[]): readonly Markish[] {
  const contractAt = { ...LABEL, fontWeight: "bold", ...atPixel(20), dy: 2 } as const;
  const functionAt = { ...LABEL, fill: FAINT_INK, ...atPixel(34) };
  return [
    text(groups, { ...contractAt, className: "contract", y: "contract", text: nameOf }),
    text(
      groups.flatMap((group) => group.rows),
      { ...functionAt, className: "function", y: keyOf, text: functionOf },
    ),
  ];
}

function nameOf({ contract }: Group): string {
  return fitted(contract, LEFT_PX - 28, NAME_PX);
}

function functionOf(row: GasRow): string {
  return fitted(row.function, LEFT_PX - 42, NAME_PX);
}

// A channel without a scale is in pixels of the drawing.
function atPixel(xPx: number): TextOptions {
  return { x: { value: () => xPx, scale: null } };
}

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function whole(value: number): string {
  return WHOLE.format(value);
}
