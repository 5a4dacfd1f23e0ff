/**
 * Every distribution from which a world draws what no file holds, with its parameters in one place.
 * `../README.md` gives the same numbers as a table. Money is in tokens on this page and
 * in token units in the world; one token is thought of as one unit of a strong currency. All of it
 * is our own construction.
 */
import type { SeededStream } from "./seededRng.ts";
import type { Position } from "./world.ts";

/** A normal distribution; draws outside least..most become the bound they passed. */
export interface ClippedNormal {
  readonly mean: number;
  readonly sd: number;
  readonly least: number;
  readonly most: number;
}

/** A distance range in metres from which whole metres are drawn uniformly, both ends included. */
export interface UniformMetres {
  readonly least: number;
  readonly most: number;
}

/** What a pile asks, tokens per kWh, by the number of features that it offers. */
export const ASK_BY_OFFERS: readonly ClippedNormal[] = [
  { mean: 0.32, sd: 0.05, least: 0.16, most: 0.6 },
  { mean: 0.38, sd: 0.06, least: 0.2, most: 0.7 },
  { mean: 0.52, sd: 0.08, least: 0.28, most: 0.9 },
];

/** The most a driver pays, tokens per kWh, by the number of features that the trip needs. */
export const BID_BY_NEEDS: readonly ClippedNormal[] = [
  { mean: 0.5, sd: 0.14, least: 0.15, most: 1 },
  { mean: 0.58, sd: 0.14, least: 0.15, most: 1.1 },
  { mean: 0.72, sd: 0.14, least: 0.15, most: 1.4 },
];

/** Prices are rounded to this many token units: a thousandth of a token. */
export const PRICE_STEP_UNITS = 1_000;

/** How far a driver starts from the pile that the file says was used: Rayleigh, cut off. */
export const DRIVER_OFFSET = { sdM: 500, mostM: 1_500 } as const;

/** A price a pile asks, token units per kWh. */
export function drawAsk(stream: SeededStream, offers: readonly boolean[]): bigint {
  return drawPrice(stream, ASK_BY_OFFERS, offers);
}

/** A price a driver pays at most, token units per kWh. */
export function drawBid(stream: SeededStream, needs: readonly boolean[]): bigint {
  return drawPrice(stream, BID_BY_NEEDS, needs);
}

/** Whole metres, uniform. */
export function drawMetres(stream: SeededStream, range: UniformMetres): number {
  return stream.uniformInt(range.least, range.most);
}

/** A draw of a clipped normal distribution. */
export function drawClipped(stream: SeededStream, shape: ClippedNormal): number {
  return Math.min(shape.most, Math.max(shape.least, stream.normal(shape.mean, shape.sd)));
}

/**
 * A position around `centre`: both axes normal with DRIVER_OFFSET.sdM, given that the distance is
 * at most DRIVER_OFFSET.mostM (inverse of the cut Rayleigh distribution, so two uniforms always).
 */
export function drawPositionAround(stream: SeededStream, centre: Position): Position {
  const { sdM, mostM } = DRIVER_OFFSET;
  const inside = 1 - Math.exp(-(mostM ** 2) / (2 * sdM ** 2));
  const radiusM = sdM * Math.sqrt(-2 * Math.log(1 - inside * stream.uniform()));
  const angle = 2 * Math.PI * stream.uniform();
  return {
    xM: Math.round(centre.xM + radiusM * Math.cos(angle)),
    yM: Math.round(centre.yM + radiusM * Math.sin(angle)),
  };
}

/** Mean powers above which a session needs the feature of the same index (watts). */
export const NEED_ABOVE_POWER_W: readonly number[] = [7_000, 22_000];

/**
 * What a session of this energy and length shows to be needed: a feature, where a pile of the
 * nominal class below it (7 and 22 kW) could not have delivered so much in that time.
 */
export function needsOfSession(energyWh: number, durationSeconds: number): readonly boolean[] {
  const meanPowerW = (energyWh * 3600) / durationSeconds;
  return NEED_ABOVE_POWER_W.map((powerW) => meanPowerW > powerW);
}

function drawPrice(
  stream: SeededStream,
  shapes: readonly ClippedNormal[],
  features: readonly boolean[],
): bigint {
  const shape = shapes[features.filter(Boolean).length];
  if (!shape) throw new RangeError(`drawPrice: expected at most ${shapes.length - 1} features`);
  const tokens = drawClipped(stream, shape);
  return BigInt(Math.round((tokens * 1_000_000) / PRICE_STEP_UNITS) * PRICE_STEP_UNITS);
}
