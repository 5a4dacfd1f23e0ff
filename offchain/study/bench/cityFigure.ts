/**
 * The cost of a round against the size of a city, both logarithmic: the servers' total and each of
 * its stages as lines, the dashed line that grows as the city does (slope 1) and the dotted one of
 * all I·J pairs at the pace of the largest round (slope 2). Full dots were measured in a round of
 * which all was done; hollow ones are reckoned from what a record took.
 */
import { axisX, axisY, dot, gridX, gridY, line, type Markish } from "@observablehq/plot";
import { FAINT_INK, GRID, INK, plotSvg } from "../figures/plotSvg.ts";
import { CITY_STAGES, type CityRow, type CityStage } from "./cityRound.ts";
import {
  AXIS,
  countText,
  endLabels,
  secondsText,
  spanOf,
  ticksOf,
  type Frame,
  type Span,
} from "./logChart.ts";

const FRAME: Frame = {
  width: 900,
  height: 520,
  marginLeft: 72,
  marginRight: 250,
  marginTop: 16,
  marginBottom: 52,
};

const COLOURS: Readonly<Record<Exclude<CityStage, "owners">, string>> = {
  cloaking: "#cc79a7",
  search: "#56b4e9",
  admission: "#009e73",
  masking: "#e69f00",
  opening: "#d55e00",
  matching: "#0072b2",
};
/** Stages that are reckoned from a record where not all is done. */
const BY_RECORD: readonly CityStage[] = ["admission", "masking", "opening"];

const DASHED = "6,4";
const DOTTED = "1,3";
/** The line of slope 1 is above the total by this factor. */
const BESIDE = 2;

interface Point {
  readonly count: number;
  readonly seconds: number;
  readonly isMeasured: boolean;
}

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly width: number;
  readonly dashes: string | null;
  /** Whether its end is a number that means something. */
  readonly endsInNumber: boolean;
  readonly points: readonly Point[];
}

/**
 * The chart as the text of an SVG file: a line of class `series` for the total and each stage, of
 * class `slope` for the others.
 */
export function cityFigure(rows: readonly CityRow[]): string {
  const series = seriesOf(rows);
  const slopes = slopesOf(rows);
  const drawn = [...series, ...slopes];
  const counts = spanOf(rows.map(({ count }) => count));
  const seconds = spanOf(drawn.flatMap(({ points }) => points.map((point) => point.seconds)));
  return plotSvg({
    title: "Cost of a round in a city that grows at constant density",
    subtitle:
      rows.length === 0
        ? "Nothing was measured."
        : "Processor seconds of the servers, mode strict · as many vehicles, cloaked by five and more, as piles",
    footnote:
      "Hollow: reckoned from what one record took in the largest round that was done in full",
    description: "Line chart of the seconds that the stages of a round take, by size of the city.",
    plot: {
      ...FRAME,
      x: { type: "log", domain: counts, axis: null },
      y: { type: "log", domain: seconds, axis: null },
      marks:
        rows.length === 0
          ? []
          : [
              ...groundMarks(rows, seconds),
              ...slopes.map((one) => lineOf(one, "slope")),
              ...series.flatMap((one) => [lineOf(one, "series"), dotsOf(one)]),
              ...endLabels(drawn.map(endOf), seconds, FRAME),
            ],
    },
  });
}

function seriesOf(rows: readonly CityRow[]): readonly Line[] {
  const total: Line = {
    name: "all of the servers",
    colour: INK,
    width: 2.6,
    dashes: null,
    endsInNumber: true,
    points: rows.map(({ count, seconds, isWhole }) => ({ count, seconds, isMeasured: isWhole })),
  };
  const stages = CITY_STAGES.flatMap((stage): Line[] => {
    if (stage === "owners") return [];
    const points = rows.map(({ count, secondsPerStage, isWhole }) => ({
      count,
      seconds: secondsPerStage[stage],
      isMeasured: isWhole || !BY_RECORD.includes(stage),
    }));
    const look = { colour: COLOURS[stage], width: 1.8, dashes: null, endsInNumber: true };
    return [{ name: stage, ...look, points }];
  });
  return [total, ...stages];
}

/**
 * Beside the total, so that both are seen: as the city. And all pairs at the pace of the last
 * round.
 */
function slopesOf(rows: readonly CityRow[]): readonly Line[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const pace = last.comparedPairs / last.secondsPerStage.matching;
  const through = (name: string, dashes: string, of: (row: CityRow) => number): Line => ({
    name,
    colour: FAINT_INK,
    width: 1.4,
    dashes,
    endsInNumber: dashes === DOTTED,
    points: rows.map((row) => ({ count: row.count, seconds: of(row), isMeasured: true })),
  });
  return [
    through("slope 1", DASHED, ({ count }) => (BESIDE * first.seconds * count) / first.count),
    through("matching of all I·J pairs", DOTTED, ({ allPairs }) => allPairs / pace),
  ];
}

function groundMarks(rows: readonly CityRow[], seconds: Span): readonly Markish[] {
  const decades = ticksOf(seconds, [1]);
  const counts = rows.map(({ count }) => count);
  return [
    gridX(counts, { stroke: GRID, strokeOpacity: 1 }),
    gridY(decades, { stroke: GRID, strokeOpacity: 1 }),
    axisX(counts, { ...AXIS, label: "vehicles, and as many piles", text: countText }),
    axisY(decades, { ...AXIS, label: null, tickFormat: secondsText }),
  ];
}

function lineOf({ points, colour, width, dashes }: Line, className: string): Markish {
  return line(points, {
    x: "count",
    y: "seconds",
    className,
    stroke: colour,
    strokeWidth: width,
    ...(dashes !== null && { strokeDasharray: dashes }),
  });
}

function dotsOf({ points, colour }: Line): Markish {
  return dot(points, {
    x: "count",
    y: "seconds",
    r: 3.6,
    fill: ({ isMeasured }: Point) => (isMeasured ? colour : "white"),
    stroke: colour,
    strokeWidth: 1.6,
  });
}

function endOf({ name, colour, points, endsInNumber }: Line): {
  readonly value: number;
  readonly label: string;
  readonly colour: string;
} {
  const { seconds: value = NaN } = points.at(-1) ?? {};
  const number = secondsText(Number(value.toPrecision(3)));
  return { value, label: endsInNumber ? `${name}: ${number}` : name, colour };
}
