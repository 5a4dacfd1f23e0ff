/**
 * What the proxy says of a round when it closes it: to each pile whether it leads, to everybody the
 * root that holds it to what it said. The order of the leaves and their salts are drawn afresh, so
 * that the root gives nothing away.
 */
import { decisionProof, decisionsRoot } from "../../core/messages/decisionTree.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import {
  sealNotice,
  standingLeaf,
  type Standing,
  type StandingNotice,
} from "../../core/messages/standing.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../../core/primitives/random.ts";
import type { Submission } from "./admission.ts";

/** A bid that stands at the end of a round. */
export interface StandingBid {
  readonly bidCommitment: Bytes32;
  readonly leads: boolean;
}

export interface Transcript {
  readonly root: Bytes32;
  /** In the order of the bids. */
  readonly notices: readonly StandingNotice[];
}

/**
 * @throws RandomError E_RNG_DETERMINISTIC outside tests: who can predict a salt can read the root.
 */
export function drawTranscript(
  auctionId: Bytes32,
  round: bigint,
  bids: readonly StandingBid[],
  rng: Rng,
): Transcript {
  assertProductionRng(rng);
  const standings: readonly Standing[] = bids.map(({ bidCommitment, leads }) => ({
    auctionId,
    round,
    bidCommitment,
    leads,
    salt: bytesToHex(rng.bytes(32)),
  }));
  // Salted hashes are in no order that anybody chose.
  const leaves = standings.map(standingLeaf).sort();
  return {
    root: decisionsRoot(leaves),
    notices: standings.map((standing) => ({
      standing,
      proof: decisionProof(leaves, standingLeaf(standing)),
    })),
  };
}

/** The transcript of a round as it leaves the proxy. */
export interface SealedTranscript {
  readonly root: Bytes32;
  /** A notice for each pile, which it alone can open. */
  readonly notices: readonly SealedNotice[];
}

export interface SealedNotice {
  readonly pile: Address;
  /** 0x-prefixed hexadecimal. */
  readonly box: string;
}

/**
 * Draws the transcript of a round and seals to each pile where its bid stands. Who is not admitted
 * does not lead.
 */
export async function sealTranscript(
  auctionId: Bytes32,
  round: bigint,
  offers: readonly Submission[],
  leaders: readonly Address[],
  rng: Rng,
): Promise<SealedTranscript> {
  const leading = new Set(leaders);
  const bids = offers.map(({ signed, commitment }) => ({
    bidCommitment: commitment,
    leads: leading.has(signed.upload.account),
  }));
  const { root, notices } = drawTranscript(auctionId, round, bids, rng);
  const sealed = notices.flatMap((notice, k) =>
    offers.slice(k, k + 1).map(async ({ signed: { upload } }) => ({
      pile: upload.account,
      box: await sealNotice(upload.sealKey, notice, rng),
    })),
  );
  return { root, notices: await Promise.all(sealed) };
}
