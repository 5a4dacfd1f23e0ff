/**
 * Reports and truths for the tests of figures and tables: a world and what a market could have made
 * of it. The pairs come from a greedy search in clear, nearest affordable pile first, one session a
 * pile and slot; every seventh pair goes wrong, alternately on either side.
 */
import { id } from "ethers";
import type { Address } from "../../../offchain/core/messages/market.ts";
import { distanceM } from "../../../offchain/study/worlds/geography.ts";
import type { GasRow } from "../../../offchain/chain/gasLedger.ts";
import type {
  BiddingRound,
  MarketReport,
  PileStanding,
  SlotAuction,
  TradeOutcome,
} from "../../../offchain/study/reports/report.ts";
import { slotsOfDay } from "../../../offchain/study/worlds/slots.ts";
import type { PrivacyReport } from "../../../offchain/study/reports/privacyReport.ts";
import {
  TRUTH_NOTICE,
  type RequestWithoutPile,
  type SimulationTruth,
  type TrueParticipant,
  type TrueVehicle,
  type TrueTrade,
} from "../../../offchain/study/reports/truth.ts";
import {
  countByReason,
  type World,
  type WorldPile,
  type WorldTrip,
} from "../../../offchain/study/worlds/world.ts";

const SLOT_HOURS = 2;

/** Gas of one market run, in the order of a ledger. */
export const GAS_ROWS: readonly GasRow[] = [
  gasRow("ChargingSession", "authorise", 30, 61_204, 61_911, 78_304),
  gasRow("ChargingSession", "expire", 4, 88_120, 97_400, 112_004),
  gasRow("ChargingSession", "openDecision", 34, 231_405, 242_810, 276_119),
  gasRow("ChargingSession", "plugIn", 30, 43_318, 43_318, 43_318),
  gasRow("ChargingSession", "settle", 29, 142_010, 158_772, 189_530),
  gasRow("DemoToken", "approve", 65, 46_223, 46_230, 46_247),
  gasRow("DemoToken", "mint", 65, 51_190, 53_400, 68_302),
  gasRow("Escrow", "deposit", 65, 68_991, 75_220, 86_103),
  gasRow("Escrow", "withdraw", 65, 38_110, 44_003, 55_210),
  gasRow("IdentityRegistry", "enrol", 65, 118_340, 121_007, 135_440),
  gasRow("PricingAuction", "commitBid", 140, 97_310, 99_082, 131_522),
  gasRow("PricingAuction", "open", 10, 171_004, 172_840, 188_104),
  gasRow("PricingAuction", "postDecisions", 10, 92_018, 101_720, 126_300),
  gasRow("PricingAuction", "releaseBond", 106, 41_006, 44_820, 58_106),
  gasRow("PricingAuction", "request", 40, 104_240, 109_300, 141_340),
  gasRow("Reputation", "rate", 28, 61_003, 69_420, 78_113),
];

export function gasRow(
  contract: string,
  name: string,
  calls: number,
  min: number,
  avg: number,
  max: number,
): GasRow {
  return { contract, function: name, calls, min, avg, max };
}

