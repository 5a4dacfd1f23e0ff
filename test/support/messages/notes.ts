/** A decision and its note, as a winner is told of them. */
import { id } from "ethers";
import type { DecisionNote } from "../../../offchain/core/messages/decisionNote.ts";
import { decisionOf } from "../../../offchain/core/messages/market.ts";
import { AUCTION_ID } from "../matching/crowdRound.ts";

export const NOTE: DecisionNote = {
  auctionId: AUCTION_ID,
  evId: id("ev"),
  cpId: id("cp"),
  bidCommitment: id("bid"),
  uploadHash: id("offer"),
  r: id("r"),
};
export const DECISION = decisionOf(
  NOTE.auctionId,
  NOTE.evId,
  NOTE.cpId,
  NOTE.bidCommitment,
  NOTE.r,
);
export const BINDING = { auctionId: AUCTION_ID, decision: DECISION };
