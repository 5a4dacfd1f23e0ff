/** The rounds of a sealed auction on the command line: which one runs, waiting for its end, and what a match needs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { localServers } from "../../offchain/market/localServers.ts";
import type { MatchingInput, MatchingServers } from "../../offchain/market/matching.ts";
import { privateKeyFromPrimes } from "../../offchain/core/primitives/paillier/keyFromPrimes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { orderSeed, OrderSeedError } from "../../offchain/chain/orderSeed.ts";
import type { NotAdmitted } from "../../offchain/parties/proxy/admission.ts";
import { phaseOf, type KnownAuction } from "./auctions.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { progressOn, type ProgressBar } from "./progress.ts";
import { cloudSchema } from "../stores/state.ts";
import { readSubmissions, type Submissions } from "./submissions.ts";
import { withWorkers } from "./workers.ts";

export interface RunningRound {
  /** Counts from 1. */
  readonly round: bigint;
  readonly roundEnds: bigint;
  /** Whether the decisions are due: meaningful when the round is over. */
  readonly converged: boolean;
}

const POLL_MS = 1_000;

/** The round that the next transaction is going to meet. */
export async function roundOf({ market }: Connected, auctionId: Bytes32): Promise<RunningRound> {
  const { auctions } = market.contracts;
  const pending = { blockTag: "pending" };
  const { round, roundEnds } = await auctions.auctionOf(auctionId, pending);
  return { round, roundEnds, converged: await auctions.isConverged(auctionId, pending) };
}

/** Waits until the running round is over. */
export async function roundOver(
  connected: Connected,
  { auctionId }: KnownAuction,
  signal: AbortSignal,
): Promise<void> {
  const { roundEnds } = await roundOf(connected, auctionId);
  const progress = progressOn(process.stderr);
  const total = Number(roundEnds) - (await connected.now());
  for (;;) {
    const left = Number(roundEnds) - (await connected.now());
    if (left <= 0) break;
    progress.update("waiting for the end of bidding", total - left, total);
    await sleep(POLL_MS, undefined, { signal });
  }
  progress.stop();
}

/** @throws InputError unless the auction waits for its matcher */
export async function requireMatching(connected: Connected, auction: KnownAuction): Promise<void> {
  const phase = await phaseOf(connected, auction.auctionId);
  if (phase === "matching") return;
  const { roundEnds } = await roundOf(connected, auction.auctionId);
  const left = Number(roundEnds) - (await connected.now());
  const hint = phase === "bidding" ? `; bidding ends in ${left} s, --wait waits for it` : "";
  throw new InputError(`auction ${auction.auctionId} is in phase ${phase}, not matching${hint}`);
}

/** Everything that was sent for the round that is over, and all that matching it takes. */
export async function withRound<T>(
  connected: Connected,
  matcher: Player,
  auction: KnownAuction,
  signal: AbortSignal,
  act: (servers: MatchingServers, input: MatchingInput, submissions: Submissions) => Promise<T>,
): Promise<T> {
  const { p, q } = await connected.state.read(`${auction.path}/cloud.json`, cloudSchema);
  const submissions = await readSubmissions(connected, matcher, auction);
  const progress = progressOn(process.stderr);
  const seed = await auctionSeed(connected, matcher, auction);
  const { round } = await roundOf(connected, auction.auctionId);
  const outcome = await withWorkers(signal, async (work) => {
    const servers = await localServers({ work, rng: systemRng });
    await servers.keepPrivateKey(auction.roundKey, privateKeyFromPrimes(p, q));
    const input: MatchingInput = {
      venue: connected.market.venue,
      auctionId: auction.auctionId,
      round,
      seed,
      roundKey: auction.roundKey,
      area: auction.area,
      requests: submissions.requests,
      offers: submissions.offers,
      onProgress: onMatching(progress),
      signal,
    };
    return act(servers, input, submissions);
  });
  progress.stop();
  return outcome;
}

/** Says on stderr what took no part, and why. */
export function sayNotAdmitted(
  { refused }: Submissions,
  notAdmitted: readonly NotAdmitted[],
): void {
  for (const { file, reason } of refused) {
    process.stderr.write(`not admitted: ${file}: ${reason}\n`);
  }
  for (const { account, reason } of notAdmitted) {
    process.stderr.write(`not admitted: ${account}: ${reason}\n`);
  }
}

function onMatching(progress: ProgressBar): (done: number, total: number) => void {
  return (done, total) => {
    progress.update("matching", done, total);
  };
}

/** A chain that mines only when somebody sends has no block after round 1 yet: an empty transaction makes one. */
async function auctionSeed(
  connected: Connected,
  { wallet }: Player,
  { terms }: KnownAuction,
): Promise<Bytes32> {
  try {
    return await orderSeed(connected.market, terms);
  } catch (error) {
    if (!(error instanceof OrderSeedError)) throw error;
    const empty = await wallet.sendTransaction({ to: wallet.address });
    await empty.wait();
    return orderSeed(connected.market, terms);
  }
}
