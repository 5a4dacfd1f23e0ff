/** What is said of a round when it is closed, with salts drawn for it. */
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import {
  drawSalts,
  transcriptOf,
  type StandingBid,
  type Transcript,
} from "../../../offchain/parties/server/transcript.ts";

export function drawTranscript(
  auctionId: Bytes32,
  round: bigint,
  bids: readonly StandingBid[],
  rng: Rng,
): Transcript {
  return transcriptOf(auctionId, round, bids, drawSalts(bids.length, rng));
}
