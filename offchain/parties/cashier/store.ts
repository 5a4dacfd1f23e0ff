/**
 * What the cashier remembers: the mint's book, which accounts are paid for, and for how much of
 * their leftovers coins were given.
 */
import {
  memoryMintBook,
  type IssuedCoins,
  type MintBook,
  type SpentCoin,
} from "../../core/funding/mintBook.ts";
import type { Address } from "../../core/messages/market.ts";

/** Coins that are given for the deposit of an account. */
export interface DepositPayment {
  readonly account: Address;
  /** Of the deposit, in token units. */
  readonly units: bigint;
  readonly coins: readonly SpentCoin[];
  /** In exchange for what the coins are worth beyond it; null for nothing. */
  readonly issued: IssuedCoins | null;
}

/** Why a payment was taken or not: "spent" if one of its coins was, "repeated" if the account's. */
export type PaymentOutcome = "paid" | "spent" | "repeated";

/** For how much of what an account has withdrawn coins were given, in token units. */
export interface SettledStep {
  readonly before: bigint;
  readonly after: bigint;
}

export interface CashierStore extends MintBook {
  /** What was paid for the deposit of an account, in token units; 0 for an unknown one. */
  readonly paidUnits: (account: Address) => Promise<bigint>;
  /**
   * Takes the coins, notes what is issued in exchange and that the account is paid for: all of it
   * in one step, or nothing. An account is paid for once.
   */
  readonly pay: (payment: DepositPayment) => Promise<PaymentOutcome>;
  /** For how much an account has had coins, in token units; 0 for an unknown one. */
  readonly settledUnits: (account: Address) => Promise<bigint>;
  /**
   * Notes that an account gets coins, and what is issued for it, in one step. False, with nothing
   * noted, unless it had coins for `before` until now: of two claims at once one is settled.
   */
  readonly settle: (account: Address, step: SettledStep, issued: IssuedCoins) => Promise<boolean>;
}

/** The store in memory; for tests and for one process. */
export function memoryCashierStore(): CashierStore {
  const book = memoryMintBook();
  const paid = new Map<Address, bigint>();
  const settled = new Map<Address, bigint>();
  const payNow = async (payment: DepositPayment): Promise<PaymentOutcome> => {
    const { account, units, coins, issued } = payment;
    if (paid.has(account)) return "repeated";
    if (!(await book.spend(coins, issued))) return "spent";
    paid.set(account, units);
    return "paid";
  };
  let lastPayment: Promise<unknown> = Promise.resolve();
  return {
    ...book,
    paidUnits: (account) => Promise.resolve(paid.get(account) ?? 0n),
    // One after the other: the book answers between the question and the entry.
    pay: (payment) => {
      const outcome = lastPayment.then(() => payNow(payment));
      lastPayment = outcome;
      return outcome;
    },
    settledUnits: (account) => Promise.resolve(settled.get(account) ?? 0n),
    settle: async (account, { before, after }, issued) => {
      if ((settled.get(account) ?? 0n) !== before) return false;
      settled.set(account, after);
      await book.issue(issued);
      return true;
    },
  };
}
