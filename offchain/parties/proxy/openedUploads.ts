/** Uploads that the proxy has opened: each once for its auction and round key. */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { roundKeyHash } from "../../core/messages/roundKey.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import { keepingNewest } from "../../core/primitives/newest.ts";

/** What of an auction an upload is bound to. */
export type OpenedFor = Pick<AnnouncedAuction, "auctionId" | "roundKey">;

/** The upload of a name, opened by `open` if it is not known. */
export type OpenedUploads = (
  auction: OpenedFor,
  name: string,
  open: () => Promise<SignedUpload>,
) => Promise<SignedUpload>;

/** Auctions, each under one round key, of which opened uploads stay in memory. */
const MOST_AUCTIONS = 16;

/**
 * A memory of opened uploads. What does not open is tried anew the next time; what is asked for
 * while it is being opened is opened once.
 */
export function openedUploads(): OpenedUploads {
  const openedFor = keepingNewest(MOST_AUCTIONS, () => new Map<string, Promise<SignedUpload>>());
  return ({ auctionId, roundKey }, name, open) =>
    once(openedFor(`${auctionId}/${roundKeyHash(roundKey)}`), name, open);
}

function once<T>(known: Map<string, Promise<T>>, name: string, find: () => Promise<T>): Promise<T> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = find().catch((error: unknown) => {
    known.delete(name);
    throw error;
  });
  known.set(name, found);
  return found;
}
