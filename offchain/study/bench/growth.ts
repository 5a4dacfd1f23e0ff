/**
 * How time and memory grow with the number of pairs: the slope of a straight line through the
 * logarithms, by least squares. 1 is as fast as the pairs, 0.5 as fast as the participants, 0 not
 * at all.
 */
import type { GrowthRow, RoundRow } from "./benchReport.ts";

/** For each mode and number of cores that was measured at two sizes or more. */
export function growthOf(rows: readonly RoundRow[]): readonly GrowthRow[] {
  const series = Map.groupBy(rows, ({ mode, cores }) => `${mode}/${cores}`);
  return [...series.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length < 2) return [];
    const { mode, cores } = first;
    const { slope: exponent } = lineThrough(logarithmsOf(own, "seconds"));
    const { slope: memoryExponent } = lineThrough(logarithmsOf(own, "peakMiB"));
    return [{ mode, cores, exponent, memoryExponent }];
  });
}

/** A straight line y = intercept + slope·x. */
export interface StraightLine {
  readonly slope: number;
  readonly intercept: number;
}

type Point = readonly [x: number, y: number];

/** Logarithms of pairs and of what grows with them. */
export function logarithmsOf(
  rows: readonly RoundRow[],
  what: "seconds" | "peakMiB",
): readonly Point[] {
  return rows.map((row) => [Math.log(row.pairs), Math.log(row[what])]);
}

/** The line that is nearest to the points; NaN if they stand above one another. */
export function lineThrough(points: readonly Point[]): StraightLine {
  const mean = (pick: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const covariance = mean(([x, y]) => (x - meanX) * (y - meanY));
  const slope = covariance / mean(([x]) => (x - meanX) ** 2);
  return { slope, intercept: meanY - slope * meanX };
}
