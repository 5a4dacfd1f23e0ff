/** What the cashier remembers: the mint's book, and whose leftovers have become coins. */
import { memoryMintBook, type IssuedCoins, type MintBook } from "../../core/funding/mintBook.ts";
import type { Address } from "../../core/messages/market.ts";

export interface CashierStore extends MintBook {
  /**
   * Notes that an account gets coins for what it had left, and what is issued for it, in one step.
   * False, with nothing noted, if it got them before: of two claims of one account one is settled.
   */
  readonly settle: (account: Address, issued: IssuedCoins) => Promise<boolean>;
}

/** The store in memory; for tests and for one process. */
export function memoryCashierStore(): CashierStore {
  const book = memoryMintBook();
  const settled = new Set<Address>();
  return {
    ...book,
    settle: async (account, issued) => {
      if (settled.has(account)) return false;
      settled.add(account);
      await book.issue(issued);
      return true;
    },
  };
}
