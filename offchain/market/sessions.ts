/**
 * The steps of a session that one party takes alone: it is opened, authorised, plugged in,
 * unplugged, waived, disputed, paid out, ended. The contract decides about each; what it refuses is
 * refused when the gas is estimated, so that nothing is sent and nothing is paid. Steps that sign
 * or count something ask the session first (`requireState`): a signature cannot be taken back.
 */
import type { ContractTransactionResponse, Interface, Signer } from "ethers";
import { eventsOf } from "../chain/events.ts";
import { read, send, type Market } from "../chain/market.ts";
import { refusedBefore } from "../chain/refusal.ts";
import { sessionsCalled, type RelayableCall } from "../chain/signedCalls.ts";
import {
  SESSION_STATES,
  type Address,
  type Bytes32,
  type Opening,
  type SessionState,
} from "../core/messages/market.ts";
import type { SessionVenue } from "../core/messages/reading.ts";
import type { ChargingSession } from "../../types/ethers-contracts/index.js";
import { signTried } from "./relaying.ts";
import { StepError } from "./stepError.ts";

/**
 * What the chain says of a session. Energy in Wh, power in W, amounts in token units, times in unix
 * seconds.
 */
export interface KnownSession {
  readonly session: Bytes32;
  readonly state: SessionState;
  readonly vehicle: Address;
  readonly pile: Address;
  readonly pricePerKwh: bigint;
  readonly powerW: bigint;
  readonly depositUnits: bigint;
  readonly bondUnits: bigint;
  /** Of the state that the session is in; what it is worth in the last two states is nothing. */
  readonly deadline: bigint;
  readonly slotEnd: bigint;
  /**
   * 0 until the vehicle has plugged in. If it was there first, it is the time of the pile's
   * authorisation from then on: what flowed before is not the vehicle's.
   */
  readonly pluggedInAt: bigint;
  readonly energyWh: bigint;
  /** Rounded down. */
  readonly amountUnits: bigint;
  /**
   * Whether the vehicle takes part by an authorisation of this very pile; known from plugging in
   * on.
   */
  readonly isVouched: boolean;
  /** Whether it was settled, and counts for credibility, rating and coupons. */
  readonly hasEarned: boolean;
}

/** Unix seconds. */
export interface ChargingTime {
  readonly pluggedInAt: number;
  readonly endedAt: number;
}

/** What a matched party has checked, and opens the decision with. */
export interface CheckedMatch {
  readonly opening: Opening;
  /** That the decision is one of its auction. */
  readonly proof: readonly Bytes32[];
}

/** @throws StepError E_SESSION_UNKNOWN for a session that was never opened */
export async function knownSession(market: Market, session: Bytes32): Promise<KnownSession> {
  const known = await read(market, market.contracts.sessions.sessionOf(session));
  const state = SESSION_STATES[Number(known.state)] ?? "none";
  if (state === "none") {
    const message = `session ${session} was not opened: start it first`;
    throw new StepError("E_SESSION_UNKNOWN", message, { session });
  }
  const { vehicle, pile, pricePerKwh, powerW, deadline, slotEnd, pluggedInAt, energyWh } = known;
  return {
    ...{ session, state, vehicle, pile, pricePerKwh, powerW, energyWh },
    ...{ deadline, slotEnd, pluggedInAt, isVouched: known.isVouched, hasEarned: known.hasEarned },
    ...{ depositUnits: known.deposit, bondUnits: known.bond, amountUnits: known.amountDown },
  };
}

/**
 * The contract's refusal, before anything is prepared or sent.
 * @throws RefusedError SessionWrongState
 */
export function requireState(
  { session, state }: Pick<KnownSession, "session" | "state">,
  expected: readonly [SessionState, ...SessionState[]],
): void {
  if (expected.includes(state)) return;
  const values = { sessionId: session, expected: expected.join(" or "), actual: state };
  throw refusedBefore("SessionWrongState", values);
}

/** @throws RefusedError SessionTooLate once the session's deadline has passed */
export function requireInTime(
  { session, deadline }: Pick<KnownSession, "session" | "deadline">,
  nowSeconds: number,
): void {
  if (BigInt(nowSeconds) < deadline) return;
  throw refusedBefore("SessionTooLate", { sessionId: session, deadline, nowSeconds });
}

/** @throws RefusedError SessionNotParty unless the caller is one of `parties` */
export function requireParty(session: Bytes32, caller: Address, parties: readonly Address[]): void {
  if (parties.includes(caller)) return;
  throw refusedBefore("SessionNotParty", { sessionId: session, caller });
}

/** States in which energy can have flowed, and the pile has not claimed anything yet. */
export const SERVED_STATES = ["charging", "unplugged"] as const;

/** States that a session can be in after its vehicle has left. */
const LATER_STATES: readonly SessionState[] = ["metered", "disputed", "settled", "expired"];

/**
 * When the vehicle said that it has left, unix seconds; null if it has not. The state keeps the
 * moment in its deadline until the pile claims, and the event keeps it for good.
 */
