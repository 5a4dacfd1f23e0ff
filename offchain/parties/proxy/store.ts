/**
 * What the matcher keeps of its auctions: what it has announced, what was sent to its proxy, and
 * what it said and decided. Whatever is said on chain is kept here first.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { uploadName, type SentKind, type SentUpload } from "../../core/messages/sealedUpload.ts";
import { soon } from "../../core/primitives/threads.ts";
import type { SealedTranscript } from "./transcript.ts";

/**
 * How a round was closed: the words that are posted, and the notices that they hold the matcher to.
 */
export interface Closing extends SealedTranscript {
  /** Token units per kWh, rounded down; `NO_REFERENCE_PRICE` if nobody leads. */
  readonly referencePricePerKwh: bigint;
  /** How many piles lead. */
  readonly leading: number;
}

/** Where owners leave what is for the proxy. */
export interface UploadBox {
  readonly leave: (sent: SentUpload) => Promise<void>;
}

/** What everybody may read of what the matcher has said. Null for what it has not said yet. */
export interface MatcherNotices {
  readonly announced: (auctionId: Bytes32) => Promise<AnnouncedAuction | null>;
  readonly closing: (auctionId: Bytes32, round: bigint) => Promise<Pick<Closing, "notices"> | null>;
  /** The decisions, in the order in which they are posted. */
  readonly decided: (auctionId: Bytes32) => Promise<readonly DecidedMatch[] | null>;
}

/** What was left under a name is no box: `isBadUpload`. */
export class BoxError extends Error {
  override readonly name = "BoxError";
  readonly code = "E_BOX";
}

export interface MatcherStore extends UploadBox, MatcherNotices {
  readonly announce: (auction: AnnouncedAuction) => Promise<void>;
  /** Names of everything that was left (`uploadName`). */
  readonly left: (auctionId: Bytes32, kind: SentKind) => Promise<readonly string[]>;
  /**
   * The box that was left under a name.
   * @throws BoxError for what is no box; whatever else it throws is no fault of who left it
   */
  readonly box: (auctionId: Bytes32, kind: SentKind, name: string) => Promise<string>;
  /**
   * Keeps how a round is closed, unless that is kept already. Returns what is kept: `closing`
   * itself if it was first, else the earlier one. Of two that keep at once, one is first.
   */
  readonly keepClosing: (auctionId: Bytes32, round: bigint, closing: Closing) => Promise<Closing>;
  /** All of how a round was closed; null if it was not. */
  readonly closing: (auctionId: Bytes32, round: bigint) => Promise<Closing | null>;
  /**
   * Keeps the decisions, unless some are kept already. Returns what is kept: `matches` itself if it
   * was first, else the earlier ones. Of two that keep at once, one is first.
   */
  readonly keepDecided: (
    auctionId: Bytes32,
    matches: readonly DecidedMatch[],
  ) => Promise<readonly DecidedMatch[]>;
}

/** Kept as long as the process lives. */
export function memoryMatcherStore(): MatcherStore {
  const auctions = new Map<Bytes32, AnnouncedAuction>();
  const boxes = new Map<string, Map<string, string>>();
  const closings = new Map<string, Closing>();
  const decided = new Map<Bytes32, readonly DecidedMatch[]>();
  const boxesOf = (auctionId: Bytes32, kind: SentKind): Map<string, string> => {
    const key = `${auctionId}/${kind}`;
    const known = boxes.get(key) ?? new Map<string, string>();
    boxes.set(key, known);
    return known;
  };
  return {
    announce: (auction) =>
      soon(() => {
        auctions.set(auction.auctionId, auction);
      }),
    announced: (auctionId) => Promise.resolve(auctions.get(auctionId) ?? null),
    leave: ({ auctionId, kind, box, ...named }) =>
      soon(() => {
        boxesOf(auctionId, kind).set(uploadName(named), box);
      }),
    left: (auctionId, kind) => Promise.resolve([...boxesOf(auctionId, kind).keys()]),
    box: (auctionId, kind, name) => {
      const box = boxesOf(auctionId, kind).get(name);
      if (box !== undefined) return Promise.resolve(box);
      return Promise.reject(new BoxError(`box: expected a ${kind} that was left, got ${name}`));
    },
    keepClosing: (auctionId, round, closing) =>
      Promise.resolve(keepFirst(closings, `${auctionId}/${round}`, closing)),
    closing: (auctionId, round) => Promise.resolve(closings.get(`${auctionId}/${round}`) ?? null),
    keepDecided: (auctionId, matches) => Promise.resolve(keepFirst(decided, auctionId, matches)),
    decided: (auctionId) => Promise.resolve(decided.get(auctionId) ?? null),
  };
}

function keepFirst<T>(kept: Map<string, T>, key: string, value: T): T {
  const first = kept.get(key) ?? value;
  kept.set(key, first);
  return first;
}
