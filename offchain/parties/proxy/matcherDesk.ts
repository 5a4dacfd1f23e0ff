/** What a matcher opens auctions with, closes their rounds and posts their decisions. */
import type { Signer } from "ethers";
import { openUpload } from "../../core/messages/sealedUpload.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import { openedUploads, type OpenedFor } from "./openedUploads.ts";
import type { MatcherStore } from "./store.ts";

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

/** The same; a box that was opened once is not opened again for the same auction and round key. */
export function rememberingOpened(openBox: MatcherDesk["openBox"]): MatcherDesk["openBox"] {
  const opened = openedUploads();
  return (auction, box) => opened(auction, box, () => openBox(auction, box));
}
