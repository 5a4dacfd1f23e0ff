/** Who can become bookkeeper, as the chain has recorded it. */
import type { ChargingSession, Reputation } from "../../types/ethers-contracts/index.js";
import { bestOfEach, type Candidate } from "../core/reputation/election.ts";
import { evaluationAt } from "./history.ts";

/** The contracts that know an evaluation and its session. */
export interface EvaluationSource {
  readonly reputation: Pick<Reputation, "evaluationOf">;
  readonly sessions: Pick<ChargingSession, "partiesOf">;
}

/**
 * The candidates among the evaluations `from` … `to`, from the chain: two reads an evaluation, the
 * record and, if the score is positive, its session's parties.
 */
export async function readCandidates(
  { reputation, sessions }: EvaluationSource,
  from: bigint,
  to: bigint,
): Promise<readonly Candidate[]> {
  const rated: Candidate[] = [];
  for (let id = from; id <= to; id += 1n) {
    const { session, credibilityBefore } = await evaluationAt(reputation, id);
    if (credibilityBefore <= 0) continue;
    const { vehicle } = await sessions.partiesOf(session);
    rated.push({ vehicle, score: credibilityBefore, evaluation: id });
  }
  return bestOfEach(rated);
}
