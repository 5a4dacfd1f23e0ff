/** What the cashier remembers: the mint's book, and whose leftovers have become coins. */
import { memoryMintBook, type IssuedCoins, type MintBook } from "../../core/funding/mintBook.ts";
import type { Address } from "../../core/messages/market.ts";

export interface CashierStore extends MintBook {
  /**
   * Notes that an account gets coins for what it had left, and what is issued for it, in one step.
   * Unless it is settled, nothing is noted; of two claims of one account one is settled.
   */
  readonly settle: (account: Address, issued: IssuedCoins) => Promise<SettleVerdict>;
}

/** Settled; or the account got its coins before; or the book has been in a later epoch. */
export type SettleVerdict = "settled" | "claimed" | "past";

/** The store in memory; for tests and for one process. */
export function memoryCashierStore(): CashierStore {
  const book = memoryMintBook();
  const settled = new Set<Address>();
  return {
    ...book,
    settle: async (account, issued) => {
      if (settled.has(account)) return "claimed";
      // The claim is noted before anything is awaited, and given back if nothing was issued.
      settled.add(account);
      if (await book.issue(issued)) return "settled";
      settled.delete(account);
      return "past";
    },
  };
}
