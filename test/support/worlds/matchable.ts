/** What keeps a trip of a world from every pile: for statements about worlds, not a matcher. */
import { distanceM } from "../../../offchain/study/worlds/geography.ts";
import type { World, WorldPile, WorldTrip } from "../../../offchain/study/worlds/world.ts";

export type Outcome = "matchable" | "distance" | "price" | "feature";

/** The first of distance, price and features that leaves the trip no pile, or "matchable". */
function outcomeOf(world: World, trip: WorldTrip): Outcome {
  const near = world.piles.filter((pile) => isNear(pile, trip));
  if (near.length === 0) return "distance";
  const affordable = near.filter((pile) => pile.pricePerKwh <= trip.maxPricePerKwh);
  if (affordable.length === 0) return "price";
  return affordable.some((pile) => suffices(pile, trip)) ? "matchable" : "feature";
}

/** How many trips of the world have each outcome. */
export function outcomesOf(world: World): Readonly<Record<Outcome, number>> {
  const counts = { matchable: 0, distance: 0, price: 0, feature: 0 };
  for (const trip of world.trips) counts[outcomeOf(world, trip)] += 1;
  return counts;
}

/**
 * How many of the trips are served when each in turn takes the nearest pile that is free, near,
 * cheap and strong enough.
 */
export function servedInTurn(world: World, trips: readonly WorldTrip[]): number {
  const taken = new Set<WorldPile>();
  for (const trip of trips) {
    const [nearest] = world.piles
      .filter((pile) => !taken.has(pile) && isNear(pile, trip) && suffices(pile, trip))
      .filter((pile) => pile.pricePerKwh <= trip.maxPricePerKwh)
      .toSorted((a, b) => wayM(a, trip) - wayM(b, trip));
    if (nearest) taken.add(nearest);
  }
  return taken.size;
}

function wayM(pile: WorldPile, trip: WorldTrip): number {
  return distanceM(pile.position, trip.position);
}

function isNear(pile: WorldPile, trip: WorldTrip): boolean {
  return wayM(pile, trip) <= trip.maxDistanceM;
}

function suffices(pile: WorldPile, trip: WorldTrip): boolean {
  return trip.needs.every((need, index) => !need || pile.offers[index] === true);
}
