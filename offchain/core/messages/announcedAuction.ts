/** An auction as its matcher announces it: everything that it takes to bid or to ask in it. */
import type { Area } from "./area.ts";
import type { AuctionTerms, Bytes32 } from "./market.ts";
import type { RoundKey } from "./roundKey.ts";

/** The id is a hash of the terms, and the terms name area and round key by their hashes. */
export interface AnnouncedAuction {
  readonly auctionId: Bytes32;
  readonly terms: AuctionTerms;
  readonly area: Area;
  readonly roundKey: RoundKey;
  /**
   * The auction of the same slot that this one follows, for vehicles that have refused their match
   * in it; null for the first. Whoever it matched takes no part: its piles have promised the slot.
   */
  readonly again: Bytes32 | null;
}
