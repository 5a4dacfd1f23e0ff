/**
 * Requests and bids that stand on chain and were not sent to the proxy: to match without them takes
 * a match from people who have done nothing wrong, so that nobody does it unasked.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import { uploadName } from "../../core/messages/sealedUpload.ts";
import type { SentKind } from "../../core/messages/uploadHeader.ts";
import type { MatcherStore } from "../../parties/proxy/store.ts";
import type { CommittedRound } from "../../chain/committed.ts";
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
  { requests, offers }: CommittedRound,
  { left }: Pick<MatcherStore, "left">,
  auctionId: Bytes32,
): Promise<readonly MissingUpload[]> {
  const sides = [
    { kind: "request", committed: requests },
    { kind: "offer", committed: offers },
  ] as const;
  const missing = sides.map(async ({ kind, committed }): Promise<readonly MissingUpload[]> => {
    const sent = new Set(await left(auctionId, kind));
    return committed
      .filter((one) => !sent.has(uploadName(one)))
      .map(({ account, commitment }) => ({ kind, account, commitment }));
  });
  return (await Promise.all(missing)).flat();
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
