/** How well two samples of a number can be told apart. */

/** How much better than guessing the best threshold does. Of equal sources: at most 4·√(1/2n) but once in thousands. */
export function advantage(one: readonly number[], other: readonly number[]): number {
  const below = (sample: readonly number[], threshold: number): number =>
    sample.filter((value) => value < threshold).length / sample.length;
  const thresholds = [...new Set([...one, ...other])];
  return Math.max(...thresholds.map((t) => Math.abs(below(one, t) - below(other, t))));
}
