/**
 * What the matcher remembers of the handshakes of a run: who has a live authorisation, and the presentation behind each,
 * which tracers would be asked to open in an approved case.
 */
import type { SignedAuthorisation } from "../../core/credential/handshake/authorisation.ts";
import { memoryStationBooks, type StationBooks } from "../../core/credential/handshake/station.ts";
import type { Demand } from "../../core/credential/verify.ts";
import type { Address } from "../../core/messages/market.ts";

/** One authorisation with its evidence. */
export interface Granted {
  readonly signed: SignedAuthorisation;
  readonly presentation: Uint8Array;
  readonly demand: Demand;
}

export interface RunBooks extends StationBooks {
  readonly grantedFor: (account: Address) => Granted | undefined;
}

/** Empty books. */
export function stationBooks(): RunBooks {
  const books = memoryStationBooks();
  const evidence = new Map<Address, Granted>();
  return {
    ...books,
    grant: (signed, presentation, demand) => {
      books.grant(signed, presentation, demand);
      evidence.set(signed.authorisation.account, { signed, presentation, demand });
    },
    grantedFor: (account) => evidence.get(account),
  };
}
