/**
 * What a map shows of a day, and how it looks: points for piles and requests, lines for matched
 * pairs, each of a kind, and a style for every kind. A pile's kind is its power and whether it sold
 * energy, a request's and a pair's kind is what became of it. Kinds differ in shape, filling or
 * dashes and only then in colour.
 */
import { dot, link, type DotOptions, type LinkOptions, type Markish } from "@observablehq/plot";

import type { TrueTrade } from "../reports/truth.ts";
import { offersOf } from "../../core/messages/features.ts";
import type { Position, WorldPile, WorldTrip } from "../worlds/world.ts";
import { FAINT_INK, INK } from "./plotSvg.ts";

/** A pile or a request on the map. */
export interface Point extends Position {
  /** Of the trip or of the pile. */
  readonly name: string;
  /** One of POINT_STYLES. */
  readonly kind: string;
  /** Shown when a pointer rests on the mark. */
  readonly title: string;
}

interface PointStyle extends DotOptions {
  readonly r: number;
}

// Of the colours that Okabe and Ito chose to be told apart by all kinds of colour vision.
const BLUE = "#0072b2";
const VERMILION = "#d55e00";

const SQUARE = { symbol: "square", r: 3.4 } as const;
const DIAMOND = { symbol: "diamond", r: 4.2 } as const;
const STAR = { symbol: "star", r: 4.9 } as const;
const USED = { fill: BLUE, stroke: BLUE, strokeWidth: 1.2, strokeLinejoin: "round" } as const;
const IDLE = { fill: "white", stroke: BLUE, strokeWidth: 1.2, strokeLinejoin: "round" } as const;

/** The kinds of points, in the order in which they are drawn. */
export const POINT_STYLES: Readonly<Record<string, PointStyle>> = {
  "pile-rapid-idle": { ...STAR, ...IDLE },
  "pile-fast-idle": { ...DIAMOND, ...IDLE },
  "pile-slow-idle": { ...SQUARE, ...IDLE },
  "pile-rapid-used": { ...STAR, ...USED },
  "pile-fast-used": { ...DIAMOND, ...USED },
  "pile-slow-used": { ...SQUARE, ...USED },
  "request-settled": { symbol: "circle", r: 3.8, fill: INK, stroke: "white", strokeWidth: 0.8 },
  "request-unsettled": { symbol: "circle", r: 3.5, fill: "white", stroke: VERMILION },
  "request-unmatched": { symbol: "times", r: 4, stroke: VERMILION },
};

/** The kinds of lines. */
export const PAIR_STYLES: Readonly<Record<string, LinkOptions>> = {
  "pair-settled": { stroke: FAINT_INK, strokeWidth: 1.3 },
  "pair-unsettled": { stroke: VERMILION, strokeWidth: 1.3, strokeDasharray: "4,3" },
};

/** One point a pile. A pile counts as used when a session at it was settled. */
export function pilePoints(
  piles: readonly WorldPile[],
  trades: readonly TrueTrade[],
): readonly Point[] {
  const sold = new Set(trades.filter(isSettled).map((trade) => trade.pile));
  return piles.map(({ name, powerW, position }) => ({
    ...position,
    name,
    kind: `pile-${classOf(powerW)}-${sold.has(name) ? "used" : "idle"}`,
    title: `${name}, ${powerW / 1000} kW`,
  }));
}

function classOf(powerW: number): string {
  const features = offersOf(powerW).filter(Boolean).length;
  return ["slow", "fast"][features] ?? "rapid";
}

/** One point a trip, whether it found a pile or not. */
export function requestPoints(
  trips: readonly WorldTrip[],
  trades: readonly TrueTrade[],
): readonly Point[] {
  const tradeOf = new Map(trades.map((trade) => [trade.trip, trade]));
  return trips.map(({ name, vehicle, position }) => {
    const trade = tradeOf.get(name);
    const fate = trade === undefined ? "unmatched" : isSettled(trade) ? "settled" : "unsettled";
    return { ...position, name, kind: `request-${fate}`, title: `${name} of ${vehicle}` };
  });
}

function isSettled(trade: TrueTrade): boolean {
  return trade.outcome === "settled";
}

/** The points, kind by kind, at `size` times their full size. */
export function pointMarks(points: readonly Point[], size: number): readonly Markish[] {
  return Object.entries(POINT_STYLES).map(([kind, style]) =>
    dot(
      points.filter((point) => point.kind === kind),
      { x: "xM", y: "yM", title: "title", className: kind, ...style, r: style.r * size },
    ),
  );
}

/** A line a trade, from the point of its trip to the point of its pile. */
export function pairMarks(
  trades: readonly TrueTrade[],
  points: readonly Point[],
): readonly Markish[] {
  const [requestOf, pileOf] = [byName(points, "request"), byName(points, "pile")];
  const lines = trades.map((trade) => ({
    kind: isSettled(trade) ? "pair-settled" : "pair-unsettled",
    title: `${trade.vehicle} at ${trade.pile}: ${trade.outcome}`,
    from: requestOf.get(trade.trip) ?? trade.vehiclePosition,
    to: pileOf.get(trade.pile) ?? trade.pilePosition,
  }));
  type Line = (typeof lines)[number];
  const ends = {
    x1: ({ from }: Line) => from.xM,
    y1: ({ from }: Line) => from.yM,
    x2: ({ to }: Line) => to.xM,
    y2: ({ to }: Line) => to.yM,
  };
  return Object.entries(PAIR_STYLES).map(([kind, style]) =>
    link(
      lines.filter((line) => line.kind === kind),
      { ...ends, title: "title", className: kind, ...style },
    ),
  );
}

// Trips and piles may share names.
function byName(points: readonly Point[], family: string): ReadonlyMap<string, Point> {
  const named = points.filter(({ kind }) => kind.startsWith(family));
  return new Map(named.map((point) => [point.name, point]));
}
