/**
 * What a station keeps of its handshakes: one authorisation a pseudonym, and what was shown for
 * each.
 */
import {
  memoryStationBooks,
  type ShownPresentation,
  type StationBooks,
} from "../../core/credential/handshake/station.ts";
import type { Address } from "../../core/messages/market.ts";

export interface StationStore extends StationBooks {
  /** What an account was authorised on, which a court may want to be traced. */
  readonly shownBy: (account: Address) => Promise<ShownPresentation | undefined>;
}

/** The store in memory; for tests and for one process. */
export function memoryStationStore(): StationStore {
  const books = memoryStationBooks();
  const evidence = new Map<Address, ShownPresentation>();
  return {
    ...books,
    grant: async (signed, shown) => {
      const isKept = await books.grant(signed, shown);
      if (isKept) evidence.set(signed.authorisation.account, shown);
      return isKept;
    },
    shownBy: (account) => Promise.resolve(evidence.get(account)),
  };
}
