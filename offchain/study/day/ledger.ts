/**
 * The money of a run, added up from the events of the chain and from nothing else.
 */
import { toSafeNumber } from "../worlds/safeNumber.ts";
import type { Market } from "../../chain/market.ts";
import { SESSION_STATES, type Bytes32 } from "../../core/messages/market.ts";
import { eventsOf } from "../../chain/events.ts";

export interface Money {
  readonly depositedUnits: number;
  readonly paidUnits: number;
  readonly refundedUnits: number;
  readonly forfeitedUnits: number;
  readonly escrowBalanceUnits: number;
}

/** What a session that ended moved. */
export interface SessionEnd {
  readonly energyWh: number;
  readonly paidUnits: number;
  /** Whether it ended without a settlement although the vehicle had not failed to come. */
  readonly isPilesFault: boolean;
  readonly settled: boolean;
}

/** Reads every event since the first block. */
export async function readLedger(
  market: Market,
): Promise<{ readonly money: Money; readonly sessions: ReadonlyMap<Bytes32, SessionEnd> }> {
  const { escrow, sessions, token } = market.contracts;
  const deposited = await eventsOf(escrow, escrow.filters.Deposited());
  const withdrawn = await eventsOf(escrow, escrow.filters.Withdrawn());
  const ended = await eventsOf(escrow, escrow.filters.StakesSettled());
  const settled = await eventsOf(sessions, sessions.filters.SessionSettled());
  const expired = await eventsOf(sessions, sessions.filters.SessionExpired());

  const ends = new Map<Bytes32, SessionEnd>();
  for (const { args } of settled) {
    ends.set(args.sessionId, {
      energyWh: Number(args.energyWh),
      paidUnits: toSafeNumber(args.amountDown),
      isPilesFault: false,
      settled: true,
    });
  }
  for (const { args } of expired) {
    ends.set(args.sessionId, {
      energyWh: 0,
      paidUnits: 0,
      isPilesFault: SESSION_STATES[Number(args.from)] !== "authorised",
      settled: false,
    });
  }

  const paid = sum(settled.map(({ args }) => args.amountDown));
  const received = sum(ended.map(({ args }) => args.firstOwed + args.secondOwed));
  const money = {
    depositedUnits: toSafeNumber(sum(deposited.map(({ args }) => args.amount))),
    paidUnits: toSafeNumber(paid),
    refundedUnits: toSafeNumber(sum(withdrawn.map(({ args }) => args.amount)) - received),
    forfeitedUnits: toSafeNumber(received - paid),
    escrowBalanceUnits: toSafeNumber(await token.balanceOf(await escrow.getAddress())),
  };
  return { money, sessions: ends };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
