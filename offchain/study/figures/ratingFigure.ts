/**
 * Figure 5 of He et al., computed on an EVM: how the ratings of four piles move with every
 * evaluation. On the left the scores are real numbers, as the paper draws them; on the right they
 * are 1, 2 or 3, as a vehicle gives them. The line is one history on chain, the band mean ± one
 * standard deviation of the reference over all runs, and the number behind the line the rating it
 * ends with.
 */
import {
  areaY,
  axisFx,
  axisX,
  axisY,
  gridY,
  line,
  ruleX,
  text,
  type Markish,
} from "@observablehq/plot";

import {
  RATINGS,
  SCORE_SD,
  STUDIED_PILES,
  type RatingStudy,
  type Scoring,
  type StudyLine,
} from "../rating/ratingStudy.ts";
import { FAINT_INK, GRID, INK, plotSvg } from "./plotSvg.ts";

const WIDTH_PX = 940;
const HEIGHT_PX = 440;
/** How far the scale goes on behind the last evaluation: room for the name and the last rating. */
const LABEL_ROOM = 48;
/** Where nothing in the data reaches farther. */
const LOWEST = 0;
const HIGHEST = 3.4;
/** Labels nearer than this would touch. */
const LABEL_STEP = 0.19;

/** Okabe and Ito 2008: told apart by the colour blind too. */
const COLOURS: Readonly<Record<string, string>> = {
  high: "#0072b2",
  middle: "#009e73",
  low: "#cc79a7",
  cheat: "#d55e00",
};
const TITLES: Readonly<Record<Scoring, string>> = {
  real: "real-valued scores · the library on chain",
  whole: "scores 1, 2, 3 · Reputation.rate",
};

/** The chart as the text of an SVG file. Run by anyone who has a study. */
export function ratingFigure(study: RatingStudy): string {
  return plotSvg({
    title: "Pile ratings over 180 evaluations",
    subtitle:
      "Three piles of steady quality, and one that serves well until it is trusted · line: one history, on chain",
    footnote: footnoteOf(study),
    description:
      "Two line charts of the ratings of four piles; a pile that turns bad loses its rating within some thirty evaluations.",
    plot: {
      width: WIDTH_PX,
      height: HEIGHT_PX,
      marginLeft: 52,
      marginRight: 16,
      marginTop: 30,
      marginBottom: 48,
      fx: { domain: [TITLES.real, TITLES.whole], padding: 0.06 },
      x: { type: "linear", domain: [0, RATINGS + LABEL_ROOM], axis: null },
      y: { type: "linear", domain: reachOf(study), axis: null },
      marks: [...axisMarks(), ...bandMarks(study), ...lineMarks(study), ...labelMarks(study)],
    },
  });
}

function footnoteOf({ runs, seed }: RatingStudy): string {
  const band = `Band: mean ± standard deviation of ${runs} runs of the reference`;
  return `${band} · scores N(quality, ${SCORE_SD}) · seed ${seed} · after He et al., figure 5`;
}

interface Point {
  readonly panel: string;
  readonly pile: string;
  readonly n: number;
  readonly rating: number;
  readonly low: number;
  readonly high: number;
}

function pointsOf({ lines }: RatingStudy): readonly Point[] {
  return lines.flatMap(({ pile, scoring, onChain, spread }) => {
    const start = { panel: TITLES[scoring], pile, n: 0, rating: 0, low: 0, high: 0 };
    const after = onChain.map((rating, place): Point => {
      const mean = spread.mean[place] ?? 0;
      const sd = spread.sd[place] ?? 0;
      const panel = TITLES[scoring];
      return { panel, pile, n: place + 1, rating, low: mean - sd, high: mean + sd };
    });
    return [start, ...after];
  });
}

/** From the lowest to the highest that is drawn, and at least the scale of ratings. */
function reachOf(study: RatingStudy): [number, number] {
  const points = pointsOf(study);
  const lowest = points.map(({ rating, low }) => Math.min(rating, low));
  const highest = points.map(({ rating, high }) => Math.max(rating, high));
  return [Math.min(LOWEST, ...lowest), Math.max(HIGHEST, ...highest)];
}

function axisMarks(): readonly Markish[] {
  const ticks = [0, 60, 120, RATINGS];
  return [
    axisFx({ anchor: "top", fontSize: 12.5, fill: INK, label: null, tickSize: 0, dy: -4 }),
    gridY({ ticks: [0, 1, 2, 3], stroke: GRID, strokeOpacity: 1, x1: 0, x2: RATINGS }),
    axisX({
      ticks,
      label: "evaluations",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      tickSize: 4,
      fontSize: 11,
    }),
    axisY({
      ticks: [0, 1, 2, 3],
      tickFormat: String,
      label: "rating R",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 40,
      tickSize: 4,
      fontSize: 11,
      fx: null,
    }),
  ];
}

/** Where the quality of a pile changes. */
const TURNS = STUDIED_PILES.flatMap(({ name, qualities }) =>
  qualities.slice(0, -1).map(({ until }) => ({ until, text: `${name} turns` })),
);

function bandMarks(study: RatingStudy): readonly Markish[] {
  return [
    ruleX(TURNS, { x: "until", stroke: FAINT_INK, strokeDasharray: "2,3", strokeWidth: 1 }),
    text(TURNS, {
      className: "turn",
      x: "until",
      text: "text",
      frameAnchor: "top",
      textAnchor: "start",
      dx: 5,
      dy: 2,
      fontSize: 10.5,
      fill: FAINT_INK,
    }),
    areaY(pointsOf(study), {
      className: "band",
      fx: "panel",
      x: "n",
      y1: "low",
      y2: "high",
      z: "pile",
      fill: colourOf,
      fillOpacity: 0.16,
    }),
  ];
}

function lineMarks(study: RatingStudy): readonly Markish[] {
  return [
    line(pointsOf(study), {
      className: "history",
      fx: "panel",
      x: "n",
      y: "rating",
      z: "pile",
      stroke: colourOf,
      strokeWidth: 1.8,
      strokeLinejoin: "round",
    }),
  ];
}

interface Label {
  readonly panel: string;
  readonly pile: string;
  readonly text: string;
  readonly y: number;
}

function labelMarks({ lines }: RatingStudy): readonly Markish[] {
  const panels = Map.groupBy(lines, ({ scoring }) => TITLES[scoring]);
  const labels = [...panels].flatMap(([panel, own]) => labelsOf(panel, own));
  return [
    text(labels, {
      className: "ending",
      fx: "panel",
      x: RATINGS,
      y: "y",
      dx: 6,
      textAnchor: "start",
      fontSize: 12,
      fontWeight: "bold",
      fill: colourOf,
      text: "text",
    }),
  ];
}

/** Beside the ends of the lines, pushed apart upwards where they would touch. */
function labelsOf(panel: string, lines: readonly StudyLine[]): readonly Label[] {
  const ends = lines
    .map(({ pile, onChain }) => ({ pile, last: onChain.at(-1) ?? 0 }))
    .sort((a, b) => a.last - b.last);
  let lowest = Number.NEGATIVE_INFINITY;
  return ends.map(({ pile, last }) => {
    const y = Math.max(last, lowest);
    lowest = y + LABEL_STEP;
    return { panel, pile, text: `${pile} ${last.toFixed(2)}`, y };
  });
}

function colourOf({ pile }: { readonly pile: string }): string {
  return COLOURS[pile] ?? INK;
}
