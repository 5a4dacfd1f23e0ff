/**
 * The figure of the paper: the time of encryption and of decryption against the length of the key,
 * a panel each and a line for each way, time on a logarithmic axis.
 */
import { axisX, axisY, dot, gridY, line, text, type Markish } from "@observablehq/plot";
import { FAINT_INK, GRID, plotSvg } from "../figures/plotSvg.ts";
import { AXIS, countText, secondsText, spanOf, ticksOf, type Span } from "./logChart.ts";
import type { KeyLengthRow } from "./benchReport.ts";

const WIDTH_PX = 940;
const HEIGHT_PX = 440;
const LEFT_PX = 66;
/** For the names at the ends of lines. */
const NAMES_PX = 180;
const TOP_PX = 34;
const BOTTOM_PX = 40;
const LABEL_PX = 12;
const OPERATIONS = ["encrypt", "decrypt"] as const;
const TITLES: Readonly<Record<KeyLengthRow["operation"], string>> = {
  encrypt: "Encryption",
  decrypt: "Decryption",
};
const OURS = ["#0072b2", "#009e73", "#d55e00", "#cc79a7"];

/**
 * The chart as the text of an SVG file: a line of class `way` for each way to encrypt or decrypt.
 */
export function keyLengthsFigure(rows: readonly KeyLengthRow[]): string {
  const times = spanOf(rows.map(({ ms }) => ms / 1_000));
  return plotSvg({
    title: "Length of keys",
    subtitle:
      rows.length === 0
        ? "Nothing was measured."
        : "Median time of one operation on a full-size plaintext against the bits of n",
    footnote: null,
    description: "Line charts of the time of encryption and decryption against the length of keys.",
    plot: {
      width: WIDTH_PX,
      height: HEIGHT_PX,
      marginLeft: LEFT_PX,
      marginRight: NAMES_PX,
      marginTop: TOP_PX,
      marginBottom: BOTTOM_PX,
      fx: {
        type: "band",
        domain: [...OPERATIONS],
        paddingInner: 0.4,
        paddingOuter: 0,
        axis: null,
      },
      x: { type: "point", domain: lengthsOf(rows), padding: 0.2, axis: null },
      y: { type: "log", domain: times, axis: null },
      marks: rows.length === 0 ? [] : [...groundMarks(times), ...waysOf(rows).flatMap(wayMarks)],
    },
  });
}

function lengthsOf(rows: readonly KeyLengthRow[]): readonly number[] {
  return [...new Set(rows.map(({ bits }) => bits))].sort((a, b) => a - b);
}

interface Way {
  readonly variant: string;
  readonly colour: string;
  readonly isPeer: boolean;
  readonly rows: readonly KeyLengthRow[];
}

/** In the order of the rows: ours in colours, the peer's in grey. */
function waysOf(rows: readonly KeyLengthRow[]): readonly Way[] {
  return OPERATIONS.flatMap((operation) => {
    const own = rows.filter((row) => row.operation === operation);
    const groups = [...Map.groupBy(own, ({ variant }) => variant)];
    return groups.map(([variant, ofWay], k) => {
      const isPeer = variant.startsWith("paillier-bigint");
      const colour = isPeer ? FAINT_INK : (OURS[k % OURS.length] ?? FAINT_INK);
      return { variant, colour, isPeer, rows: ofWay };
    });
  });
}

function groundMarks(span: Span): readonly Markish[] {
  const ticks = ticksOf(span, [1]);
  return [
    gridY(ticks, { stroke: GRID, strokeOpacity: 1 }),
    axisY(ticks, { ...AXIS, label: null, tickFormat: secondsText, facetAnchor: "left" }),
    axisX({ ...AXIS, label: null, tickFormat: countText }),
    text(OPERATIONS, {
      className: "operation",
      fx: String,
      frameAnchor: "top-left",
      dy: -18,
      fontSize: 13,
      fontWeight: "bold",
      text: (operation: KeyLengthRow["operation"]) => TITLES[operation],
    }),
  ];
}

function wayMarks({ variant, colour, isPeer, rows }: Way): readonly Markish[] {
  const place = { fx: "operation", x: "bits", y: secondsOf } as const;
  const last = rows.slice(-1);
  return [
    line(rows, {
      ...place,
      className: "way",
      stroke: colour,
      strokeWidth: 2,
      ...(isPeer && { strokeDasharray: "6,4" }),
    }),
    dot(rows, { ...place, r: 3.6, fill: colour }),
    text(last, {
      ...place,
      className: "label",
      dx: 9,
      textAnchor: "start",
      fontSize: LABEL_PX,
      fill: colour,
      stroke: "white",
      strokeWidth: 3,
      text: () => variant,
    }),
  ];
}

function secondsOf({ ms }: KeyLengthRow): number {
  return ms / 1_000;
}
