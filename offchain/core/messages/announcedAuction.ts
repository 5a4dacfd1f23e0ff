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
}
