/**
 * What must not be found on any surface of a run, taken from its truth: names, identities as named
 * byte strings, positions as pairs, and prices that nobody but their owner was to know. A price is
 * no secret if it is public anyway: that of an opened session, and the reference price of a round.
 */
import type { MarketReport } from "../../../../offchain/study/reports/report.ts";
import type { SimulationTruth } from "../../../../offchain/study/reports/truth.ts";
import type { Position } from "../../../../offchain/study/worlds/world.ts";

export type Secret =
  | { readonly kind: "name"; readonly of: string; readonly text: string }
  | { readonly kind: "identity"; readonly of: string; readonly bytes: Buffer }
  | { readonly kind: "position"; readonly of: string; readonly position: Position }
  | { readonly kind: "price"; readonly of: string; readonly pricePerKwh: bigint };

export type SecretKind = Secret["kind"];

/**
 * Anything that names somebody in bytes: an account, a participant id, a member's key. `hex` begins
 * with 0x.
 */
export function identity(of: string, hex: string): Secret {
  return { kind: "identity", of, bytes: Buffer.from(hex.slice(2), "hex") };
}

/** Of vehicles, piles and trips; in imported data they are people and places. */
export function namesOf({ vehicles, piles, trips }: SimulationTruth): readonly Secret[] {
  const names = [...vehicles, ...piles].map(({ name }) => name);
  return [...names, ...trips.map(({ trip }) => trip)].map((text) => ({
    kind: "name",
    of: text,
    text,
  }));
}

/**
 * What vehicles are for good: members with a key, and the identifier that an opened presentation is
 * looked up by.
 */
export function longTermIdentitiesOf({ vehicles }: SimulationTruth): readonly Secret[] {
  return vehicles.flatMap(({ name, memberId, longTermKey, identifier }) => [
    identity(`member id of ${name}`, memberId),
    identity(`long-term key of ${name}`, longTermKey),
    identity(`identifier of ${name}`, identifier),
  ]);
}

/** Where everybody was: vehicles when they asked, and piles. */
export function positionsOf({ trips, piles }: SimulationTruth): readonly Secret[] {
  return [
    ...trips.map(({ trip, position }): Secret => ({ kind: "position", of: trip, position })),
    ...piles.map(({ name, position }): Secret => ({ kind: "position", of: name, position })),
  ];
}

/** Every bid of every round that did not win, and every limit of a request. */
export function pricesOf(truth: SimulationTruth, report: MarketReport): readonly Secret[] {
  const known = publicPrices(report);
  const bids = truth.bids.map(({ pile, slot, round, pricePerKwh }) => ({
    of: `bid of ${pile} in round ${round} of slot ${slot}`,
    pricePerKwh,
  }));
  const limits = truth.trips.map(({ trip, maxPricePerKwh }) => ({
    of: `limit of ${trip}`,
    pricePerKwh: maxPricePerKwh,
  }));
  return [...bids, ...limits]
    .filter(({ pricePerKwh }) => !known.has(pricePerKwh))
    .map(({ of, pricePerKwh }) => ({ kind: "price", of, pricePerKwh: BigInt(pricePerKwh) }));
}

function publicPrices({ trades, auctions }: MarketReport): ReadonlySet<number | null> {
  const rounds = auctions.flatMap((auction) => auction.rounds);
  return new Set([
    ...trades.map(({ pricePerKwh }) => pricePerKwh),
    ...rounds.map(({ referencePricePerKwh }) => referencePricePerKwh),
  ]);
}
