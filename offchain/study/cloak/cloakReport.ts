/**
 * What `cloak show` reports: a scene put into buckets, and how often attackers on such traffic are
 * right.
 */
import type { Rng } from "../../core/primitives/random.ts";
import { cellOf, centreOf, type Cell, type Place } from "../../core/cloak/grid.ts";
import { reciprocalBuckets, type CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import { meanPairDistanceM } from "../../core/cloak/spread.ts";
import { placesAt } from "./sessions.ts";
import type { Scene } from "./traffic.ts";
import type { AttackResult } from "./trials.ts";

/** Who is where in a picture that nobody in the market could draw. */
export interface DrawnScene {
  readonly buckets: readonly DrawnBucket[];
  readonly suppressed: readonly Place[];
}

export interface DrawnBucket {
  readonly places: readonly Place[];
  /** The cell of each place. */
  readonly cells: readonly Cell[];
}

export interface CloakReport extends CloakRule {
  readonly traffic: string;
  readonly seed: string;
  readonly vehicles: number;
  /** How many. */
  readonly buckets: number;
  /** Vehicles in no bucket. */
  readonly suppressed: number;
  readonly bucketSizes: readonly number[];
  /** Mean over the buckets of the mean distance of their pairs, in metres. */
  readonly meanSpreadM: number;
  readonly attacks: readonly AttackResult[];
  /** Rows of the traces that gave nothing. */
  readonly unusableRows: number;
  readonly attribution: string | null;
}

/** The first moment of a scene in buckets. @throws like `reciprocalBuckets` */
export function drawnScene(scene: Scene, rule: CloakRule, rng: Rng): DrawnScene {
  const places = placesAt(scene, 0);
  const vehicles = places.map((place, index) => ({
    nym: String(index),
    cell: cellOf(place, rule.cellM),
  }));
  const placeOf = ({ nym }: { readonly nym: string }): readonly Place[] =>
    places.slice(Number(nym), Number(nym) + 1);
  const { buckets, suppressed } = reciprocalBuckets(vehicles, rule, rng);
  return {
    buckets: buckets.map((bucket) => ({
      places: bucket.flatMap(placeOf),
      cells: bucket.map(({ cell }) => cell),
    })),
    suppressed: suppressed.flatMap(placeOf),
  };
}

/** The numbers of a picture. */
export function sceneFacts(
  { buckets, suppressed }: DrawnScene,
  cellM: number,
): Pick<CloakReport, "vehicles" | "buckets" | "suppressed" | "bucketSizes" | "meanSpreadM"> {
  const bucketSizes = buckets.map(({ places }) => places.length);
  const spreadsM = buckets.map(({ cells }) =>
    meanPairDistanceM(cells.map((cell) => centreOf(cell, cellM))),
  );
  return {
    vehicles: sum(bucketSizes) + suppressed.length,
    buckets: buckets.length,
    suppressed: suppressed.length,
    bucketSizes,
    meanSpreadM: buckets.length === 0 ? 0 : Math.round(sum(spreadsM) / buckets.length),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
