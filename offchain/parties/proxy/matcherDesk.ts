/** What a matcher opens auctions with, closes their rounds and posts their decisions. */
import type { Signer } from "ethers";
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { roundKeyHash } from "../../core/messages/roundKey.ts";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import { keepingNewest } from "../../core/primitives/newest.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { MatcherStore } from "./store.ts";

/** What is needed of an auction to open what was sent for it. */
export type OpenedFor = Pick<AnnouncedAuction, "auctionId" | "roundKey">;

export interface MatcherDesk {
  /** Certified as a matcher. */
  readonly wallet: Signer;
  readonly store: MatcherStore;
  /** The proxy opens what was sent to it; throws as `openUpload`. */
  readonly openBox: (auction: OpenedFor, box: string) => Promise<SignedUpload>;
  readonly rng: Rng;
}

/** Opens boxes with the proxy's seal keys. */
export function openingWith(keys: SealKeyPair): MatcherDesk["openBox"] {
  return ({ auctionId, roundKey }, box) => openUpload(keys, auctionId, roundKey, box);
}

/** Auctions of which opened uploads are remembered. */
const AUCTIONS_REMEMBERED = 16;

/**
 * The same; a box that was opened once is not opened again for the same auction and round key. One
 * that does not open is tried each time.
 */
export function rememberingOpened(openBox: MatcherDesk["openBox"]): MatcherDesk["openBox"] {
  const openedFor = keepingNewest(AUCTIONS_REMEMBERED, () => new Map<string, SignedUpload>());
  return async (auction, box) => {
    const opened = openedFor(`${auction.auctionId}/${roundKeyHash(auction.roundKey)}`);
    const before = opened.get(box);
    if (before !== undefined) return before;
    const signed = await openBox(auction, box);
    opened.set(box, signed);
    return signed;
  };
}
