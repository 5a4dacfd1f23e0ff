/**
 * What the proxy says of a round when it closes it: to each pile whether it leads, to everybody the root that holds it to
 * what it said. The order of the leaves and their salts are drawn afresh, so that the root gives nothing away.
 */
import { decisionProof, decisionsRoot } from "../messages/decisionTree.ts";
import type { Bytes32 } from "../messages/market.ts";
import { standingLeaf, type Standing, type StandingNotice } from "../messages/standing.ts";
import { bytesToHex } from "../primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";

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

/** @throws RandomError E_RNG_DETERMINISTIC outside tests: who can predict a salt can read the root. */
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
