/**
 * The cloud's own look at a round: what it takes from the chain and from nobody else. What the
 * proxy says is held against it (`roster.ts` of this folder).
 */
import { committedIn, type CommittedRound, type RoundReader } from "../../chain/committed.ts";
import { orderSeed } from "../../chain/orderSeed.ts";
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { PHASES, type Bytes32, type Venue } from "../../core/messages/market.ts";
import type { RoundKey } from "../../core/messages/roundKey.ts";
import type { RoundKind } from "../server/inventory.ts";
import type { RosterPlace } from "../server/roster.ts";

/** What the cloud knows of a round before the proxy speaks: all of it is public. */
export interface CloudRound extends RosterPlace {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  readonly round: bigint;
  /** The decisions if the auction has converged, else a rehearsal. */
  readonly kind: RoundKind;
  readonly roundKey: RoundKey;
  /** Everybody whom the chain names. */
  readonly committed: CommittedRound;
}

/** The chain is not where a round can be played. */
export class LookError extends Error {
  override readonly name = "LookError";
  readonly code = "E_LOOK_PHASE";
}

/** As the next transaction is going to meet it: a chain may have mined nothing since the end. */
const PENDING = { blockTag: "pending" };

/**
 * Reads the round of an auction that is over.
 * @throws LookError for another phase; OrderSeedError before the block that draws the order
 */
export async function roundOnChain(
  reader: RoundReader,
  { auctionId, terms, area, roundKey }: AnnouncedAuction,
): Promise<CloudRound> {
  const { auctions } = reader.contracts;
  const phase = PHASES[Number(await auctions.phaseOf(auctionId, PENDING))] ?? "none";
  if (phase !== "matching") {
    const message = `look: expected auction ${auctionId} in phase matching, it is in ${phase}`;
    throw new LookError(message);
  }
  const { round } = await auctions.auctionOf(auctionId, PENDING);
  const isConverged = await auctions.isConverged(auctionId, PENDING);
  return {
    venue: reader.venue,
    auctionId,
    round,
    kind: isConverged ? "match" : "rehearsal",
    roundKey,
    area,
    seed: await orderSeed(reader, terms),
    committed: await committedIn(reader, auctionId),
  };
}
