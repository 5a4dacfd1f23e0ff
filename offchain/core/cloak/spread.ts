/** How far apart a set is: the mean distance over all its pairs, each pair once. */
import { distanceM, type Place } from "./grid.ts";

/** w̄ in metres; 0 for fewer than two places. Source: DePET, equation (6), over unordered pairs. */
export function meanPairDistanceM(places: readonly Place[]): number {
  let sumM = 0;
  for (const [index, place] of places.entries()) {
    for (const other of places.slice(0, index)) sumM += distanceM(place, other);
  }
  const pairs = (places.length * (places.length - 1)) / 2;
  return pairs === 0 ? 0 : sumM / pairs;
}
