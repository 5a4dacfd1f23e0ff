/**
 * Points of a drawing that would cover each other are moved apart. In every round each point yields
 * to all that are closer than asked by a part of what is missing, along the line between the two;
 * points in the very same place leave it in different directions. A point with room around it stays
 * where it is. Our own construction, after the collision force of force-directed layouts.
 */
import type { Position } from "../worlds/world.ts";

const MAX_ROUNDS = 80;
/** Pairs looked at in all rounds together: beyond some hundred points there are fewer rounds. */
const MAX_PAIRS = 20_000_000;
/** Both sides of a pair yield this part of what is missing; a half each would sway in a crowd. */
const YIELD = 0.35;
/** The angle between neighbours in a sunflower, in radians: no two multiples of it are close. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * The points in the same order, as a rule no two of them closer than `leastM` metres. The same
 * points give the same result.
 */
export function movedApart(points: readonly Position[], leastM: number): readonly Position[] {
  const rounds = Math.min(MAX_ROUNDS, Math.floor(MAX_PAIRS / Math.max(1, points.length ** 2)));
  let moved = points;
  for (let round = 0; round < rounds; round++) {
    const before = moved;
    moved = before.map((point, index) => yielding(point, index, before, leastM));
  }
  return moved;
}

function yielding(
  point: Position,
  index: number,
  points: readonly Position[],
  leastM: number,
): Position {
  let { xM, yM } = point;
  for (const other of points) {
    const [eastM, northM] = [point.xM - other.xM, point.yM - other.yM];
    const gapM = Math.sqrt(eastM ** 2 + northM ** 2);
    if (other === point || gapM >= leastM) continue;
    const angle = gapM > 0 ? Math.atan2(northM, eastM) : index * GOLDEN_ANGLE;
    xM += YIELD * (leastM - gapM) * Math.cos(angle);
    yM += YIELD * (leastM - gapM) * Math.sin(angle);
  }
  return { xM, yM };
}