export async function unpluggedAt(
  market: Market,
  { session, state, deadline }: Pick<KnownSession, "session" | "state" | "deadline">,
): Promise<bigint | null> {
  const until = state === "unplugged" ? deadline : await deadlineToSettle(market, session, state);
  if (until === null) return null;
  const { settle } = await read(market, market.contracts.sessions.windows());
  return until - settle;
}

/** What the deadline was while the session was unplugged; null if it never was. */
async function deadlineToSettle(
  { contracts: { sessions } }: Market,
  session: Bytes32,
  state: SessionState,
): Promise<bigint | null> {
  if (!LATER_STATES.includes(state)) return null;
  const [left] = await eventsOf(sessions, sessions.filters.SessionUnplugged(session));
  return left?.args.deadline ?? null;
}

/**
 * Between which two moments energy can be charged for, give or take what clocks differ by: from
 * when vehicle and pile are both there until the vehicle has left, or until now.
 */
export async function chargingTime(
  market: Market,
  known: KnownSession,
  nowSeconds: number,
): Promise<ChargingTime> {
  const left = await unpluggedAt(market, known);
  return {
    pluggedInAt: Number(known.pluggedInAt),
    endedAt: left === null ? nowSeconds : Number(left),
  };
}

/** What signatures about sessions are bound to. */
export async function sessionVenue({ chainId, contracts }: Market): Promise<SessionVenue> {
  return { chainId, sessions: await contracts.sessions.getAddress() };
}

/**
 * The vehicle accepts its match and opens the decision: without it no session costs it anything.
 * @throws RefusedError
 */
export function startSession(
  market: Market,
  party: Signer,
  { opening, proof }: CheckedMatch,
): Promise<void> {
  return called(market, party, (sessions) => sessions.start(opening, [...proof]));
}

/**
 * The same by signature, for somebody who relays it. The call counts as long as the decision can be
 * opened.
 * @throws RefusedError
 */
export async function signStart(
  market: Market,
  party: Signer,
  { opening, proof }: CheckedMatch,
): Promise<RelayableCall> {
  const { auctions, sessions } = market.contracts;
  const { openingEnds } = await auctions.auctionOf(opening.auctionId);
  const data = sessions.interface.encodeFunctionData("start", [opening, [...proof]]);
  return signTried(market, await sessionsCalled(market), party, data, openingEnds);
}

/** The pile says that it is ready to serve. @throws RefusedError */
export function authoriseSession(market: Market, pile: Signer, session: Bytes32): Promise<void> {
  return called(market, pile, (sessions) => sessions.authorise(session));
}

/**
 * The vehicle says that it is plugged in, before the pile has authorised or after. @throws
 * RefusedError
 */
export function plugInSession(market: Market, vehicle: Signer, session: Bytes32): Promise<void> {
  return called(market, vehicle, (sessions) => sessions.plugIn(session));
}

/** The vehicle says that it has left: what flows later is not its own. @throws RefusedError */
export function unplugSession(market: Market, vehicle: Signer, session: Bytes32): Promise<void> {
  return called(market, vehicle, (sessions) => sessions.unplug(session));
}

/** What a vehicle says of its session, by the name of the contract's function. */
export interface VehicleWord {
  readonly session: Bytes32;
  readonly name: "plugIn" | "unplug" | "dispute";
}

/**
 * The vehicle signs that it is plugged in, has left or calls the arbiter, for somebody who relays
 * it. Until the chain shows the call, it is as late as if it had said nothing.
 * @param deadline last moment for relaying, excluded; unix seconds
 * @throws RefusedError
 */
export async function signVehicleWord(
  market: Market,
  vehicle: Signer,
  { session, name }: VehicleWord,
  deadline: bigint,
): Promise<RelayableCall> {
  const functions: Interface = market.contracts.sessions.interface;
  const data = functions.encodeFunctionData(name, [session]);
  return signTried(market, await sessionsCalled(market), vehicle, data, deadline);
}

/** The pile gives up what it could claim, and everybody's stakes are free. @throws RefusedError */
export function waiveSession(market: Market, pile: Signer, session: Bytes32): Promise<void> {
  return called(market, pile, (sessions) => sessions.waive(session));
}

/** The vehicle calls the arbiter before the window for it ends. @throws RefusedError */
export function disputeSession(market: Market, vehicle: Signer, session: Bytes32): Promise<void> {
  return called(market, vehicle, (sessions) => sessions.dispute(session));
}

/**
 * Anybody pays out what was metered, when nobody disputed in time, or nobody ruled in time.
 * @throws RefusedError
 */
export function finaliseSession(market: Market, anybody: Signer, session: Bytes32): Promise<void> {
  return called(market, anybody, (sessions) => sessions.finalise(session));
}

/** Anybody ends a session whose deadline has passed. @throws RefusedError */
export function expireSession(market: Market, anybody: Signer, session: Bytes32): Promise<void> {
  return called(market, anybody, (sessions) => sessions.expire(session));
}

async function called(
  market: Market,
  caller: Signer,
  call: (sessions: ChargingSession) => Promise<ContractTransactionResponse>,
): Promise<void> {
  await send(market, call(market.contracts.sessions.connect(caller)));
}
