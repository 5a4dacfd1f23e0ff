/**
 * One trip of a world as an auction: the piles that could serve it, as bidders. A pile that is near
 * enough and has what the trip needs bids; without competition it asks the most that the driver
 * pays, which everybody can read in the terms. What energy costs a pile no world says: a share of
 * its price, drawn for the pile alone (our own construction). Nobody is rated in the morning, so
 * quality counts for nothing yet.
 */
import type { ScoreRule } from "../../core/messages/openAuction.ts";
import type { Bidder } from "../../core/pricing/bidder.ts";
import { advantageDown } from "../../core/pricing/score.ts";
import { distanceM } from "./geography.ts";
import { seededStream } from "./seededRng.ts";
import type { World, WorldPile, WorldTrip } from "./world.ts";

/** Cost as a share of the price that the pile asks elsewhere, uniform. */
const COST_SHARE = { least: 0.55, most: 0.9 } as const;
/** Percent of the score for price, power, quality and distance. */
const WEIGHTS_BPS = { price: 6_000n, power: 1_500n, quality: 1_000n, distance: 1_500n };
/** More power than this gains nothing (W). */
const REFERENCE_POWER_W = 22_000n;

export interface PricedTrip {
  readonly trip: WorldTrip;
  readonly rule: ScoreRule;
  readonly bidders: readonly Bidder[];
}

/** The trip for which most piles compete; the first of equals. Null if nobody competes for any. */
export function mostContestedTrip(world: World, decrement: bigint): PricedTrip | null {
  const priced = world.trips.map((trip) => pricedTrip(world, trip, decrement));
  return priced.reduce<PricedTrip | null>((most, one) => {
    const least = most?.bidders.length ?? 1;
    return one.bidders.length > least ? one : most;
  }, null);
}

/** The auction of one trip. @param decrement token units per kWh */
export function pricedTrip(world: World, trip: WorldTrip, decrement: bigint): PricedTrip {
  const rule: ScoreRule = {
    maxPricePerKwh: trip.maxPricePerKwh,
    minDecrement: decrement,
    priceBps: WEIGHTS_BPS.price,
    powerBps: WEIGHTS_BPS.power,
    qualityBps: WEIGHTS_BPS.quality,
    distanceBps: WEIGHTS_BPS.distance,
    referencePowerW: REFERENCE_POWER_W,
    maxDistanceM: BigInt(trip.maxDistanceM),
  };
  const bidders = world.piles
    .filter((pile) => canServe(trip, pile))
    .map((pile) => bidderOf(world, trip, pile, rule))
    .filter(({ costPerKwh, startPricePerKwh }) => costPerKwh <= startPricePerKwh);
  return { trip, rule, bidders };
}

function canServe(trip: WorldTrip, pile: WorldPile): boolean {
  const hasAll = trip.needs.every((needed, feature) => !needed || pile.offers[feature] === true);
  return hasAll && distanceM(trip.position, pile.position) <= trip.maxDistanceM;
}

function bidderOf(world: World, trip: WorldTrip, pile: WorldPile, rule: ScoreRule): Bidder {
  return {
    name: pile.name,
    costPerKwh: costOf(world, pile),
    advantage: advantageDown(rule, {
      powerW: BigInt(pile.powerW),
      ratingWad: 0n,
      distanceM: BigInt(Math.floor(distanceM(trip.position, pile.position))),
    }),
    startPricePerKwh: trip.maxPricePerKwh,
  };
}

/** What energy costs a pile, token units per kWh: the same in every auction of the world. */
export function costOf({ seed }: World, { name, pricePerKwh }: WorldPile): bigint {
  const { least, most } = COST_SHARE;
  const share = least + (most - least) * seededStream(seed, `cost/${name}`).uniform();
  return BigInt(Math.round(Number(pricePerKwh) * share));
}
