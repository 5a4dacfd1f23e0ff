/**
 * Vehicles in reciprocal buckets on the map of a city, and beside it how often attackers are right.
 * On the map a bucket has a colour: its cells are what a request says, its dots where its members
 * really are, which no request says. In the chart every attack has a line from never to always,
 * with a tick at what is promised.
 */
import { dot, hull, rect, text, type DotOptions, type Markish } from "@observablehq/plot";
import type { CloakReport, DrawnBucket, DrawnScene } from "../cloak/cloakReport.ts";
import { centreOf, distanceM, type Cell, type Place } from "../../core/cloak/grid.ts";
import { OURS, PAPER, type AttackResult } from "../cloak/trials.ts";
import { groundMarks, panelAround, type Panel } from "./mapGround.ts";
import { scaleBarMarks } from "./mapKey.ts";
import { atPixel, labelAt, lineAt } from "./pixelMarks.ts";
import { FAINT_INK, GRID, INK, plotSvg } from "./plotSvg.ts";
import { decimal } from "./textTable.ts";

const LEFT_PX = 60;
const TOP_PX = 8;
const BOTTOM_PX = 48;
const SIDE_PX = 430;
const SIDE_GAP_PX = 26;
const ROW_PX = 22;
/** Of the colours that Okabe and Ito chose to be told apart by all kinds of colour vision. */
const COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#b58900",
  "#56b4e9",
  "#7a5195",
] as const;
const [OURS_INK, PAPER_INK] = COLOURS;

/**
 * The figure as the text of an SVG file. Of class `cell`, `member`, `suppressed` and `size` on the
 * map; `ours`, `paper`, `straw` and `promise` in the chart.
 */
export function cloakFigure(report: CloakReport, scene: DrawnScene): string {
  const panel = panelOf(scene, report.cellM);
  const sidePx = LEFT_PX + panel.widthPx + SIDE_GAP_PX;
  return plotSvg({
    title: "Who asks, and where: reciprocal buckets",
    subtitle: subtitleOf(report),
    footnote: report.attribution,
    description:
      "Map of vehicles in buckets of cells, and a chart of how often each attacker on requests is right.",
    plot: {
      width: sidePx + SIDE_PX,
      height: TOP_PX + Math.max(panel.heightPx, sideHeightPx(report)) + BOTTOM_PX,
      marginLeft: LEFT_PX,
      marginRight: SIDE_PX + SIDE_GAP_PX,
      marginTop: TOP_PX,
      marginBottom: BOTTOM_PX + Math.max(0, sideHeightPx(report) - panel.heightPx),
      x: { type: "linear", domain: panel.eastM },
      y: { type: "linear", domain: panel.northM },
      marks: [
        ...groundMarks(panel),
        ...bucketMarks(scene.buckets, report.cellM),
        ...suppressedMarks(scene),
        ...sideMarks(report, panel, sidePx),
      ],
    },
  });
}

function subtitleOf({ traffic, vehicles, k, l, leastSpreadM, cellM }: CloakReport): string {
  const rule = `k = ${k}, ℓ = ${l}, δ = ${leastSpreadM} m, cells of ${cellM} m`;
  return `${vehicles} vehicles · ${rule} · ${traffic}`;
}

function panelOf({ buckets, suppressed }: DrawnScene, cellM: number): Panel {
  const corners = buckets.flatMap(({ cells }) => cells.flatMap((cell) => cornersOf(cell, cellM)));
  return panelAround([...corners, ...suppressed], { widthM: 1_000, heightM: 1_000 });
}

function cornersOf({ column, row }: Cell, cellM: number): readonly Place[] {
  return [0, 1].flatMap((east) =>
    [0, 1].map((north) => ({ xM: (column + east) * cellM, yM: (row + north) * cellM })),
  );
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? INK;
}

