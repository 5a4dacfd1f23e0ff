/**
 * The attacker who has no map, but knows the market: how piles and prices are spread over the city,
 * where one colluding seller is and what it asks. Of a buyer it sees the numbers A·W + B of all
 * candidates, A and B unknown, and perhaps which of them is the colluder's. It weighs every place
 * of the city and every A by how likely these numbers are there, and guesses the place that is
 * least wrong on average.
 */
import type { SeededStream } from "../../../offchain/study/worlds/seededRng.ts";
import type { Place } from "./constellation.ts";
import { gridOf, scoreAt, type MappedPile } from "./profile.ts";

/** What the attacker has learned about a market by looking at others like it. */
export interface KnownMarket {
  readonly cells: readonly Cell[];
  readonly largestScore: number;
}

interface Cell {
  readonly place: Place;
  /** Logarithm of how likely a score is there, by the bin of its square root. */
  readonly logDensity: Float64Array;
}

/** A profile from 0 to 1, and which of its places may be the colluder's. */
export interface SeenProfile {
  readonly profile: readonly number[];
  readonly suspects: readonly number[];
}

const CELLS_A_SIDE = 12;
const BINS = 60;
const SAMPLES = 6_000;
const SCALES = 24;
/** Of the widest span of scores to the narrowest. */
const SCALE_RANGE = 300;
/** Of what was never met. */
const RARE = 0.3;

/** Learns a market from piles that are drawn as its piles are. */
export function learnMarket(drawPile: () => MappedPile, sideM: number): KnownMarket {
  const piles = Array.from({ length: SAMPLES }, drawPile);
  const largestScore = 2 * sideM ** 2 + Math.max(...piles.map(({ ask }) => ask));
  const cells = gridOf(sideM, CELLS_A_SIDE).map((place) => {
    const counts = new Float64Array(BINS).fill(RARE);
    for (const pile of piles) {
      const bin = binOf(scoreAt(place, pile), largestScore);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // A bin is as wide in scores as its number is odd.
    const logDensity = counts.map((count, bin) => Math.log(count / (SAMPLES * (2 * bin + 1))));
    return { place, logDensity };
  });
  return { cells, largestScore };
}

/** A pile anywhere in a city that asks something between two prices. */
export function anyPile(
  stream: SeededStream,
  sideM: number,
  asks: readonly [number, number],
): MappedPile {
  const [xM, yM] = [stream.uniform() * sideM, stream.uniform() * sideM];
  return { xM, yM, ask: stream.uniformInt(...asks) };
}

/** The guess. */
export function placeFromCrowd(
  market: KnownMarket,
  colluder: MappedPile,
  { profile, suspects }: SeenProfile,
): Place {
  const likelihoods = market.cells.map((cell) =>
    logSum(suspects.map((suspect) => logLikelihood(market, cell, colluder, profile, suspect))),
  );
  const most = Math.max(...likelihoods);
  return leastWrong(
    market.cells,
    likelihoods.map((one) => Math.exp(one - most)),
  );
}

/** Of all numbers but the suspect's, if that is the colluder's, whatever A is. */
function logLikelihood(
  { largestScore }: KnownMarket,
  { place, logDensity }: Cell,
  colluder: MappedPile,
  profile: readonly number[],
  suspect: number,
): number {
  const own = scoreAt(place, colluder);
  const anchor = profile[suspect] ?? 0;
  const widest = largestScore + colluder.ask;
  const ofScales = Array.from({ length: SCALES }, (_, k) => {
    const span = widest * SCALE_RANGE ** (-k / (SCALES - 1));
    let sum = (profile.length - 1) * Math.log(span);
    for (const [j, number] of profile.entries()) {
      if (j === suspect) continue;
      const score = own + (number - anchor) * span;
      const isPossible = score >= 0 && score < largestScore;
      sum += isPossible ? (logDensity[binOf(score, largestScore)] ?? 0) : IMPOSSIBLE;
    }
    return sum;
  });
  return logSum(ofScales);
}

const IMPOSSIBLE = -30;

function leastWrong(cells: readonly Cell[], weights: readonly number[]): Place {
  const wrong = ({ xM, yM }: Place): number =>
    cells.reduce(
      (sum, { place }, k) => sum + (weights[k] ?? 0) * Math.hypot(place.xM - xM, place.yM - yM),
      0,
    );
  const places = cells.map(({ place }) => place);
  const all = places.map(wrong);
  const best = places[all.indexOf(Math.min(...all))];
  if (best === undefined) throw new RangeError("leastWrong: expected cells, got none");
  return best;
}

function binOf(score: number, largestScore: number): number {
  return Math.min(BINS - 1, Math.floor(Math.sqrt(Math.max(0, score) / largestScore) * BINS));
}

function logSum(logarithms: readonly number[]): number {
  const most = Math.max(...logarithms);
  return most + Math.log(logarithms.reduce((sum, one) => sum + Math.exp(one - most), 0));
}