/** What a market could have made of the world; money balances to the unit. */
export function sampleReport(world: World): MarketReport {
  const { trades, withoutPile, comparedPairs } = matchDay(world);
  const paidUnits = sum(trades.map((trade) => trade.paidUnits));
  const depositedUnits = world.trips.length * 50_000_000 + world.piles.length * 20_000_000;
  const forfeitedUnits = trades.filter((trade) => trade.outcome !== "settled").length * 2_500_000;
  const settled = trades.filter((trade) => trade.outcome === "settled");
  const slots = slotsOfDay(world, SLOT_HOURS);
  const offers = world.piles.length * slots.length;
  return {
    partial: null,
    title: world.title,
    date: world.date,
    seed: world.seed,
    mode: "strict",
    keyBits: 2048,
    slotHours: SLOT_HOURS,
    maxRounds: 6,
    decrement: 50_000,
    requests: world.trips.length,
    offers,
    bids: offers + 3,
    improvedBids: 3,
    firstMeanPricePerKwh: 377_970,
    lastMeanPricePerKwh: 339_327,
    comparedPairs,
    matched: trades.length,
    settled: settled.length,
    trips: world.trips.length,
    tripsWithoutRequest: 0,
    unusableRows: world.unusableRows.length,
    otherDayRows: world.otherDayRows ?? 0,
    energyWh: sum(trades.map((trade) => trade.energyWh)),
    depositedUnits,
    paidUnits,
    refundedUnits: depositedUnits - paidUnits - forfeitedUnits,
    forfeitedUnits,
    escrowBalanceUnits: 0,
    oracleAgrees: true,
    secondsPerStage: {
      enrolment: 1.71,
      deposits: 0.93,
      "encrypted matching": 24.8,
      sessions: 3.06,
    },
    gasPerFunction: GAS_ROWS,
    unusableReasons: countByReason(world.unusableRows),
    withoutPile: slots.flatMap(({ index }) => {
      const requests = withoutPile.filter(({ slot }) => slot === index).length;
      return requests === 0 ? [] : [{ slot: index, requests }];
    }),
    trades: trades.map(
      ({ vehicleAccount, pileAccount, session, slot, pricePerKwh, powerW, ...trade }) => ({
        vehicle: vehicleAccount,
        pile: pileAccount,
        session,
        slot,
        pricePerKwh,
        powerW,
        outcome: trade.outcome,
        energyWh: trade.energyWh,
        paidUnits: trade.paidUnits,
        rating: trade.rating,
        meterRecord: null,
        meterKey: null,
      }),
    ),
    auctions: slots.map(({ index, trips }) => auctionOf(index, trips.length, world.piles.length)),
    pileStandings: world.piles.map(({ name }) => standingOf(name, settled)),
    privacy: SAMPLE_PRIVACY,
    peakMemoryMiB: 312.4,
    attribution: world.attribution,
  };
}

const SAMPLE_PRIVACY: PrivacyReport = {
  k: 5,
  l: 2,
  cellM: 250,
  reachM: 1_600,
  buckets: 3,
  requestsFromBuckets: 16,
  requestsFromAnywhere: 4,
  pilesInBuckets: 10,
  pilesAnywhere: 1,
  sessionAccounts: 20,
  attacks: [{ name: "centre", success: 0.181, bound: 0.236, trials: 2_000 }],
  links: [{ name: "account", success: 0.05, chance: 0.0625, bound: 0.3, trials: 16 }],
  coinsOwedUnits: 1_000_000,
  coinsHeldUnits: 1_000_400,
};

/** What would have been behind `sampleReport` of the same world. */
export function sampleTruth(world: World): SimulationTruth {
  const { trades, withoutPile } = matchDay(world);
  const { title, date, seed, piles, trips } = world;
  return {
    notice: TRUTH_NOTICE,
    title,
    date,
    seed,
    vehicles: [...new Set(trips.map(({ vehicle }) => vehicle))].map(vehicleOf),
    piles: piles.map(({ name, position, powerW, pricePerKwh }) => ({
      ...participantOf(name),
      position,
      powerW,
      askPerKwh: Number(pricePerKwh),
    })),
    trips: trips.map(({ name, vehicle, position, maxPricePerKwh, maxDistanceM }) => ({
      trip: name,
      vehicle,
      position,
      maxPricePerKwh: Number(maxPricePerKwh),
      maxDistanceM,
      account: accountOf(vehicle),
    })),
    bids: [],
    trades,
    withoutPile,
    vehicleStandings: [],
  };
}

function vehicleOf(name: string): TrueVehicle {
  const [memberId, longTermKey, identifier] = ["member", "key", "identifier"].map((what) =>
    id(`${what} of ${name}`),
  );
  const accounts = [accountOf(name)];
  return {
    name,
    memberId: memberId ?? "",
    longTermKey: longTermKey ?? "",
    identifier: identifier ?? "",
    accounts,
  };
}

