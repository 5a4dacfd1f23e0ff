/**
 * The life of one matched pair: the vehicle opens the decision, the pile authorises, the vehicle
 * plugs in, the meter signs what it has counted, the pile settles on it, the vehicle rates. Now and
 * then somebody does not come, and the other side ends the session at its deadline.
 */
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { measureSession } from "../../market/metering.ts";
import { rateSession } from "../../market/reputation.ts";
import {
  authoriseSession,
  expireSession,
  knownSession,
  plugInSession,
  type KnownSession,
} from "../../market/sessions.ts";
import { settleSession } from "../../market/settlement.ts";
import { seededStream } from "../worlds/seededRng.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { Agenda } from "./agenda.ts";
import type { DayContext } from "./context.ts";
import type { MatchedPair } from "./matching.ts";
import type { OpenAuction } from "./slotAuction.ts";

/** One pile in fifty has its socket blocked, one driver in thirty-three stays away. */
const PILE_NO_SHOW = 0.02;
const VEHICLE_NO_SHOW = 0.03;
/** However long the car stays, the session is settled by then. */
const SETTLE_SECONDS = 20 * 3_600;

export interface SessionRecord {
  readonly pair: MatchedPair;
  readonly slot: number;
  readonly session: Bytes32;
  /** Null unless it was settled. */
  readonly ending: SettledEnding | null;
}

/**
 * What a meter has signed about a session, and the key that verifies it: DER of a
 * SubjectPublicKeyInfo, hexadecimal.
 */
export interface SignedRecord {
  readonly record: string;
  readonly publicKey: string;
}

export interface SettledEnding {
  /** Given to the pile. */
  readonly rating: number;
  readonly signed: SignedRecord;
}

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
  const finish = (ending: SettledEnding | null): void => {
    done({ pair, slot: auction.slot.index, session, ending });
  };
  const step = (seconds: number, act: () => Promise<void>): void => {
    events.at(seconds, () => day.stages.time("sessions", act));
  };
  const expireAtDeadline = async (): Promise<void> => {
    const { deadline } = await knownSession(day.market, session);
    step(Number(deadline), async () => {
      await expireSession(day.market, pair.request.actor.wallet, session);
      finish(null);
    });
  };

  const behaviour = seededStream(day.world.seed, `behaviour/${pair.request.trip.name}`);
  const pileStaysAway = behaviour.uniform() < PILE_NO_SHOW;
  const vehicleStaysAway = behaviour.uniform() < VEHICLE_NO_SHOW;
  const { startSeconds, durationSeconds } = pair.request.trip;
  if (pileStaysAway) {
    await expireAtDeadline();
    return;
  }
  step(Number(auction.terms.slotStart), async () => {
    await authoriseSession(day.market, pair.offer.actor.wallet, session);
    if (vehicleStaysAway) await expireAtDeadline();
  });
  if (vehicleStaysAway) return;
  step(day.midnight + startSeconds, () =>
    plugInSession(day.market, pair.request.actor.wallet, session),
  );
  step(day.midnight + startSeconds + chargingSeconds(durationSeconds), async () => {
    finish(await settleAndRate(day, pair, session));
  });
}

async function settleAndRate(
  { market, midnight }: DayContext,
  { request, offer }: MatchedPair,
  session: Bytes32,
): Promise<SettledEnding> {
  const { trip } = request;
  const energyWh = deliveredWh(trip, await knownSession(market, session));
  const pile = offer.actor;
  const { records, publicKey } = await measureSession(market, pile, {
    ...{ session, meter: pile.name, energyWh: BigInt(energyWh), named: true, records: "one" },
    beganAt: midnight + trip.startSeconds,
    seconds: chargingSeconds(trip.durationSeconds),
  });
  await settleSession(market, pile, { session, records: null, key: null });
  const rating = ratingFor(energyWh / trip.energyWh);
  await rateSession(market, request.actor.wallet, session, rating);
  const [record = ""] = records;
  return { rating, signed: { record, publicKey: bytesToHex(publicKey.spki).slice(2) } };
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
