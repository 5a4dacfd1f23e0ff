/**
 * The key of a map: every kind of mark with its meaning and how often it occurs, and the scale bar.
 * Plot draws it with the styles of the map, at pixels of the drawing instead of places.
 */
import { dot, type Markish } from "@observablehq/plot";

import { FEATURE_MIN_POWER_W } from "../../core/messages/features.ts";
import { stepText, type Panel } from "./mapGround.ts";
import { PAIR_STYLES, POINT_STYLES, type Point } from "./mapMarks.ts";
import { atPixel, labelAt, lineAt } from "./pixelMarks.ts";
import { FAINT_INK, INK } from "./plotSvg.ts";

interface KeyRow {
  readonly label: string;
  /** The kind of point drawn. */
  readonly symbol: string;
  /** The kinds of points counted behind the label. */
  readonly counted: RegExp;
  /** The kind of line that ends at the symbol. */
  readonly line?: string;
}

const REQUEST_ROWS: readonly KeyRow[] = [
  {
    label: "matched and settled",
    symbol: "request-settled",
    counted: /^request-settled$/,
    line: "pair-settled",
  },
  {
    label: "matched, not settled",
    symbol: "request-unsettled",
    counted: /^request-unsettled$/,
    line: "pair-unsettled",
  },
  { label: "no pile found", symbol: "request-unmatched", counted: /^request-unmatched$/ },
];

const [FAST, RAPID] = FEATURE_MIN_POWER_W.map((powerW) => `${powerW / 1000} kW or more`);

const PILE_ROWS: readonly KeyRow[] = [
  { label: `rapid, ${RAPID}`, symbol: "pile-rapid-used", counted: /^pile-rapid/ },
  { label: `fast, ${FAST}`, symbol: "pile-fast-used", counted: /^pile-fast/ },
  { label: "slow", symbol: "pile-slow-used", counted: /^pile-slow/ },
  { label: "hollow: sold nothing", symbol: "pile-slow-idle", counted: /^pile-.*-idle$/ },
];

const CROWDS = "Crowded marks are moved apart.";

const ROW_PX = 22;
const GAP_PX = 12;
/** From the left edge to the symbols, and from there to the labels. */
const SYMBOL_PX = 26;
const LABEL_PX = 14;

/** The key with its upper left corner at a pixel of the drawing; its marks have the class `key`. */
export function keyMarks(
  panel: Panel,
  points: readonly Point[],
  leftPx: number,
  topPx: number,
): readonly Markish[] {
  const pilesPx = topPx + (1 + REQUEST_ROWS.length) * ROW_PX + GAP_PX;
  const barPx = pilesPx + (1 + PILE_ROWS.length) * ROW_PX + GAP_PX;
  return [
    labelAt(leftPx, topPx, "Requests", { fontWeight: "bold" }),
    ...rowMarks(REQUEST_ROWS, points, leftPx, topPx + ROW_PX),
    labelAt(leftPx, pilesPx, "Piles", { fontWeight: "bold" }),
    ...rowMarks(PILE_ROWS, points, leftPx, pilesPx + ROW_PX),
    ...scaleBarMarks(panel, leftPx, barPx),
    labelAt(leftPx, barPx + ROW_PX, CROWDS, { fontSize: 10.5, fill: FAINT_INK }),
  ];
}

function rowMarks(
  rows: readonly KeyRow[],
  points: readonly Point[],
  leftPx: number,
  topPx: number,
): readonly Markish[] {
  return rows.flatMap(({ label, symbol, counted, line }, index) => {
    const [xPx, yPx] = [leftPx + SYMBOL_PX, topPx + index * ROW_PX];
    const count = points.filter(({ kind }) => counted.test(kind)).length;
    return [
      ...(line === undefined ? [] : [lineAt([leftPx, yPx], [xPx, yPx], PAIR_STYLES[line])]),
      dot([0], { ...atPixel(xPx, yPx), className: "key", ...POINT_STYLES[symbol] }),
      labelAt(xPx + LABEL_PX, yPx, `${label} (${count})`),
    ];
  });
}

/** As long as a step of the grid. */
export function scaleBarMarks(
  { stepM, pxPerM }: Panel,
  leftPx: number,
  yPx: number,
): readonly Markish[] {
  const rightPx = leftPx + stepM * pxPerM;
  const upright = (xPx: number): Markish => lineAt([xPx, yPx - 4], [xPx, yPx + 4], { stroke: INK });
  return [
    lineAt([leftPx, yPx], [rightPx, yPx], { stroke: INK }),
    upright(leftPx),
    upright(rightPx),
    labelAt(rightPx + LABEL_PX, yPx, stepText(stepM)),
  ];
}
