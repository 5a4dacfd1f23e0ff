/**
 * The life of one matched pair: the vehicle opens the decision, the pile authorises, the vehicle plugs in, the meter signs
 * what it has counted, the pile settles on it, the vehicle rates. Now and then somebody does not come, and the other side ends the session
 * at its deadline.
 */
import { decisionProof } from "../../core/messages/decisionTree.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { read, send } from "../../chain/market.ts";
import { receiveVehicle } from "../../parties/pile/trading.ts";
import { receiveMatch, type CertifiedPile } from "../../parties/vehicle/trading.ts";
import { seededStream } from "../worlds/seededRng.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { Agenda } from "./agenda.ts";
import type { DayContext } from "./context.ts";
import type { MatchedPair, MatchedSlot } from "./matching.ts";
import { meterSession, type Meters, type SignedRecord } from "./metering.ts";
import type { OpenAuction } from "./slotAuction.ts";

/** One pile in fifty has its socket blocked, one driver in thirty-three stays away. */
const PILE_NO_SHOW = 0.02;
const VEHICLE_NO_SHOW = 0.03;
/** However long the car stays, the session is settled by then. */
const SETTLE_SECONDS = 20 * 3_600;

/** The meter has signed the session's name. */
const NO_CONFIRMATION = "0x";

/** What the chain says of a session. */
interface SessionTerms {
  readonly powerW: bigint;
  readonly deposit: bigint;
  readonly pricePerKwh: bigint;
}

export interface SessionRecord {
  readonly pair: MatchedPair;
  readonly slot: number;
  readonly session: Bytes32;
  /** Null unless it was settled. */
  readonly ending: SettledEnding | null;
}

export interface SettledEnding {
  /** Given to the pile. */
  readonly rating: number;
  readonly signed: SignedRecord;
}

/** Opens the decision of a pair and puts the rest of its life on the agenda; `done` is called when it is over. */
export async function beginSession(
  day: DayContext,
  events: Agenda,
  meters: Meters,
  auction: OpenAuction,
  slot: MatchedSlot,
  pair: MatchedPair,
  done: (record: SessionRecord) => void,
): Promise<void> {
  const session = await day.stages.time("sessions", () => open(day, auction, slot, pair));
  const finish = (ending: SettledEnding | null): void => {
    done({ pair, slot: auction.slot.index, session, ending });
  };
  const step = (seconds: number, act: () => Promise<void>): void => {
    events.at(seconds, () => day.stages.time("sessions", act));
  };
  const expireAtDeadline = async (): Promise<void> => {
    const { deadline } = await day.market.contracts.sessions.sessionOf(session);
    step(Number(deadline), async () => {
      await expire(day, pair, session);
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
    await authorise(day, pair, session);
    if (vehicleStaysAway) await expireAtDeadline();
  });
  if (vehicleStaysAway) return;
  step(day.midnight + startSeconds, () => plugIn(day, pair, session));
  step(day.midnight + startSeconds + chargingSeconds(durationSeconds), async () => {
    finish(await settleAndRate(day, meters, pair, session));
  });
}

/** The vehicle checks the delivery against the chain and opens the decision; the pile checks its own. */
async function open(
  day: DayContext,
  { auctionId }: OpenAuction,
  { decisions }: MatchedSlot,
  { request, offer, match }: MatchedPair,
): Promise<Bytes32> {
  const { venue, contracts } = day.market;
  const { opening, decision } = await receiveMatch(
    venue,
    { ...request.trip, auctionId },
    request.actor.sealKeys,
    match.toVehicle,
    (cpId) => certifiedPile(day, cpId),
  );
  await receiveVehicle(offer.actor.sealKeys, offer.bid, match.toPile);
  const proof = decisionProof(decisions, decision);
  await send(
    day.market,
    contracts.sessions.connect(request.actor.wallet).start(opening, [...proof]),
  );
  return decision;
}

async function certifiedPile(day: DayContext, cpId: Bytes32): Promise<CertifiedPile> {
  const { identities } = day.market.contracts;
  const account = await read(day.market, identities.accountOf(cpId));
  const { siteCommitment } = await read(day.market, identities.participantOf(account));
  return { account, siteCommitment };
}

async function authorise(day: DayContext, { offer }: MatchedPair, session: Bytes32): Promise<void> {
  const { sessions } = day.market.contracts;
  await send(day.market, sessions.connect(offer.actor.wallet).authorise(session));
}

async function plugIn(day: DayContext, { request }: MatchedPair, session: Bytes32): Promise<void> {
  const { sessions } = day.market.contracts;
  await send(day.market, sessions.connect(request.actor.wallet).plugIn(session));
}

async function settleAndRate(
  day: DayContext,
  meters: Meters,
  pair: MatchedPair,
  session: Bytes32,
): Promise<SettledEnding> {
  const { contracts } = day.market;
  const { startSeconds, durationSeconds } = pair.request.trip;
  const beganAt = day.midnight + startSeconds;
  const terms = await read(day.market, contracts.sessions.sessionOf(session));
  const energyWh = deliveredWh(pair.request.trip, terms);
  const { settlement, signed } = await meterSession(meters, pair.offer.actor, session, {
    energyWh,
    beganAt,
    endedAt: beganAt + chargingSeconds(durationSeconds),
  });
  const { settle } = contracts.sessions.connect(pair.offer.actor.wallet);
  await send(day.market, settle(session, settlement.key, [...settlement.records], NO_CONFIRMATION));

  const rating = ratingFor(energyWh / pair.request.trip.energyWh);
  const { reputation } = contracts;
  await send(day.market, reputation.connect(pair.request.actor.wallet).rate(session, rating));
  return { rating, signed };
}

async function expire(day: DayContext, { request }: MatchedPair, session: Bytes32): Promise<void> {
  const { sessions } = day.market.contracts;
  await send(day.market, sessions.connect(request.actor.wallet).expire(session));
}

/** What the battery takes, the session's power delivers in the time, and the deposit can pay: the pile stops at the least. */
function deliveredWh(
  { energyWh, durationSeconds }: WorldTrip,
  { powerW, deposit, pricePerKwh }: SessionTerms,
): number {
  const byPower = Math.floor((Number(powerW) * chargingSeconds(durationSeconds)) / 3600);
  const byDeposit = pricePerKwh === 0n ? energyWh : Number((deposit * 1000n) / pricePerKwh);
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
