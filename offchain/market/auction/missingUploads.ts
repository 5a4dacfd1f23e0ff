/**
 * Requests and bids that stand on chain and were not sent to the proxy: to match without them takes
 * a match from people who have done nothing wrong, so that nobody does it unasked.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { uploadName, type SentKind } from "../../core/messages/sealedUpload.ts";
import type { MatcherStore } from "../../parties/proxy/store.ts";
import { eventsOf } from "../../chain/events.ts";
import { read, type Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";

/** What stands on chain of an account, and is not here. */
export interface MissingUpload {
  readonly kind: SentKind;
  readonly account: Address;
  readonly commitment: Bytes32;
}

/**
 * What is missing of an auction, requests first, in the order in which they were committed to. What
 * is here and does not open is not missing.
 */
export async function missingUploads(
  market: Market,
  { left }: Pick<MatcherStore, "left">,
  auctionId: Bytes32,
): Promise<readonly MissingUpload[]> {
  const standing = await standingCommitments(market, auctionId);
  const kinds = ["request", "offer"] as const;
  const sent = await Promise.all(kinds.map((kind) => left(auctionId, kind)));
  return kinds.flatMap((kind, k) =>
    standing.filter((one) => one.kind === kind && sent[k]?.includes(uploadName(one)) !== true),
  );
}

/** For uploads that are missing. `values` has how many, and the first account. */
export function missingError(auctionId: Bytes32, missing: readonly MissingUpload[]): StepError {
  const whose = missing.map(({ kind, account }) => `the ${kind} of ${account}`).join(", ");
  const message = `auction ${auctionId} lacks ${whose}: committed to on chain, and not sent`;
  const [first] = missing;
  const account = first === undefined ? "" : first.account;
  return new StepError("E_UPLOADS_MISSING", message, {
    auctionId,
    missing: missing.length,
    account,
  });
}

async function standingCommitments(
  market: Market,
  auctionId: Bytes32,
): Promise<readonly MissingUpload[]> {
  const { auctions } = market.contracts;
  const requested = await eventsOf(auctions, auctions.filters.RequestCommitted(auctionId));
  const bid = await eventsOf(auctions, auctions.filters.BidCommitted(auctionId));
  const vehicles = [...new Set(requested.map(({ args }) => args.vehicle))];
  const piles = [...new Set(bid.map(({ args }) => args.pile))];
  const known = await Promise.all([
    ...vehicles.map(async (account): Promise<MissingUpload> => {
      const commitment = await read(market, auctions.requestOf(auctionId, account));
      return { kind: "request", account, commitment };
    }),
    ...piles.map(async (account): Promise<MissingUpload> => {
      const commitment = await read(market, auctions.bidOf(auctionId, account));
      return { kind: "offer", account, commitment };
    }),
  ]);
  // A request that was withdrawn, and a bid that was freed, stand no more.
  return known.filter(({ commitment }) => BigInt(commitment) !== 0n);
}
