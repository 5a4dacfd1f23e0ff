/**
 * DePET's choice of the vehicles for one request, for its figures and for attackers; never to be
 * used. Every vehicle chooses for itself, and the paper wants the choices to differ: this is its
 * flaw. What the print leaves open is filled as `offchain/core/cloak/README.md` says; step numbers
 * are those of this file.
 *
 *  1 ρ ← max(v·t, least)                         6 complete: double ρ, go to 2
 *  2 O ← uniform in the disc around the target   7 report Δ̄
 *  3 A ← vehicles within ρ of O                  8 M ← target and k − 1 others by chance
 *  4 |A| ≤ 2r: double ρ, go to 2                 9 while w̄(M) < δ: exchange the closest pair
 *  5 r vertices by breadth-first search         10 still too close: the farthest first; else double ρ, go to 2
 */
import { oneOf, shuffled, type Draws } from "../../../core/cloak/draws.ts";
import { distanceM, type Place } from "../../../core/cloak/grid.ts";
import { meanPairDistanceM } from "../../../core/cloak/spread.ts";
import { isComplete, meanShare, nearGraph } from "./graph.ts";

export interface PaperSettings {
  /** Vehicles of a request, at least 2. */
  readonly k: number;
  /** Vertices of the graph, more than k. */
  readonly r: number;
  /** δ in metres. */
  readonly leastSpreadM: number;
  /** Vehicles at most so far apart share an edge. */
  readonly edgeM: number;
  /** t: the radius is the way of so many seconds. */
  readonly seconds: number;
  readonly leastRadiusM: number;
  /** A larger circle fails. */
  readonly mostRadiusM: number;
  /** How often step 9 may exchange. */
  readonly mostExchanges: number;
}

export interface PaperChoice {
  /** Indices of the k vehicles, the target first. */
  readonly members: readonly number[];
  /** O and ρ. */
  readonly centre: Place;
  readonly radiusM: number;
  /** |V(G)| and Δ̄(G). */
  readonly vertices: number;
  readonly meanShare: number;
  /** w̄(M) in metres. */
  readonly spreadM: number;
}

/** How the circle's centre is drawn. */
export type CentreRule = (target: Place, radiusM: number, draws: Draws) => Place;

/** Uniform in the disc around the target. */
const centreInDisc: CentreRule = ({ xM, yM }, radiusM, draws) => {
  const [fromM, angle] = [radiusM * Math.sqrt(draws.uniform()), 2 * Math.PI * draws.uniform()];
  return { xM: xM + fromM * Math.cos(angle), yM: yM + fromM * Math.sin(angle) };
};

/**
 * The vehicles of a target's request; null where the paper's conditions cannot be met.
 * @param target index of the vehicle among `places`
 * @param speedMps its speed in m/s
 */
export function paperChoice(
  target: number,
  speedMps: number,
  places: readonly Place[],
  settings: PaperSettings,
  draws: Draws,
  centreRule: CentreRule = centreInDisc,
): PaperChoice | null {
  const at = places[target];
  if (at === undefined) return null;
  const { seconds, leastRadiusM, mostRadiusM } = settings;
  for (
    let radiusM = Math.max(speedMps * seconds, leastRadiusM);
    radiusM <= mostRadiusM;
    radiusM *= 2
  ) {
    const centre = centreRule(at, radiusM, draws);
    const choice = choiceWithin({ target, places, centre, radiusM }, settings, draws);
    if (choice !== null) return choice;
  }
  return null;
}

interface Circle {
  readonly target: number;
  readonly places: readonly Place[];
  readonly centre: Place;
  readonly radiusM: number;
}

function choiceWithin(circle: Circle, settings: PaperSettings, draws: Draws): PaperChoice | null {
  const { target, places, centre, radiusM } = circle;
  const { k, r, leastSpreadM } = settings;
  const inside = places.flatMap((place, index) =>
    index === target || distanceM(place, centre) <= radiusM ? [index] : [],
  );
  if (inside.length <= 2 * r) return null;
  const vertices = breadthFirst(target, inside, places, settings);
  if (vertices.length < k + 1) return null;
  const graph = nearGraph(placesAt(places, vertices), settings.edgeM);
  if (isComplete(graph)) return null;
  const spreadOf = (members: readonly number[]): number =>
    meanPairDistanceM(placesAt(places, members));
  const others = vertices.filter((vertex) => vertex !== target);
  const isSpread = (members: readonly number[]): boolean => spreadOf(members) >= leastSpreadM;
  let members = exchanged(target, others, places, settings, draws);
  if (!isSpread(members)) members = farthestFirst(target, others, places, k);
  if (!isSpread(members)) return null;
  const shape = { vertices: vertices.length, meanShare: meanShare(graph) };
  return { members, centre, radiusM, ...shape, spreadM: spreadOf(members) };
}

/** Step 5. */
function breadthFirst(
  target: number,
  inside: readonly number[],
  places: readonly Place[],
  { r, edgeM }: PaperSettings,
): readonly number[] {
  const found = [target];
  const waiting = new Set(inside.filter((index) => index !== target));
  for (let next = 0; next < found.length; next += 1) {
    const from = places[found[next] ?? target];
    for (const index of waiting) {
      if (found.length >= r) return found;
      const to = places[index];
      if (from === undefined || to === undefined || distanceM(from, to) > edgeM) continue;
      waiting.delete(index);
      found.push(index);
    }
  }
  return found;
}

/** Steps 8 and 9. */
function exchanged(
  target: number,
  others: readonly number[],
  places: readonly Place[],
  { k, leastSpreadM, mostExchanges }: PaperSettings,
  draws: Draws,
): readonly number[] {
  let members = [target, ...shuffled(others, draws).slice(0, k - 1)];
  for (let exchange = 0; exchange < mostExchanges; exchange += 1) {
    if (meanPairDistanceM(placesAt(places, members)) >= leastSpreadM) break;
    for (const leaving of closestPair(members, places)) {
      if (leaving === target) continue;
      const outside = others.filter((other) => !members.includes(other));
      const joining = oneOf(outside, draws);
      if (joining === undefined) break;
      members = members.map((member) => (member === leaving ? joining : member));
    }
  }
  return members;
}

function closestPair(
  members: readonly number[],
  places: readonly Place[],
): readonly [number, number] {
  let closest: readonly [number, number] = [0, 0];
  let leastM = Infinity;
  for (const [index, a] of members.entries()) {
    for (const b of members.slice(0, index)) {
      const apartM = apart(places, a, b);
      if (apartM < leastM) [leastM, closest] = [apartM, [a, b]];
    }
  }
  return closest;
}

/** Step 10: one after the other, always the one farthest from those chosen already. */
function farthestFirst(
  target: number,
  others: readonly number[],
  places: readonly Place[],
  k: number,
): readonly number[] {
  const members = [target];
  while (members.length < k) {
    const nearestM = (index: number): number =>
      Math.min(...members.map((member) => apart(places, member, index)));
    const left = others.filter((other) => !members.includes(other));
    const farthest = left.reduce<number | null>(
      (best, index) => (best === null || nearestM(index) > nearestM(best) ? index : best),
      null,
    );
    if (farthest === null) break;
    members.push(farthest);
  }
  return members;
}

function apart(places: readonly Place[], a: number, b: number): number {
  const [from, to] = [places[a], places[b]];
  return from === undefined || to === undefined ? Infinity : distanceM(from, to);
}

function placesAt(places: readonly Place[], indices: readonly number[]): readonly Place[] {
  return indices.flatMap((index) => places[index] ?? []);
}
