/**
 * A history out of the logs, as one had to find it without links between evaluations: the cost
 * grows with the chain, and the node has to keep logs.
 */

import type { Reputation } from "../../../types/ethers-contracts/index.js";
import type { Found, Rated, Subject } from "../../chain/history.ts";

/** What a node has to be asked for to search its logs. */
export interface LogRange {
  /** Block of the deployment, or later. */
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Public nodes answer for a limited number of blocks at a time. */
  readonly blocksPerQuery: number;
}

/** The history of a pile or a vehicle out of the logs, by topic, newest first. */
export async function scanHistory(
  reputation: Reputation,
  subject: Subject,
  { fromBlock, toBlock, blocksPerQuery }: LogRange,
): Promise<Found<Rated>> {
  const filter =
    subject.kind === "pile"
      ? reputation.filters.PileRated(subject.account)
      : reputation.filters.PileRated(undefined, subject.account);
  const evaluations: Rated[] = [];
  let reads = 0;
  for (let first = fromBlock; first <= toBlock; first += blocksPerQuery) {
    const last = Math.min(toBlock, first + blocksPerQuery - 1);
    const logs = await reputation.queryFilter(filter, first, last);
    reads += 1;
    for (const { args, blockNumber } of logs) {
      evaluations.push({
        id: args.evaluationId,
        session: args.sessionId,
        rating: Number(args.rating),
        ratingWad: args.ratingWad,
        blockNumber,
      });
    }
  }
  return { evaluations: evaluations.reverse(), reads };
}
