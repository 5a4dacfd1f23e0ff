/** The rounds of a sealed auction as the next transaction is going to meet them. */
import { PHASES, type Bytes32, type Phase } from "../../core/messages/market.ts";
import type { Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";
import { moment } from "../../chain/moment.ts";

export interface RunningRound {
  /** Counts from 1. */
  readonly round: bigint;
  /** Unix seconds. */
  readonly roundEnds: bigint;
  /** Whether the decisions are due: meaningful when the round is over. */
  readonly converged: boolean;
}

const PENDING = { blockTag: "pending" };

export async function phaseOf({ contracts }: Market, auctionId: Bytes32): Promise<Phase> {
  const phase = await contracts.auctions.phaseOf(auctionId, PENDING);
  return PHASES[Number(phase)] ?? "none";
}

export async function runningRound(
  { contracts }: Market,
  auctionId: Bytes32,
): Promise<RunningRound> {
  const { auctions } = contracts;
  const { round, roundEnds } = await auctions.auctionOf(auctionId, PENDING);
  return { round, roundEnds, converged: await auctions.isConverged(auctionId, PENDING) };
}

/**
 * The round that is over, of an auction that waits for its matcher.
 * @throws StepError E_AUCTION_PHASE for another phase, with the phase and when the running round
 *   ends
 */
export async function roundToClose(market: Market, auctionId: Bytes32): Promise<RunningRound> {
  const [phase, running] = [
    await phaseOf(market, auctionId),
    await runningRound(market, auctionId),
  ];
  if (phase === "matching") return running;
  const { round, roundEnds } = running;
  const remedies: Partial<Record<typeof phase, string>> = {
    bidding: `: wait until ${moment(roundEnds)}, when round ${round} ends`,
    opening: ": its matches were posted before",
    closed: ": it is over, and nothing is matched in it any more",
  };
  const message = `auction ${auctionId} is in phase ${phase}, not matching${remedies[phase] ?? ""}`;
  throw new StepError("E_AUCTION_PHASE", message, { auctionId, phase, roundEnds });
}
