/**
 * What is said of a round when it is closed: to each pile whether it leads, to everybody the root
 * that holds the servers to what they said. Both compute the root, over every bid that stands on
 * chain. The salts are drawn afresh, and the leaves sorted, so that the root gives nothing away.
 */
import { treeProof, treeRoot } from "../../core/messages/decisionTree.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { standingLeaf, type Standing, type StandingNotice } from "../../core/messages/standing.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../../core/primitives/random.ts";

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
 * Salts for so many bids.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests: who can predict a salt can read the root
 */
export function drawSalts(count: number, rng: Rng): readonly Bytes32[] {
  assertProductionRng(rng);
  return Array.from({ length: count }, () => bytesToHex(rng.bytes(32)));
}

/** @param salts one for each bid, 32 bytes */
export function transcriptOf(
  auctionId: Bytes32,
  round: bigint,
  bids: readonly StandingBid[],
  salts: readonly Bytes32[],
): Transcript {
  const standings: readonly Standing[] = bids.map(({ bidCommitment, leads }, k) => ({
    auctionId,
    round,
    bidCommitment,
    leads,
    salt: salts[k] ?? "",
  }));
  // Salted hashes are in no order that anybody chose.
  const leaves = standings.map(standingLeaf).sort();
  return {
    root: treeRoot(leaves),
    notices: standings.map((standing) => ({
      standing,
      proof: treeProof(leaves, standingLeaf(standing)),
    })),
  };
}