function bucketMarks(buckets: readonly DrawnBucket[], cellM: number): readonly Markish[] {
  const cells = buckets.flatMap(({ cells: of }, bucket) => {
    const distinct = new Map(of.map((cell) => [`${cell.column},${cell.row}`, cell]));
    return [...distinct.values()].map((cell) => ({ ...cell, bucket }));
  });
  const corners = cells.flatMap(({ bucket, ...cell }) =>
    cornersOf(cell, cellM).map((corner) => ({ ...corner, bucket })),
  );
  const members = buckets.flatMap(({ places }, bucket) =>
    places.map((place) => ({ ...place, bucket })),
  );
  const labels = buckets.map((bucket) => ({
    ...labelPlace(bucket, members, cellM),
    size: String(bucket.places.length),
  }));
  type OfBucket = { readonly bucket: number };
  const colour = ({ bucket }: OfBucket): string => colourOf(bucket);
  return [
    hull(corners, {
      className: "bucket",
      x: "xM",
      y: "yM",
      z: "bucket",
      fill: colour,
      fillOpacity: 0.07,
      stroke: colour,
      strokeOpacity: 0.75,
      strokeWidth: 1.1,
      strokeLinejoin: "round",
    }),
    rect(cells, {
      className: "cell",
      x1: ({ column }: Cell) => column * cellM,
      x2: ({ column }: Cell) => (column + 1) * cellM,
      y1: ({ row }: Cell) => row * cellM,
      y2: ({ row }: Cell) => (row + 1) * cellM,
      fill: colour,
      fillOpacity: 0.3,
      inset: 0.5,
    }),
    dot(members, {
      className: "member",
      x: "xM",
      y: "yM",
      r: 3.2,
      fill: colour,
      stroke: "white",
      strokeWidth: 0.8,
    }),
    text(labels, {
      className: "size",
      x: "xM",
      y: "yM",
      text: "size",
      fill: INK,
      stroke: "white",
      strokeWidth: 3.5,
      fontSize: 13,
      fontWeight: "bold",
    }),
  ];
}

/**
 * Where a bucket's size stands: inside its hull, between two of its cells, and where it covers no
 * dot.
 */
function labelPlace({ cells }: DrawnBucket, members: readonly Place[], cellM: number): Place {
  const centres = cells.map((cell) => centreOf(cell, cellM));
  const middles = centres.flatMap((a, index) =>
    centres.slice(0, index + 1).map((b) => ({ xM: (a.xM + b.xM) / 2, yM: (a.yM + b.yM) / 2 })),
  );
  const roomM = (place: Place): number =>
    Math.min(...members.map((member) => distanceM(place, member)));
  return middles.reduce((best, place) => (roomM(place) > roomM(best) ? place : best));
}

const SUPPRESSED: DotOptions = { symbol: "times", r: 3.8, stroke: FAINT_INK, strokeWidth: 1.4 };

function suppressedMarks({ suppressed }: DrawnScene): readonly Markish[] {
  return [dot(suppressed, { className: "suppressed", x: "xM", y: "yM", ...SUPPRESSED })];
}

/** The attacks by name, in order of appearance. */
function attackNames({ attacks }: CloakReport): readonly string[] {
  return [...new Set(attacks.map(({ name }) => name))];
}

const MAP_ROWS = 6;
const CHART_HEAD_ROWS = 2;
const CHART_FOOT_ROWS = 6;

function sideHeightPx(report: CloakReport): number {
  const rows = MAP_ROWS + CHART_HEAD_ROWS + attackNames(report).length + CHART_FOOT_ROWS;
  return rows * ROW_PX;
}

function sideMarks(report: CloakReport, panel: Panel, leftPx: number): readonly Markish[] {
  const topPx = TOP_PX + 10;
  return [
    ...mapKeyMarks(report, panel, leftPx, topPx),
    ...chartMarks(report, leftPx, topPx + MAP_ROWS * ROW_PX),
  ];
}

const SYMBOL_PX = 12;
const LABEL_PX = 30;

function mapKeyMarks(
  { buckets, suppressed, vehicles }: CloakReport,
  panel: Panel,
  leftPx: number,
  topPx: number,
): readonly Markish[] {
  const row = (index: number): number => topPx + index * ROW_PX;
  const label = (index: number, words: string): Markish =>
    labelAt(leftPx + LABEL_PX, row(index), words);
  const symbol = (index: number, style: DotOptions): Markish =>
    dot([0], { ...atPixel(leftPx + SYMBOL_PX, row(index)), className: "key", ...style });
  return [
    labelAt(leftPx, row(0), "Map", { fontWeight: "bold" }),
    symbol(1, { symbol: "square", r: 7, fill: OURS_INK, fillOpacity: 0.3 }),
    label(1, `cells of a bucket: what requests say (${buckets} buckets)`),
    symbol(2, { r: 3.2, fill: OURS_INK, stroke: "white", strokeWidth: 0.8 }),
    label(2, `its vehicles: what they do not say (${vehicles - suppressed}; number: in a bucket)`),
    symbol(3, SUPPRESSED),
    label(3, `suppressed: in no bucket that meets the rule (${suppressed})`),
    ...scaleBarMarks(panel, leftPx + 2, row(4)),
  ];
}

