/**
 * Who has committed to what in a sealed auction, as anybody reads it off the chain: both servers
 * take who takes part from here.
 */
import type { Address, Bytes32 } from "../core/messages/market.ts";
import { eventsOf } from "./events.ts";
import type { Market, MarketContracts } from "./market.ts";

/** What stands on chain of a request or a bid. */
export interface Committed {
  readonly account: Address;
  readonly participantId: Bytes32;
  /** Of the upload that its account has named last. */
  readonly uploadHash: Bytes32;
  /** The word that the contract keeps of it. */
  readonly commitment: Bytes32;
  /** In which it was made; that of a request is the first. */
  readonly round: bigint;
}

/** In the order in which the accounts committed for the first time. */
export interface CommittedRound {
  readonly requests: readonly Committed[];
  readonly offers: readonly Committed[];
}

/** What of the market is read for a round: no key is needed for it. */
export interface RoundReader extends Pick<Market, "provider" | "venue"> {
  readonly contracts: Pick<MarketContracts, "auctions" | "identities">;
}

/** Nothing changes in it from the end of a round until the servers have closed it. */
export async function committedIn(
  { contracts }: Pick<RoundReader, "contracts">,
  auctionId: Bytes32,
): Promise<CommittedRound> {
  const { auctions, identities } = contracts;
  const requested = await eventsOf(auctions, auctions.filters.RequestCommitted(auctionId));
  const bid = await eventsOf(auctions, auctions.filters.BidCommitted(auctionId));
  const named = async (
    latest: ReadonlyMap<Address, Omit<Committed, "account" | "participantId">>,
  ): Promise<readonly Committed[]> =>
    Promise.all(
      [...latest].map(async ([account, known]) => {
        const { participantId } = await identities.participantOf(account);
        const { uploadHash, commitment, round } = known;
        return { account, participantId, uploadHash, commitment, round };
      }),
    );
  return {
    requests: await named(
      new Map(requested.map(({ args }) => [args.vehicle, { ...names(args), round: 1n }])),
    ),
    offers: await named(
      new Map(bid.map(({ args }) => [args.pile, { ...names(args), round: args.round }])),
    ),
  };
}

function names({
  uploadHash,
  commitment,
}: Pick<Committed, "uploadHash" | "commitment">): Pick<Committed, "uploadHash" | "commitment"> {
  return { uploadHash, commitment };
}
