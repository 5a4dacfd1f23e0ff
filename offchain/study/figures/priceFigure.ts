/**
 * How prices fall in both kinds of auctions for one request: on the left the open one, bid by bid,
 * on the right the sealed one, round by round. Every dot is a bid in the colour of its pile, the
 * line is what leads. All prices are drawn as the winner would have to ask them: what a pile is
 * worse placed than the winner, it has to be cheaper. The dashed line is where the second-best pile
 * would lose money; the band around it is one decrement wide on either side, and in it both come to
 * rest.
 */
import {
  areaY,
  axisX,
  axisY,
  dot,
  gridY,
  line,
  ruleY,
  text,
  type Markish,
  type PlotOptions,
} from "@observablehq/plot";
import type { Bidder } from "../../core/pricing/bidder.ts";
import { secondLowestEffectiveCost } from "../../core/pricing/equilibrium.ts";
import type { PricePath, PricePoint } from "../../core/pricing/pricePath.ts";
import { FAINT_INK, fitted, GRID, INK, plotSvg } from "./plotSvg.ts";

/** One auction of the figure. */
export interface DrawnPath {
  readonly path: PricePath;
  /** Token units per kWh. */
  readonly decrement: bigint;
}

export interface PriceStory {
  /** Whose request it is, for the subtitle. */
  readonly request: string;
  readonly bidders: readonly Bidder[];
  readonly open: DrawnPath;
  readonly sealed: DrawnPath;
}

const UNITS_PER_CENT = 10_000;
const WIDTH_PX = 860;
const HEIGHT_PX = 430;
const MARGINS_PX = { marginLeft: 64, marginRight: 24, marginTop: 64, marginBottom: 52 };
/** Width of a panel and of the gap between them, in units of the x axis. */
const PANEL = 1;
const GAP = 0.14;
/** Between dots beside each other. */
const BESIDE = 0.021;
/** Of the colours that Okabe and Ito chose to be told apart by all kinds of colour vision. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;
const OTHERS = "#9aa5b1";
const BAND = "#fdf1d8";
const BAND_INK = "#a06a00";
const NAME_PX = 12;

/**
 * The figure as the text of an SVG file, 860 pixels wide. Piles beyond the sixth that bid share one
 * colour.
 */
export function priceFigure(story: PriceStory): string {
  const winner = story.bidders[story.open.path.leader];
  if (winner === undefined) throw new RangeError("priceFigure: expected a bidder who wins");
  const scene = sceneOf(story, winner);
  return plotSvg({
    title: "Price paths of both auctions",
    subtitle: subtitleOf(story, winner),
    footnote: footnoteOf(story),
    description:
      "Two charts of falling prices, of an open auction bid by bid and of a sealed one round by round, ending in the same band.",
    plot: plotOf(scene),
  });
}

/** A panel: where it begins on the x axis, and how many steps it holds. */
interface Panel {
  readonly title: string;
  readonly axis: string;
  readonly left: number;
  readonly first: number;
  readonly last: number;
  readonly path: PricePath;
  readonly decrement: number;
}

interface Scene {
  readonly panels: readonly Panel[];
  /** Bidder → colour. */
  readonly colours: readonly string[];
  readonly names: readonly { readonly name: string; readonly colour: string }[];
  /** Effective price → cents as the winner would have to ask them. */
  readonly cents: (effective: bigint) => number;
  readonly floor: number | null;
  readonly domain: readonly [number, number];
}

function sceneOf({ bidders, open, sealed }: PriceStory, winner: Bidder): Scene {
  const cents = (effective: bigint): number =>
    Number(effective + winner.advantage) / UNITS_PER_CENT;
  const second = secondLowestEffectiveCost(bidders);
  const colours = coloursOf(bidders, open.path, sealed.path);
  const drawn = [...open.path.points, ...sealed.path.points].map((point) =>
    cents(point.effectivePrice),
  );
  const floor = second === null ? null : cents(second);
  const widest = Number(open.decrement > sealed.decrement ? open.decrement : sealed.decrement);
  const bottom = Math.min(...drawn, (floor ?? Infinity) - widest / UNITS_PER_CENT);
  const top = Math.max(...drawn);
  const rounds = Math.max(2, sealed.path.leading.length);
  return {
    panels: [
      panelOf("Open: one after the other", "bid", 0, [0, bidsOf(open.path)], open),
      panelOf("Sealed: all at once", "round", PANEL + GAP, [1, rounds], sealed),
    ],
    colours,
    names: bidders.flatMap(({ name }, index) => {
      const colour = colours[index] ?? OTHERS;
      return colour === OTHERS ? [] : [{ name, colour }];
    }),
    cents,
    floor,
    domain: [bottom - (top - bottom) / 16, top + (top - bottom) / 16],
  };
}

