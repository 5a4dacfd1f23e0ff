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
  /** Of the mint that takes the coins. */
  readonly epoch: number;
  readonly coins: readonly SpentCoin[];
  /** In exchange for what the coins are worth beyond it; null for nothing. */
  readonly issued: IssuedCoins | null;
}

/**
 * Paid; or one of the coins was spent before; or the account is paid for; or the book has been in a
 * later epoch.
 */
export type PaymentOutcome = "paid" | "spent" | "repeated" | "past";

/** For how much of what an account has withdrawn coins were given, in token units. */
export interface SettledStep {
  readonly before: bigint;
  readonly after: bigint;
}

/** Settled; or the account has had coins for another amount; or the book was in a later epoch. */
export type SettleVerdict = "settled" | "claimed" | "past";

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
   * Notes that an account gets coins, and what is issued for it, in one step. "claimed" unless it
   * had coins for `before` until now: of two claims at once one is settled. Nothing is noted unless
   * it is settled.
   */
  readonly settle: (
    account: Address,
    step: SettledStep,
    issued: IssuedCoins,
  ) => Promise<SettleVerdict>;
}

/** The store in memory; for tests and for one process. */
export function memoryCashierStore(): CashierStore {
  const book = memoryMintBook();
  const paid = new Map<Address, bigint>();
  const settled = new Map<Address, bigint>();
  // One after the other: the book answers between the question and the entry.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(entry: () => Promise<T>): Promise<T> => {
    const outcome = last.then(entry);
    last = outcome;
    return outcome;
  };
  const payNow = async (payment: DepositPayment): Promise<PaymentOutcome> => {
    const { account, units, epoch, coins, issued } = payment;
    if (paid.has(account)) return "repeated";
    const verdict = await book.spend(epoch, coins, issued);
    if (verdict !== "taken") return verdict;
    paid.set(account, units);
    return "paid";
  };
  const settledUnits = (account: Address): bigint => settled.get(account) ?? 0n;
  return {
    ...book,
    paidUnits: (account) => Promise.resolve(paid.get(account) ?? 0n),
    pay: (payment) => inTurn(() => payNow(payment)),
    settledUnits: (account) => Promise.resolve(settledUnits(account)),
    settle: (account, { before, after }, issued) =>
      inTurn(async () => {
        if (settledUnits(account) !== before) return "claimed";
        if (!(await book.issue(issued))) return "past";
        settled.set(account, after);
        return "settled";
      }),
  };
}
