/**
 * What a finished day is reported as: money and energy from the chain's events, standings from its state, the rest from
 * what the parties did.
 */
import { distanceM } from "../geography.ts";
import type {
  MarketReport,
  PileStanding,
  Refusal,
  SlotAuction,
  Trade,
  TradeOutcome,
  VehicleStanding,
} from "../report.ts";
import { toSafeNumber } from "../safeNumber.ts";
import { countByReason } from "../world.ts";
import type { Cast, DayContext } from "./context.ts";
import { readLedger, type SessionEnd } from "./ledger.ts";
import type { Chronicle } from "./chronicle.ts";
import type { PlayedRound } from "./rounds.ts";
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
    maxRounds: Number(settings.rounds.maxRounds),
    decrement: toSafeNumber(settings.rounds.decrement),
    requests: total(({ auction }) => auction.requests.length),
    offers: total(({ auction }) => auction.offers.length),
    ...prices(chronicle),
    comparedPairs: total(({ matched }) => matched.comparedPairs),
    matched: total(({ matched }) => matched.pairs.length),
    settled: trades.filter(({ outcome }) => outcome === "settled").length,
    unusableRows: world.unusableRows.length,
    energyWh: trades.reduce((sum, { energyWh }) => sum + energyWh, 0),
    ...money,
    oracleAgrees: slots.every(({ matched }) => matched.rounds.every((one) => one.oracleAgrees)),
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
    auctions: chronicle.slots.map(auctionOf),
    pileStandings: await pileStandings(day, cast),
    vehicleStandings: await vehicleStandings(day, cast),
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    attribution: world.attribution,
  };
}

type PlayedSlot = Chronicle["slots"][number];

function auctionOf({ slot, auction, matched }: PlayedSlot): SlotAuction {
  return {
    slot: slot.index,
    requests: auction.requests.length,
    offers: auction.offers.length,
    matched: matched.pairs.length,
    converged: matched.rounds.at(-1)?.newBids === 0,
    rounds: matched.rounds.map(({ round, newBids, leading, referencePricePerKwh }) => ({
      round: Number(round),
      newBids,
      leading,
      referencePricePerKwh: leading === 0 ? null : toSafeNumber(referencePricePerKwh),
    })),
  };
}

function prices({
  slots,
}: Chronicle): Pick<
  MarketReport,
  "bids" | "improvedBids" | "firstMeanPricePerKwh" | "lastMeanPricePerKwh"
> {
  const rounds = slots.map(({ matched }) => matched.rounds);
  const bids = (some: readonly PlayedRound[]): number =>
    some.reduce((sum, { newBids }) => sum + newBids, 0);
  return {
    bids: bids(rounds.flat()),
    improvedBids: bids(rounds.flatMap((all) => all.slice(1))),
    firstMeanPricePerKwh: meanPrice(rounds.flatMap((all) => all.slice(0, 1))),
    lastMeanPricePerKwh: meanPrice(rounds.flatMap((all) => all.slice(-1))),
  };
}

/** Over all who lead, to a token unit. */
function meanPrice(rounds: readonly PlayedRound[]): number | null {
  const leading = rounds.reduce((sum, one) => sum + one.leading, 0);
  if (leading === 0) return null;
  const sum = rounds
    .filter((one) => one.leading > 0)
    .reduce((total, one) => total + toSafeNumber(one.referencePricePerKwh) * one.leading, 0);
  return Math.round(sum / leading);
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
    pricePerKwh: toSafeNumber(offer.bid.offer.pricePerKwh),
    powerW: pile.powerW,
    outcome: outcomeOf(end),
    energyWh: end.energyWh,
    paidUnits: end.paidUnits,
    rating: record.ending?.rating ?? null,
    meterRecord: record.ending?.signed.record ?? null,
    meterKey: record.ending?.signed.publicKey ?? null,
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
