/**
 * The life of one matched pair: the vehicle opens the decision, the pile authorises when the slot
 * begins, the vehicle plugs in and unplugs, the meter signs what it has counted, the pile settles
 * on it, the vehicle rates. Now and then somebody does not come, and the other side ends the
 * session at its deadline.
 */
import type { Market } from "../../chain/market.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { WORST_RATING } from "../../core/reputation/pileRating.ts";
import { measureSession } from "../../market/metering.ts";
import { rateSession, ratingAllowed } from "../../market/reputation.ts";
import {
  authoriseSession,
  expireSession,
  knownSession,
  plugInSession,
  unplugSession,
  type KnownSession,
} from "../../market/sessions.ts";
import { settleSession } from "../../market/settlement.ts";
import { seededStream } from "../worlds/seededRng.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { Agenda } from "./agenda.ts";
import type { DayContext } from "./context.ts";
import type { MatchedPair } from "./matching.ts";
import type { OpenAuction, SubmittedRequest } from "./slotAuction.ts";

/** One pile in fifty has its socket blocked, one driver in thirty-three stays away. */
const PILE_NO_SHOW = 0.02;
const VEHICLE_NO_SHOW = 0.03;
/** However long the car stays, the session is settled by then. */
const SETTLE_SECONDS = 20 * 3_600;
/** How long before it is too late somebody comes. */
const EARLY_SECONDS = 60;

export interface SessionRecord {
  readonly pair: MatchedPair;
  readonly slot: number;
  readonly session: Bytes32;
  /** Given to the pile; null if the vehicle had nothing to say, or must not. */
  readonly rating: number | null;
  /** Null unless it was settled. */
  readonly signed: SignedRecord | null;
}

/**
 * What a meter has signed about a session, and the key that verifies it: DER of a
 * SubjectPublicKeyInfo, hexadecimal.
 */
export interface SignedRecord {
  readonly record: string;
  readonly publicKey: string;
}

type Ending = Pick<SessionRecord, "rating" | "signed">;

/**
 * Puts the life of a pair whose vehicle has accepted on the agenda; `done` is called when it is
 * over.
 */
export async function beginSession(
  day: DayContext,
  events: Agenda,
  auction: OpenAuction,
  pair: MatchedPair,
  session: Bytes32,
  done: (record: SessionRecord) => void,
): Promise<void> {
  const finish = (ending: Ending): void => {
    done({ pair, slot: auction.slot.index, session, ...ending });
  };
  const step = (seconds: number, act: () => Promise<void>): void => {
    events.at(seconds, () => day.stages.time("charging", act));
  };
  const expireAtDeadline = async (): Promise<void> => {
    const { deadline } = await knownSession(day.market, session);
    step(Number(deadline), async () => {
      finish(await expireAndRate(day, pair, session));
    });
  };

  const { market } = day;
  const vehicle = pair.request.actor.wallet;
  const { pileStaysAway, vehicleStaysAway } = behaviourOf(day, pair);
  const { comesAt, leavesAt, waitsUntil } = await timesOf(day, auction, pair, session);
  const plugIn = (): Promise<void> => plugInSession(market, vehicle, session);
  if (pileStaysAway) {
    if (!vehicleStaysAway && comesAt < waitsUntil) step(comesAt, plugIn);
    await expireAtDeadline();
    return;
  }
  step(Number(auction.terms.slotStart), async () => {
    await authoriseSession(market, pair.offer.actor.wallet, session);
    if (vehicleStaysAway) await expireAtDeadline();
  });
  if (vehicleStaysAway) return;
  step(comesAt, plugIn);
  step(leavesAt, async () => {
    await unplugSession(market, vehicle, session);
    finish(await settleAndRate(day, pair, session));
  });
}

function behaviourOf(
  { world }: DayContext,
  { request }: MatchedPair,
): { readonly pileStaysAway: boolean; readonly vehicleStaysAway: boolean } {
  const behaviour = seededStream(world.seed, `behaviour/${request.trip.name}`);
  const pileStaysAway = behaviour.uniform() < PILE_NO_SHOW;
  return { pileStaysAway, vehicleStaysAway: behaviour.uniform() < VEHICLE_NO_SHOW };
}

/**
 * Unix seconds: when the vehicle comes and leaves, and until when it waits for a pile that does not
 * authorise. A driver whose trip would begin too late for the slot comes a little earlier.
 */
async function timesOf(
  { market, midnight }: DayContext,
  { terms }: OpenAuction,
  { request }: MatchedPair,
  session: Bytes32,
): Promise<Readonly<Record<"comesAt" | "leavesAt" | "waitsUntil", number>>> {
  const { startSeconds, durationSeconds } = request.trip;
  const { plugIn } = await market.contracts.sessions.windows();
  const lastMoment = Number(terms.slotStart + plugIn) - EARLY_SECONDS;
  const comesAt = Math.min(midnight + startSeconds, lastMoment);
  const { deadline } = await knownSession(market, session);
  const leavesAt = comesAt + chargingSeconds(durationSeconds);
  return { comesAt, leavesAt, waitsUntil: Number(deadline) - EARLY_SECONDS };
}

async function settleAndRate(
  { market }: DayContext,
  { request, offer }: MatchedPair,
  session: Bytes32,
): Promise<Ending> {
  const { trip } = request;
  const energyWh = deliveredWh(trip, await knownSession(market, session));
  const pile = offer.actor;
  const { records, publicKey } = await measureSession(market, pile, {
    ...{ session, meter: pile.name, energyWh: BigInt(energyWh), named: true, records: "one" },
    beganAt: null,
    seconds: chargingSeconds(trip.durationSeconds),
  });
  await settleSession(market, pile, { session, records: null, key: null });
  const [record = ""] = records;
  return {
    rating: await rateAsAllowed(market, request, session, ratingFor(energyWh / trip.energyWh)),
    signed: { record, publicKey: bytesToHex(publicKey.spki).slice(2) },
  };
}

/** Who was there and was not served says so. */
async function expireAndRate(
  { market }: DayContext,
  { request }: MatchedPair,
  session: Bytes32,
): Promise<Ending> {
  await expireSession(market, request.actor.wallet, session);
  return { rating: await rateAsAllowed(market, request, session, WORST_RATING), signed: null };
}

/** Null if the session does not let the vehicle say so much. */
async function rateAsAllowed(
  market: Market,
  { actor }: SubmittedRequest,
  session: Bytes32,
  rating: number,
): Promise<number | null> {
  const { most } = await ratingAllowed(market, await knownSession(market, session));
  if (rating > most) return null;
  await rateSession(market, actor.wallet, session, rating);
  return rating;
}

/**
 * What the battery takes, the session's power delivers in the time, and the deposit can pay: the
 * pile stops at the least.
 */
function deliveredWh(
  { energyWh, durationSeconds }: WorldTrip,
  { powerW, depositUnits, pricePerKwh }: KnownSession,
): number {
  const byPower = Math.floor((Number(powerW) * chargingSeconds(durationSeconds)) / 3600);
  const byDeposit = pricePerKwh === 0n ? energyWh : Number((depositUnits * 1000n) / pricePerKwh);
  return Math.min(energyWh, byPower, byDeposit);
}

function chargingSeconds(durationSeconds: number): number {
  return Math.min(durationSeconds, SETTLE_SECONDS);
}

/** 3 for all the energy wanted, 2 for at least four fifths, 1 for less. */
function ratingFor(share: number): number {
  if (share >= 1) return 3;
  return share >= 0.8 ? 2 : 1;
}
