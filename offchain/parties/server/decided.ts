/** A match and its commitment c = H(EVID, CPID, r), as both servers compute it. */
import type { DecisionNote } from "../../core/messages/decisionNote.ts";
import { decisionOf, type Bytes32 } from "../../core/messages/market.ts";

/** Of the two who are matched, what the chain says of them. */
export interface MatchedIds {
  readonly evId: Bytes32;
  readonly cpId: Bytes32;
  readonly bidCommitment: Bytes32;
  /** Of the upload of the offer. */
  readonly uploadHash: Bytes32;
}

/** @param r drawn by both servers (`coins.ts`) */
export function decide(
  auctionId: Bytes32,
  { evId, cpId, bidCommitment, uploadHash }: MatchedIds,
  r: Bytes32,
): { readonly note: DecisionNote; readonly decision: Bytes32 } {
  const note = { auctionId, evId, cpId, bidCommitment, uploadHash, r };
  return { note, decision: decisionOf(auctionId, evId, cpId, bidCommitment, r) };
}