function panelOf(
  title: string,
  axis: string,
  left: number,
  [first, last]: readonly [number, number],
  { path, decrement }: DrawnPath,
): Panel {
  return { title, axis, left, first, last, path, decrement: Number(decrement) / UNITS_PER_CENT };
}

function bidsOf({ leading }: PricePath): number {
  return Math.max(1, leading.length - 1);
}

/** The winner first, then who bid most; all others are grey. */
function coloursOf(bidders: readonly Bidder[], open: PricePath, sealed: PricePath): string[] {
  const bids = (index: number): number =>
    [...open.points, ...sealed.points].filter(({ bidder }) => bidder === index).length;
  const ranked = bidders
    .map((_, index) => ({ index, bids: index === open.leader ? Infinity : bids(index) }))
    .sort((a, b) => b.bids - a.bids);
  const colours = bidders.map(() => OTHERS as string);
  for (const [rank, { index }] of ranked.entries()) colours[index] = COLOURS[rank] ?? OTHERS;
  return colours;
}

function subtitleOf({ request, bidders, open, sealed }: PriceStory, winner: Bidder): string {
  const price = open.path.prices[open.path.leader] ?? 0n;
  const cut = sealed.path.converged ? "" : ", then cut off";
  const rounds = `${sealed.path.leading.length} rounds${cut}`;
  const bids = `${open.path.leading.length - 1} bids`;
  const wins = `${winner.name} wins at ${centsText(Number(price) / UNITS_PER_CENT)} ct`;
  return `${request} · ${bidders.length} piles · open: ${bids}, ${wins} · sealed: ${rounds}`;
}

function footnoteOf({ open, sealed }: PriceStory): string {
  const cents = ({ decrement }: DrawnPath): string => centsText(Number(decrement) / UNITS_PER_CENT);
  const decrements = `Decrement: ${cents(open)} ct open, ${cents(sealed)} ct sealed.`;
  return `${decrements} Prices as the winner would have to ask them. Ring: where a pile begins; dot: a bid.`;
}

