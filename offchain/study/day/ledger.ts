/**
 * The money of a run, added up from the events of the chain and from nothing else.
 */
import { toSafeNumber } from "../worlds/safeNumber.ts";
import type { Market } from "../../chain/market.ts";
import { SESSION_STATES, type Address, type Bytes32 } from "../../core/messages/market.ts";
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

export interface Ledger {
  readonly money: Money;
  /** In the escrow's balance and earned: nothing when everybody has taken out what is theirs. */
  readonly earnedInEscrowUnits: number;
  /** How many sessions were opened. */
  readonly opened: number;
  /** Those that are over. */
  readonly sessions: ReadonlyMap<Bytes32, SessionEnd>;
}

/** Reads every event since the first block. */
export async function readLedger(market: Market): Promise<Ledger> {
  const { escrow, sessions, token } = market.contracts;
  const deposited = await eventsOf(escrow, escrow.filters.Deposited());
  const withdrawn = await eventsOf(escrow, escrow.filters.Withdrawn());
  const ended = await eventsOf(escrow, escrow.filters.StakesSettled());
  const opened = await eventsOf(sessions, sessions.filters.SessionOpened());
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
  const earned = ended.flatMap(({ args }) => [
    // What one of the two owed, the other has got.
    { account: args.second, units: args.firstOwed },
    { account: args.first, units: args.secondOwed },
  ]);
  const taken = withdrawn.map(({ args }) => ({ account: args.account, units: args.amount }));
  const received = sum(earned.map(({ units }) => units));
  const earnedInEscrow = notTaken(earned, taken);
  const money = {
    depositedUnits: toSafeNumber(sum(deposited.map(({ args }) => args.amount))),
    paidUnits: toSafeNumber(paid),
    // Whoever takes money out takes what it has earned first.
    refundedUnits: toSafeNumber(sum(taken.map(({ units }) => units)) - received + earnedInEscrow),
    forfeitedUnits: toSafeNumber(received - paid),
    escrowBalanceUnits: toSafeNumber(await token.balanceOf(await escrow.getAddress())),
  };
  const earnedInEscrowUnits = toSafeNumber(earnedInEscrow);
  return { money, earnedInEscrowUnits, opened: opened.length, sessions: ends };
}

interface Movement {
  readonly account: Address;
  readonly units: bigint;
}

/** Over all accounts, what each has earned and not taken out. */
function notTaken(earned: readonly Movement[], taken: readonly Movement[]): bigint {
  const left = [...Map.groupBy(earned, ({ account }) => account)].map(([account, own]) => {
    const out = sum(taken.filter((one) => one.account === account).map(({ units }) => units));
    const units = sum(own.map((one) => one.units));
    return units > out ? units - out : 0n;
  });
  return sum(left);
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
