/**
 * The attacker who knows a map and sees a profile: for one buyer the numbers A·W + B of candidates
 * in an unknown order, A and B unknown. A score is W = |q|² + ask − 2·q·p + (of the buyer alone)
 * for a pile at q and a buyer at p, so numbers are linear in (A, A·p, B): if the attacker knows
 * which number is whose, four of them tell p. If it does not, it supposes a place, sorts the map by
 * the scores that this place would give, solves, and goes on from the place it gets. Of all places
 * that it ends at, the one whose profile fits best is the buyer's.
 */
import type { SeededStream } from "../../../offchain/study/worlds/seededRng.ts";
import { leastSquares } from "./leastSquares.ts";
import type { Place } from "./constellation.ts";

/** A pile of the map; `ask` in token units per kWh. */
export interface MappedPile extends Place {
  readonly ask: number;
}

export interface Fit {
  readonly place: Place;
  /** Sum of squares by which numbers, from 0 to 1, miss. */
  readonly error: number;
  /** Indices of the piles in the order of the numbers. */
  readonly order: readonly number[];
}

const STEPS = 12;
/** Lengths in km keep all unknowns of one size. */
const KM = 1_000;

/** Numbers as they compare: from 0 for the smallest to 1 for the largest, ascending. */
export function profileOf(scores: readonly bigint[]): readonly number[] {
  const ascending = [...scores].sort((a, b) => (a < b ? -1 : 1));
  const [least, most] = [ascending[0] ?? 0n, ascending.at(-1) ?? 0n];
  const span = most === least ? 1n : most - least;
  return ascending.map((score) => Number(((score - least) << 60n) / span) / 2 ** 60);
}

/**
 * The straw man: A·W + B of a buyer with every pile, in the order of the piles. This is what a
 * matching leaks that hides its scores by a common factor and a common addend alone.
 */
export function scaledScores(
  buyer: Place,
  piles: readonly MappedPile[],
  stream: SeededStream,
): readonly bigint[] {
  const [factor, addend] = [stream.uniformInt(1, 2 ** 40), stream.uniformInt(0, 2 ** 40)];
  return piles.map(
    (pile) => BigInt(factor) * BigInt(Math.round(scoreAt(buyer, pile))) + BigInt(addend),
  );
}

/**
 * Where a buyer is whose scores with `piles` are the numbers of `profile`, in this order; null if
 * that tells nothing.
 */
export function placeFromLabelled(
  piles: readonly MappedPile[],
  profile: readonly number[],
): Omit<Fit, "order"> | null {
  const rows = piles.map(({ xM, yM, ask }) => [
    (xM ** 2 + yM ** 2 + ask) / KM ** 2,
    xM / KM,
    yM / KM,
    1,
  ]);
  const solution = leastSquares(rows, profile);
  const [scale = 0, alongX = 0, alongY = 0] = solution ?? [];
  if (solution === null || scale <= 0) return null;
  const error = rows.reduce((sum, row, k) => {
    const miss = row.reduce(
      (fit, entry, u) => fit + entry * (solution[u] ?? 0),
      -(profile[k] ?? 0),
    );
    return sum + miss ** 2;
  }, 0);
  return { place: { xM: (-alongX / scale / 2) * KM, yM: (-alongY / scale / 2) * KM }, error };
}

/** The best guess in a square map, from starts on a grid; its middle if nothing fits. */
export function placeFromProfile(
  map: readonly MappedPile[],
  profile: readonly number[],
  sideM: number,
  startsASide: number,
): Fit {
  const middle = { xM: sideM / 2, yM: sideM / 2 };
  let best: Fit = { place: middle, error: Infinity, order: [] };
  for (const start of gridOf(sideM, startsASide)) {
    let place: Place | null = start;
    for (let step = 0, before = ""; step < STEPS && place !== null; step += 1) {
      const order = orderFrom(map, place);
      if (order.join() === before) break;
      before = order.join();
      const fit = placeFromLabelled(
        order.flatMap((k) => map[k] ?? []),
        profile,
      );
      place = fit !== null && isNear(fit.place, sideM) ? fit.place : null;
      if (fit !== null && place !== null && fit.error < best.error) best = { ...fit, order };
    }
  }
  return best;
}

/** Centres of the cells of a square. */
export function gridOf(sideM: number, cellsASide: number): readonly Place[] {
  return Array.from({ length: cellsASide ** 2 }, (_, k) => ({
    xM: (((k % cellsASide) + 0.5) * sideM) / cellsASide,
    yM: ((Math.floor(k / cellsASide) + 0.5) * sideM) / cellsASide,
  }));
}

/** d² + ask: the score, but for what is the buyer's alone. */
export function scoreAt({ xM, yM }: Place, pile: MappedPile): number {
  return (pile.xM - xM) ** 2 + (pile.yM - yM) ** 2 + pile.ask;
}

function orderFrom(map: readonly MappedPile[], place: Place): readonly number[] {
  const scores = map.map((pile) => scoreAt(place, pile));
  return [...map.keys()].sort((j, k) => (scores[j] ?? 0) - (scores[k] ?? 0));
}

function isNear({ xM, yM }: Place, sideM: number): boolean {
  return Math.min(xM, yM) > -0.1 * sideM && Math.max(xM, yM) < 1.1 * sideM;
}
