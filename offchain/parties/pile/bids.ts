/**
 * What a pile keeps of its bids: who loses the salt of one can never open it, and its bond with it.
 */
import type { Bytes32 } from "../../core/messages/market.ts";
import type { PreparedBid } from "./trading.ts";

/** Secret until the bid is opened. */
export type KeptBid = Omit<PreparedBid, "upload">;

export interface BidStore {
  readonly keepBid: (auctionId: Bytes32, bid: KeptBid) => Promise<void>;
  /** The bid that a commitment stands for; null if it is not known here. */
  readonly bidBehind: (auctionId: Bytes32, commitment: Bytes32) => Promise<KeptBid | null>;
}

/** Kept as long as the process lives. */
export function memoryBids(): BidStore {
  const bids = new Map<string, KeptBid>();
  return {
    keepBid: (auctionId, { offer, uploadHash, round, commitment }) => {
      bids.set(`${auctionId}/${commitment}`, { offer, uploadHash, round, commitment });
      return Promise.resolve();
    },
    bidBehind: (auctionId, commitment) =>
      Promise.resolve(bids.get(`${auctionId}/${commitment}`) ?? null),
  };
}
