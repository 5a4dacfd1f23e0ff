/**
 * What the two servers of an auction play, and what is dealt to them for it: one attempt of one
 * round.
 */
import { bigintToBytes, concatBytes, hexToBytes } from "../primitives/bytes.ts";
import type { Bytes32 } from "./market.ts";

/** 0 is the proxy, 1 the cloud. */
export type ServerIndex = 0 | 1;

export interface Attempt {
  readonly auctionId: Bytes32;
  /** Of the auction, 0 to 255. */
  readonly round: number;
  /** Counts from 1, to 255. */
  readonly attempt: number;
}

export class AttemptError extends Error {
  override readonly name = "AttemptError";
  readonly code = "E_ATTEMPT";
}

const MOST = 255;

/** @throws AttemptError for a round or attempt that one byte does not hold */
export function attemptOf(auctionId: Bytes32, round: bigint, attempt: number): Attempt {
  if (round < 0n || round > BigInt(MOST)) {
    throw new AttemptError(`attempt: expected a round from 0 to ${MOST}, got ${round}`);
  }
  if (!Number.isInteger(attempt) || attempt < 1 || attempt > MOST) {
    const remedy = "the auction has to end without a match";
    throw new AttemptError(`attempt: expected 1 to ${MOST}, got ${attempt}; ${remedy}`);
  }
  return { auctionId, round: Number(round), attempt };
}

export const ATTEMPT_BYTES = 34;

/** auctionId 32 ‖ round u8 ‖ attempt u8 */
export function attemptBytes({ auctionId, round, attempt }: Attempt): Uint8Array<ArrayBuffer> {
  return concatBytes(
    hexToBytes(auctionId),
    bigintToBytes(BigInt(round), 1),
    bigintToBytes(BigInt(attempt), 1),
  );
}