/** Where the lines of the chart begin, and how long they are. */
const CHART_PX = { left: 168, width: 236 } as const;

function chartMarks(report: CloakReport, leftPx: number, topPx: number): readonly Markish[] {
  const names = attackNames(report);
  const firstPx = topPx + CHART_HEAD_ROWS * ROW_PX;
  const axisPx = firstPx + names.length * ROW_PX;
  return [
    labelAt(leftPx, topPx, `How often attackers are right, of ${trialsOf(report)}`, {
      fontWeight: "bold",
    }),
    ...names.flatMap((name, index) => {
      const ofName = report.attacks.filter((attack) => attack.name === name);
      return attackMarks(name, ofName, leftPx, firstPx + index * ROW_PX);
    }),
    ...axisMarks(leftPx, axisPx),
    ...chartKeyMarks(leftPx, axisPx + 1.8 * ROW_PX),
  ];
}

function attackMarks(
  name: string,
  attacks: readonly AttackResult[],
  leftPx: number,
  yPx: number,
): readonly Markish[] {
  const xPx = (success: number): number => leftPx + CHART_PX.left + success * CHART_PX.width;
  const bounds = [...new Set(attacks.map(({ bound }) => bound))];
  return [
    labelAt(leftPx, yPx, name),
    lineAt([xPx(0), yPx], [xPx(1), yPx], { stroke: GRID, strokeWidth: 2 }),
    ...bounds.map((bound) =>
      lineAt([xPx(bound), yPx - 7], [xPx(bound), yPx + 7], { className: "promise", stroke: INK }),
    ),
    // Ours last, on top.
    ...attacks
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .map((attack) => dot([0], { ...atPixel(xPx(attack.success), yPx), ...styleOf(attack) })),
  ];
}

function rankOf({ mode }: AttackResult): number {
  return mode === OURS ? 2 : mode === PAPER ? 1 : 0;
}

const STYLES: Readonly<Record<"ours" | "paper" | "straw", DotOptions>> = {
  ours: { className: "ours", r: 4.6, fill: OURS_INK, stroke: "white", strokeWidth: 0.8 },
  paper: { className: "paper", symbol: "diamond", r: 4.6, fill: "white", stroke: PAPER_INK },
  straw: { className: "straw", symbol: "times", r: 4, stroke: FAINT_INK, strokeWidth: 1.6 },
};

function styleOf({ mode }: AttackResult): DotOptions {
  return mode === OURS ? STYLES.ours : mode === PAPER ? STYLES.paper : STYLES.straw;
}

function axisMarks(leftPx: number, yPx: number): readonly Markish[] {
  return [0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) =>
    labelAt(leftPx + CHART_PX.left + tick * CHART_PX.width, yPx, `${100 * tick} %`, {
      textAnchor: "middle",
      fontSize: 10.5,
      fill: FAINT_INK,
    }),
  );
}

function trialsOf({ attacks }: CloakReport): string {
  return `${decimal(attacks[0]?.trials ?? 0, 0)} trials each`;
}

function chartKeyMarks(leftPx: number, topPx: number): readonly Markish[] {
  const rows: readonly (readonly [DotOptions, string])[] = [
    [STYLES.ours, "reciprocal buckets, pinned for the session"],
    [STYLES.paper, "the paper's algorithm (DePET), reproduced"],
    [STYLES.straw, "a straw man that leaves one thing out"],
  ];
  const tickPx = topPx + rows.length * ROW_PX;
  const symbolPx = leftPx + SYMBOL_PX;
  return [
    ...rows.flatMap(([style, words], index) => [
      dot([0], { ...atPixel(symbolPx, topPx + index * ROW_PX), ...style, className: "key" }),
      labelAt(leftPx + LABEL_PX, topPx + index * ROW_PX, words),
    ]),
    lineAt([symbolPx, tickPx - 7], [symbolPx, tickPx + 7], { stroke: INK }),
    labelAt(leftPx + LABEL_PX, tickPx, "promised (1/k; homogeneity 1/ℓ) + 4 standard errors"),
  ];
}
