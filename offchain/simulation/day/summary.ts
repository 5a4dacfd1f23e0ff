/**
 * What a finished day is reported as: money and energy from the chain's events, standings from its state, the rest from
 * what the parties did.
 */
import { distanceM } from "../geography.ts";
import type {
  MarketReport,
  PileStanding,
  Refusal,
  Trade,
  TradeOutcome,
  VehicleStanding,
} from "../report.ts";
import { toSafeNumber } from "../safeNumber.ts";
import { countByReason } from "../world.ts";
import type { Cast, DayContext } from "./context.ts";
import { readLedger, type SessionEnd } from "./ledger.ts";
import type { Chronicle } from "./chronicle.ts";
import type { SessionRecord } from "./session.ts";

const WAD = 1e18;

/** Reads the chain and puts the report together. */
export async function compileReport(
  day: DayContext,
  cast: Cast,
  chronicle: Chronicle,
): Promise<MarketReport> {
  const { world, settings } = day;
  const { money, sessions } = await readLedger(day.market);
  const trades = chronicle.sessions.map((record) => tradeOf(record, sessions)).sort(byTrip);
  const slots = chronicle.slots.map(({ auction, matched }) => ({ auction, matched }));
  const total = (count: (slot: (typeof slots)[number]) => number): number =>
    slots.reduce((sum, slot) => sum + count(slot), 0);
  return {
    title: world.title,
    date: world.date,
    seed: world.seed,
    mode: settings.mode.name,
    keyBits: settings.keyBits,
    slotHours: settings.slotHours,
    requests: total(({ auction }) => auction.requests.length),
    offers: total(({ auction }) => auction.offers.length),
    comparedPairs: total(({ matched }) => matched.comparedPairs),
    matched: total(({ matched }) => matched.pairs.length),
    settled: trades.filter(({ outcome }) => outcome === "settled").length,
    unusableRows: world.unusableRows.length,
    energyWh: trades.reduce((sum, { energyWh }) => sum + energyWh, 0),
    ...money,
    oracleAgrees: slots.every(({ matched }) => matched.oracleAgrees),
    secondsPerStage: day.stages.seconds(),
    gasPerFunction: day.market.gas.rows(),
    unusableReasons: countByReason(world.unusableRows),
    refusals: chronicle.slots.flatMap(({ slot, matched }): readonly Refusal[] =>
      matched.refused.map(({ trip, reason }) => ({
        trip: trip.name,
        vehicle: trip.vehicle,
        slot: slot.index,
        reason,
      })),
    ),
    trades,
    pileStandings: await pileStandings(day, cast),
    vehicleStandings: await vehicleStandings(day, cast),
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    attribution: world.attribution,
  };
}

function tradeOf(record: SessionRecord, ends: ReadonlyMap<string, SessionEnd>): Trade {
  const { request, offer } = record.pair;
  const { pile } = offer.actor;
  const end = ends.get(record.session);
  if (end === undefined) throw new Error(`tradeOf: expected session ${record.session} to be over`);
  return {
    trip: request.trip.name,
    vehicle: request.trip.vehicle,
    pile: pile.name,
    session: record.session,
    slot: record.slot,
    distanceM: Math.round(distanceM(request.trip.position, pile.position)),
    pricePerKwh: toSafeNumber(pile.pricePerKwh),
    powerW: pile.powerW,
    outcome: outcomeOf(end),
    energyWh: end.energyWh,
    paidUnits: end.paidUnits,
    rating: record.rating,
    vehiclePosition: request.trip.position,
    pilePosition: pile.position,
  };
}

function outcomeOf(end: SessionEnd): TradeOutcome {
  if (end.settled) return "settled";
  return end.forfeitedByPile ? "pile did not serve" : "vehicle did not come";
}

function byTrip(a: Trade, b: Trade): number {
  return a.slot - b.slot || a.trip.localeCompare(b.trip, "en");
}

async function pileStandings(day: DayContext, cast: Cast): Promise<readonly PileStanding[]> {
  const { reputation } = day.market.contracts;
  return Promise.all(
    [...cast.piles.values()].map(async ({ name, wallet }) => {
      const [ratingWad, count] = await reputation.pileRatingOf(wallet.address);
      return { pile: name, rating: Number(ratingWad) / WAD, ratings: Number(count) };
    }),
  );
}

async function vehicleStandings(day: DayContext, cast: Cast): Promise<readonly VehicleStanding[]> {
  const { reputation } = day.market.contracts;
  return Promise.all(
    [...cast.vehicles.values()].map(async ({ name, wallet }) => ({
      vehicle: name,
      credibility: Number(await reputation.credibilityOf(wallet.address)),
    })),
  );
}
