/**
 * What a finished day is reported as: money and energy from the chain's events, standings from its
 * state, the rest from what the matcher saw. Everybody is named by account; lists are in an order
 * that the chain knows.
 */
import { reputationOf } from "../../market/reputation.ts";
import type {
  MarketReport,
  PartialDay,
  PileStanding,
  SlotAuction,
  SlotWithoutPile,
  Trade,
  TradeOutcome,
} from "../reports/report.ts";
import type { Slot } from "../worlds/slots.ts";
import { toSafeNumber } from "../worlds/safeNumber.ts";
import { countByReason } from "../worlds/world.ts";
import type { DayContext } from "./context.ts";
import { readLedger, type Ledger, type SessionEnd } from "./ledger.ts";
import type { Chronicle } from "./chronicle.ts";
import { measurePrivacy } from "./privacy.ts";
import type { SessionRecord } from "./session.ts";
import type { Cast } from "./actors.ts";
import type { PlayedRound } from "./slotAuction.ts";

/**
 * Reads the chain and puts the report together.
 * @param slotsOfAll all slots of a day that was interrupted; null for a day that is over
 */
export async function compileReport(
  day: DayContext,
  cast: Cast,
  chronicle: Chronicle,
  slotsOfAll: readonly Slot[] | null = null,
): Promise<MarketReport> {
  const { world, settings } = day;
  const ledger = await readLedger(day.market);
  const { money, sessions } = ledger;
  const partial = slotsOfAll === null ? null : partialOf(slotsOfAll, chronicle, ledger);
  const trades = chronicle.sessions.map((record) => tradeOf(record, sessions)).sort(bySlot);
  const slots = chronicle.slots.map(({ auction, matched }) => ({ auction, matched }));
  const total = (count: (slot: (typeof slots)[number]) => number): number =>
    slots.reduce((sum, slot) => sum + count(slot), 0);
  const requested = new Set(
    slots.flatMap(({ auction }) => auction.requests.map(({ trip }) => trip)),
  );
  return {
    partial,
    title: world.title,
    date: world.date,
    seed: world.seed,
    mode: settings.mode,
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
    trips: world.trips.length,
    tripsWithoutRequest: world.trips.length - requested.size - (partial?.tripsNotReached ?? 0),
    unusableRows: world.unusableRows.length,
    otherDayRows: world.otherDayRows ?? 0,
    energyWh: trades.reduce((sum, { energyWh }) => sum + energyWh, 0),
    ...money,
    oracleAgrees: slots.every(({ matched }) => matched.rounds.every((one) => one.oracleAgrees)),
    secondsPerStage: day.stages.seconds(),
    gasPerFunction: day.market.gas.rows(),
    unusableReasons: countByReason(world.unusableRows),
    withoutPile: chronicle.slots.map(withoutPileOf).filter(({ requests }) => requests > 0),
    trades,
    auctions: chronicle.slots.map(auctionOf),
    pileStandings: await pileStandings(day, cast),
    privacy: await measurePrivacy(day, cast, chronicle, sessions),
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    attribution: world.attribution,
  };
}

function partialOf(
  slots: readonly Slot[],
  chronicle: Chronicle,
  { opened, sessions, earnedInEscrowUnits }: Ledger,
): PartialDay {
  const done = new Set(chronicle.slots.map(({ slot }) => slot.index));
  const notReached = slots.filter(({ index }) => !done.has(index));
  return {
    slotsDone: done.size,
    slots: slots.length,
    tripsNotReached: notReached.reduce((sum, { trips }) => sum + trips.length, 0),
    sessionsUnfinished: opened - sessions.size,
    earnedInEscrowUnits,
  };
}

type PlayedSlot = Chronicle["slots"][number];

function withoutPileOf({ slot, auction, matched }: PlayedSlot): SlotWithoutPile {
  return { slot: slot.index, requests: auction.requests.length - matched.pairs.length };
}

function auctionOf({ slot, auction, matched }: PlayedSlot): SlotAuction {
  return {
    slot: slot.index,
    requests: auction.requests.length,
    offers: auction.offers.length,
    matched: matched.pairs.length,
    converged: matched.rounds.at(-1)?.bids.length === 0,
    rounds: matched.rounds.map(({ round, bids, leading, referencePricePerKwh }) => ({
      round: Number(round),
      newBids: bids.length,
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
    some.reduce((sum, one) => sum + one.bids.length, 0);
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
  const { pile, wallet } = offer.actor;
  const end = ends.get(record.session);
  if (end === undefined) throw new Error(`tradeOf: expected session ${record.session} to be over`);
  return {
    vehicle: request.actor.wallet.address,
    pile: wallet.address,
    session: record.session,
    slot: record.slot,
    pricePerKwh: toSafeNumber(offer.bid.offer.pricePerKwh),
    powerW: pile.powerW,
    outcome: outcomeOf(end),
    energyWh: end.energyWh,
    paidUnits: end.paidUnits,
    rating: record.rating,
    meterRecord: record.signed?.record ?? null,
    meterKey: record.signed?.publicKey ?? null,
  };
}

function outcomeOf(end: SessionEnd): TradeOutcome {
  if (end.settled) return "settled";
  return end.isPilesFault ? "pile did not serve" : "vehicle did not come";
}

/**
 * In a slot by the account of the pile, which sells once in it: an order by names would tell
 * something of them.
 */
function bySlot(a: Trade, b: Trade): number {
  return a.slot - b.slot || byText(a.pile, b.pile);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function pileStandings(day: DayContext, cast: Cast): Promise<readonly PileStanding[]> {
  const standings = await Promise.all(
    [...cast.piles.values()].map(async ({ wallet }) => {
      const { rating, ratings } = await reputationOf(day.market, wallet.address);
      return { pile: wallet.address, rating, ratings: Number(ratings) };
    }),
  );
  return standings.sort((a, b) => byText(a.pile, b.pile));
}
