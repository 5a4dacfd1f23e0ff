/**
 * What the simulation alone knows of a finished day, put together from what it played everybody
 * with. Nothing in here reaches the report.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { G } from "../../core/credential/group.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { reputationOf } from "../../market/reputation.ts";
import { distanceM } from "../worlds/geography.ts";
import type { MarketReport, Trade } from "../reports/report.ts";
import { toSafeNumber } from "../worlds/safeNumber.ts";
import {
  TRUTH_NOTICE,
  type RequestWithoutPile,
  type SimulationTruth,
  type TrueBid,
  type TrueParticipant,
  type TruePile,
  type TrueTrade,
  type TrueTrip,
  type TrueVehicle,
  type VehicleStanding,
} from "../reports/truth.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { Chronicle } from "./chronicle.ts";
import type { DayContext } from "./context.ts";
import type { SessionRecord } from "./session.ts";
import type { Actor, Cast, MemberVehicle, PileActor } from "./actors.ts";

/** The truth behind a report of the same day. */
export async function compileTruth(
  day: DayContext,
  cast: Cast,
  chronicle: Chronicle,
  { trades }: Pick<MarketReport, "trades">,
): Promise<SimulationTruth> {
  const { title, date, seed, trips } = day.world;
  const accounts = accountsOf(chronicle);
  return {
    notice: TRUTH_NOTICE,
    title,
    date,
    seed,
    vehicles: [...cast.members.values()].map((member) => vehicleOf(member, accounts)),
    piles: [...cast.piles.values()].map(pileOf),
    trips: trips.map((trip) => tripOf(trip, accounts.get(trip) ?? null)),
    bids: bidsOf(chronicle),
    trades: tradesOf(chronicle, trades),
    withoutPile: withoutPileOf(chronicle),
    vehicleStandings: await standingsOf(day, accounts),
  };
}

function participantOf({ name, wallet, participantId }: Actor): TrueParticipant {
  return { name, account: wallet.address, participantId };
}

function vehicleOf(
  { name, memberId, longTermKey, credential }: MemberVehicle,
  accounts: ReadonlyMap<WorldTrip, Address>,
): TrueVehicle {
  const own = [...accounts].filter(([trip]) => trip.vehicle === name);
  return {
    name,
    memberId,
    longTermKey: bytesToHex(longTermKey.publicKey),
    identifier: bytesToHex(G.multiply(credential.usk).toBytes()),
    accounts: own.map(([, account]) => account),
  };
}

function pileOf(actor: PileActor): TruePile {
  const { position, powerW, pricePerKwh } = actor.pile;
  return { ...participantOf(actor), position, powerW, askPerKwh: toSafeNumber(pricePerKwh) };
}

/** The account that each trip was requested from. */
function accountsOf({ slots }: Chronicle): ReadonlyMap<WorldTrip, Address> {
  const requests = slots.flatMap(({ auction }) => auction.requests);
  return new Map(requests.map(({ trip, actor }) => [trip, actor.wallet.address]));
}

function tripOf(trip: WorldTrip, account: Address | null): TrueTrip {
  const { name, vehicle, position, maxPricePerKwh, maxDistanceM } = trip;
  return {
    trip: name,
    vehicle,
    position,
    maxPricePerKwh: toSafeNumber(maxPricePerKwh),
    maxDistanceM,
    account,
  };
}

function bidsOf({ slots }: Chronicle): readonly TrueBid[] {
  return slots.flatMap(({ slot, matched }) =>
    matched.rounds.flatMap(({ bids }) =>
      bids.map(({ actor, bid }) => ({
        slot: slot.index,
        round: Number(bid.round),
        pile: actor.name,
        pricePerKwh: toSafeNumber(bid.offer.pricePerKwh),
      })),
    ),
  );
}

function tradesOf({ sessions }: Chronicle, trades: readonly Trade[]): readonly TrueTrade[] {
  const played = new Map(sessions.map((record) => [record.session, record]));
  return trades
    .map((trade) => tradeOf(trade, played))
    .sort((a, b) => a.slot - b.slot || a.trip.localeCompare(b.trip, "en"));
}

function tradeOf(trade: Trade, played: ReadonlyMap<Bytes32, SessionRecord>): TrueTrade {
  const record = played.get(trade.session);
  if (record === undefined) {
    throw new Error(`tradeOf: expected session ${trade.session} among those that were played`);
  }
  const { trip } = record.pair.request;
  const { pile } = record.pair.offer.actor;
  const { session, slot, pricePerKwh, powerW, outcome, energyWh, paidUnits, rating } = trade;
  return {
    trip: trip.name,
    vehicle: trip.vehicle,
    pile: pile.name,
    vehicleAccount: trade.vehicle,
    pileAccount: trade.pile,
    session,
    slot,
    distanceM: Math.round(distanceM(trip.position, pile.position)),
    pricePerKwh,
    powerW,
    outcome,
    energyWh,
    paidUnits,
    rating,
    vehiclePosition: trip.position,
    pilePosition: pile.position,
  };
}

function withoutPileOf({ slots }: Chronicle): readonly RequestWithoutPile[] {
  return slots.flatMap(({ slot, matched }) =>
    matched.withoutPile.map(({ trip, reason }) => ({
      trip: trip.name,
      vehicle: trip.vehicle,
      slot: slot.index,
      reason,
    })),
  );
}

/** Once for each account, however many trips it requested. */
function standingsOf(
  day: DayContext,
  accounts: ReadonlyMap<WorldTrip, Address>,
): Promise<readonly VehicleStanding[]> {
  const owners = new Map([...accounts].map(([{ vehicle }, account]) => [account, vehicle]));
  return Promise.all(
    [...owners].map(async ([account, vehicle]) => ({
      vehicle,
      account,
      credibility: Number((await reputationOf(day.market, account)).credibility),
    })),
  );
}
