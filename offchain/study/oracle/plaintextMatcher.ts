/**
 * The oracle: matches clear records by the rule FixedMatcher, without any cryptography and without
 * any code of the encrypted matcher. The encrypted round has to decide exactly as this does. It
 * also knows why a request found nothing, which nobody in the encrypted round does.
 */
import type { WorldPile, WorldTrip } from "../worlds/world.ts";

/**
 * A buyer and the sellers left when it was its turn are compared in this order; ties go to the
 * earlier seller.
 */
export interface OracleRound {
  readonly buyers: readonly WorldTrip[];
  readonly sellers: readonly WorldPile[];
}

export interface OracleResult {
  /** Trip name → pile name. */
  readonly matches: ReadonlyMap<string, string>;
  /** Trip name → reason. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** Greedy, buyer by buyer; a matched seller leaves. */
export function matchInTheClear({ buyers, sellers }: OracleRound): OracleResult {
  const matches = new Map<string, string>();
  const reasons = new Map<string, string>();
  let left = sellers;
  for (const buyer of buyers) {
    const best = left.filter((pile) => isFeasible(buyer, pile)).reduce(better(buyer), null);
    if (best === null) {
      reasons.set(buyer.name, reasonFor(buyer, sellers));
    } else {
      matches.set(buyer.name, best.name);
      left = left.filter((pile) => pile !== best);
    }
  }
  return { matches, reasons };
}

/** Whole metres squared. */
function distanceSquared(trip: WorldTrip, pile: WorldPile): number {
  const dx = trip.position.xM - pile.position.xM;
  const dy = trip.position.yM - pile.position.yM;
  return dx * dx + dy * dy;
}

function inReach(trip: WorldTrip, pile: WorldPile): boolean {
  return distanceSquared(trip, pile) <= trip.maxDistanceM * trip.maxDistanceM;
}

function affordable(trip: WorldTrip, pile: WorldPile): boolean {
  return pile.pricePerKwh <= trip.maxPricePerKwh;
}

function equipped(trip: WorldTrip, pile: WorldPile): boolean {
  return trip.needs.every((needed, t) => !needed || pile.offers[t] === true);
}

function isFeasible(trip: WorldTrip, pile: WorldPile): boolean {
  return inReach(trip, pile) && affordable(trip, pile) && equipped(trip, pile);
}

function score(trip: WorldTrip, pile: WorldPile): number {
  return distanceSquared(trip, pile) - Number(trip.maxPricePerKwh - pile.pricePerKwh);
}

function better(trip: WorldTrip): (best: WorldPile | null, next: WorldPile) => WorldPile {
  const rank = (pile: WorldPile): readonly number[] => [
    score(trip, pile),
    distanceSquared(trip, pile),
    Number(pile.pricePerKwh),
  ];
  return (best, next) => {
    if (best === null) return next;
    const [a, b] = [rank(best), rank(next)];
    const differing = a.findIndex((value, k) => value !== b[k]);
    return differing >= 0 && Number(b[differing]) < Number(a[differing]) ? next : best;
  };
}

function reasonFor(trip: WorldTrip, piles: readonly WorldPile[]): string {
  if (piles.some((pile) => isFeasible(trip, pile))) return "all suitable piles taken";
  const near = piles.filter((pile) => inReach(trip, pile));
  if (near.length === 0) return "no pile within the maximum distance";
  const able = near.filter((pile) => equipped(trip, pile));
  if (able.length === 0) return "no pile in reach with the needed features";
  return "no suitable pile in reach at an acceptable price";
}
