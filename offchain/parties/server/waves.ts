/**
 * How both servers go through a round: buyers in waves, each with the sellers around it that nobody
 * has won.
 */
import { waveOf, type Wave } from "../../core/matching/candidates.ts";
import type { Candidates, Matching } from "../../core/matching/matching.ts";
import { inPieces } from "../../core/primitives/pieces.ts";

/** Buyers of a wave. */
const WAVE = 16;
/** Requests, and offers, of the largest round. */
export const MOST_RECORDS = 2 ** 20;
export const MOST_WAVES = Math.ceil(MOST_RECORDS / WAVE);

/** Buyers in waves, in order. */
export function wavesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return inPieces(all, WAVE);
}

/**
 * Goes through the waves of a round; `matchWave` gets each with its number and that of its first
 * buyer.
 */
export async function throughWaves(
  candidates: Candidates,
  matchWave: (wave: Wave, number: number, firstBuyer: number) => Promise<Matching>,
): Promise<void> {
  const gone = new Set<number>();
  for (const [number, lists] of wavesOf(candidates).entries()) {
    const wave = waveOf(lists, gone);
    const { winners } = await matchWave(wave, number, number * WAVE);
    for (const place of winners) if (place !== null) gone.add(wave.offers[place] ?? -1);
  }
}

/** Of one value a record, those at these places. */
export function pick<T>(all: readonly T[], places: readonly number[]): readonly T[] {
  return places.flatMap((place) => all.slice(place, place + 1));
}