function participantOf(name: string): TrueParticipant {
  return { name, account: accountOf(name), participantId: id(name) };
}

function accountOf(name: string): Address {
  return id(`account of ${name}`).slice(0, 42);
}

/** An auction of two rounds; in the first slot somebody improves, thrice. */
function auctionOf(slot: number, requests: number, offers: number): SlotAuction {
  const leading = Math.min(requests, offers);
  const reference = leading === 0 ? null : 350_000;
  const round = (number: number, newBids: number): BiddingRound => ({
    round: number,
    newBids,
    leading,
    referencePricePerKwh: reference,
  });
  const rounds = [round(1, offers), round(2, slot === 0 ? 3 : 0)];
  return { slot, requests, offers, matched: leading, converged: slot !== 0, rounds };
}

interface Day {
  readonly trades: readonly TrueTrade[];
  readonly withoutPile: readonly RequestWithoutPile[];
  readonly comparedPairs: number;
}

function matchDay(world: World): Day {
  const trades: TrueTrade[] = [];
  const withoutPile: RequestWithoutPile[] = [];
  let comparedPairs = 0;
  for (const slot of slotsOfDay(world, SLOT_HOURS)) {
    let free = world.piles;
    for (const trip of slot.trips) {
      comparedPairs += free.length;
      const { pile, reason } = nearest(trip, free);
      if (pile) {
        free = free.filter((other) => other !== pile);
        trades.push(tradeOf(trip, pile, slot.index, trades.length));
      } else {
        withoutPile.push({ trip: trip.name, vehicle: trip.vehicle, slot: slot.index, reason });
      }
    }
  }
  return { trades, withoutPile, comparedPairs };
}

function nearest(
  trip: WorldTrip,
  piles: readonly WorldPile[],
): { readonly pile: WorldPile | undefined; readonly reason: string } {
  const near = piles.filter((pile) => distanceM(trip.position, pile.position) <= trip.maxDistanceM);
  const strong = near.filter((pile) => trip.needs.every((need, i) => !need || pile.offers[i]));
  const cheap = strong.filter((pile) => pile.pricePerKwh <= trip.maxPricePerKwh);
  const [pile] = cheap.toSorted(
    (a, b) => distanceM(trip.position, a.position) - distanceM(trip.position, b.position),
  );
  const reason = near.length === 0 ? "too far" : strong.length === 0 ? "too weak" : "too dear";
  return { pile, reason };
}

const OUTCOMES: readonly TradeOutcome[] = ["pile did not serve", "vehicle did not come"];

function tradeOf(trip: WorldTrip, pile: WorldPile, slot: number, index: number): TrueTrade {
  const outcome: TradeOutcome =
    index % 7 === 6 ? (OUTCOMES[Math.floor(index / 7) % 2] ?? "settled") : "settled";
  const energyWh = outcome === "settled" ? trip.energyWh : 0;
  const pricePerKwh = Number(pile.pricePerKwh);
  return {
    trip: trip.name,
    vehicle: trip.vehicle,
    pile: pile.name,
    vehicleAccount: accountOf(trip.vehicle),
    pileAccount: accountOf(pile.name),
    session: `0x${index.toString(16).padStart(64, "0")}`,
    slot,
    distanceM: Math.round(distanceM(trip.position, pile.position)),
    pricePerKwh,
    powerW: pile.powerW,
    outcome,
    energyWh,
    paidUnits: Math.floor((pricePerKwh * energyWh) / 1000),
    rating: outcome === "settled" ? 1 + (index % 3) : null,
    vehiclePosition: trip.position,
    pilePosition: pile.position,
  };
}

function standingOf(pile: string, settled: readonly TrueTrade[]): PileStanding {
  const ratings = settled.flatMap((trade) => (trade.pile === pile ? [trade.rating ?? 0] : []));
  return {
    pile: accountOf(pile),
    rating: ratings.length === 0 ? 0 : sum(ratings) / ratings.length,
    ratings: ratings.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
