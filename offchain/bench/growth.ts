/** How time grows with the number of pairs: the slope of a straight line through the logarithms, by least squares. */
import type { GrowthRow, RoundRow } from "./report.ts";

/** For each mode and number of cores that was measured at two sizes or more. */
export function growthOf(rows: readonly RoundRow[]): readonly GrowthRow[] {
  const series = Map.groupBy(rows, ({ mode, cores }) => `${mode}/${cores}`);
  return [...series.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length < 2) return [];
    const { mode, cores } = first;
    const points = own.map(({ pairs, seconds }) => [Math.log(pairs), Math.log(seconds)] as const);
    return [{ mode, cores, exponent: slopeOf(points) }];
  });
}

/** Of the line that is nearest to the points; NaN if they stand above one another. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (pick: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const covariance = mean(([x, y]) => (x - meanX) * (y - meanY));
  return covariance / mean(([x]) => (x - meanX) ** 2);
}