function centsText(cents: number): string {
  return cents.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function plotOf(scene: Scene): PlotOptions & { width: number; height: number } {
  return {
    width: WIDTH_PX,
    height: HEIGHT_PX,
    ...MARGINS_PX,
    x: { type: "linear", domain: [-0.02, 2 * PANEL + GAP + 0.02], axis: null },
    y: { type: "linear", domain: [...scene.domain], axis: null },
    marks: [
      gridY({ stroke: GRID, strokeOpacity: 1, tickSpacing: 44 }),
      axisY({ label: null, tickSpacing: 44, tickSize: 4, fontSize: 11 }),
      text([0], {
        ...LABEL,
        frameAnchor: "top-left",
        dx: -54,
        dy: -14,
        text: () => "ct / kWh",
        fill: FAINT_INK,
      }),
      ...scene.panels.flatMap((panel) => panelMarks(scene, panel)),
      ...nameMarks(scene),
    ],
  };
}

const LABEL = { textAnchor: "start", fontSize: NAME_PX } as const;

function panelMarks(scene: Scene, panel: Panel): readonly Markish[] {
  const { path } = panel;
  const steps = path.leading.map((effective, step) => ({
    x: xOf(panel, panel.first + step),
    y: scene.cents(effective),
  }));
  const starts = path.points.filter(({ step }) => step === panel.first);
  const bids = path.points.filter(({ step }) => step !== panel.first);
  const y = (point: PricePoint): number => scene.cents(point.effectivePrice);
  const atStep = { x: (point: PricePoint) => xOf(panel, point.step), y };
  const sideBySide = { x: (point: PricePoint) => xAmongEquals(panel, bids, point), y };
  const colour = ({ bidder }: PricePoint): string => scene.colours[bidder] ?? OTHERS;
  return [
    ...bandMarks(scene, panel),
    ...axisMarks(panel),
    line(steps, {
      className: "leading",
      x: "x",
      y: "y",
      stroke: INK,
      strokeWidth: 1,
      curve: "step-after",
    }),
    dot(starts, {
      className: "start",
      ...atStep,
      r: 3.6,
      stroke: colour,
      strokeWidth: 1.6,
      fill: "white",
    }),
    dot(bids, {
      className: "bid",
      ...sideBySide,
      r: 3.8,
      fill: colour,
      stroke: "white",
      strokeWidth: 0.7,
    }),
    text(steps.slice(-1), {
      x: "x",
      y: "y",
      dy: 16,
      fontSize: NAME_PX,
      fontWeight: "bold",
      text: (end: { readonly y: number }) => centsText(end.y),
    }),
  ];
}

/** Bids of one round are equal: they stand beside each other. */
function xAmongEquals(panel: Panel, bids: readonly PricePoint[], point: PricePoint): number {
  const equals = bids.filter(({ step }) => step === point.step);
  const place = equals.indexOf(point) - (equals.length - 1) / 2;
  return xOf(panel, point.step) + place * Math.min(BESIDE, PANEL / (panel.last * equals.length));
}

/** Where best responses come to rest. */
function bandMarks({ floor }: Scene, panel: Panel): readonly Markish[] {
  if (floor === null) return [];
  const ends = [panel.left, panel.left + PANEL];
  const limits = { x: (x: number) => x, y1: floor - panel.decrement, y2: floor + panel.decrement };
  return [
    areaY(ends, { className: "band", ...limits, fill: BAND }),
    ruleY([floor], {
      x1: panel.left,
      x2: panel.left + PANEL,
      stroke: BAND_INK,
      strokeDasharray: "5,3",
      strokeWidth: 1.2,
    }),
  ];
}

function axisMarks(panel: Panel): readonly Markish[] {
  const ticks = ticksOf(panel);
  return [
    axisX(
      ticks.map((step) => xOf(panel, step)),
      {
        label: null,
        tickSize: 4,
        fontSize: 11,
        tickFormat: (x: number) => String(Math.round(stepAt(panel, x))),
      },
    ),
    text([panel.left + PANEL / 2], {
      x: (x: number) => x,
      frameAnchor: "bottom",
      dy: 38,
      fontSize: NAME_PX,
      text: () => panel.axis,
    }),
    text([panel.left], {
      ...LABEL,
      x: (x: number) => x,
      frameAnchor: "top",
      dy: -20,
      dx: -6,
      fontWeight: "bold",
      text: () => panel.title,
    }),
  ];
}

/** At most nine whole steps, the first among them. */
function ticksOf({ first, last }: Panel): readonly number[] {
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000].find((d) => (last - first) / d <= 8);
  const stride = every ?? last - first;
  const begin = first === 0 ? 0 : Math.ceil(first / stride) * stride;
  const ticks = Array.from(
    { length: Math.floor((last - begin) / stride) + 1 },
    (_, k) => begin + k * stride,
  );
  return ticks[0] === first ? ticks : [first, ...ticks];
}

function nameMarks({ names, floor }: Scene): readonly Markish[] {
  const widthPx = (WIDTH_PX - 96) / Math.max(names.length + 2, 6);
  const entries = names.map(({ name, colour }, k) => ({ name, colour, dxPx: 64 + k * widthPx }));
  const at = (dxPx: number) => ({ value: () => dxPx, scale: null });
  const row = { value: () => 16, scale: null };
  const marks: Markish[] = entries.flatMap(({ name, colour, dxPx }) => [
    dot([0], { x: at(dxPx), y: row, r: 4.2, fill: colour }),
    text([0], {
      ...LABEL,
      className: "name",
      x: at(dxPx + 10),
      y: row,
      text: () => fitted(name, widthPx - 18, NAME_PX),
    }),
  ]);
  if (floor === null) return marks;
  const dxPx = 64 + names.length * widthPx;
  return [
    ...marks,
    line([dxPx - 6, dxPx + 18], {
      x: { value: (px: number) => px, scale: null },
      y: row,
      stroke: BAND_INK,
      strokeDasharray: "5,3",
    }),
    text([0], {
      ...LABEL,
      x: at(dxPx + 24),
      y: row,
      fill: BAND_INK,
      text: () => "second-lowest cost",
    }),
  ];
}

function xOf({ left, first, last }: Panel, step: number): number {
  return left + (PANEL * (step - first)) / (last - first);
}

function stepAt({ left, first, last }: Panel, x: number): number {
  return first + ((x - left) / PANEL) * (last - first);
}
