/**
 * `auction match`: proxy and cloud match the round, and the matcher posts the decisions. The result is written before it
 * is posted, so a command that was interrupted goes on with the same decisions.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bytes32 } from "../../offchain/messages/market.ts";
import { matchSubmissions } from "../../offchain/modes.ts";
import { privateKeyFromPrimes } from "../../offchain/primitives/paillier/keyGeneration.ts";
import { systemRng } from "../../offchain/primitives/random.ts";
import { send } from "../../offchain/roles/chain.ts";
import { orderSeed, OrderSeedError } from "../../offchain/roles/orderSeed.ts";
import { knownAuction, phaseOf, type KnownAuction } from "../support/auctions.ts";
import { connect, playerOfKind, type Connected, type Player } from "../support/connection.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { progressOn } from "../support/progress.ts";
import { cloudSchema, resultSchema } from "../support/state.ts";
import { readSubmissions } from "../support/submissions.ts";
import { withWorkers } from "../support/workers.ts";

export interface AuctionMatchArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly wait: boolean;
  readonly json: boolean;
}

const POLL_MS = 1_000;

export default function action(
  args: AuctionMatchArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(() =>
    interruptible(async (signal) => {
      const connected = await connect(hre, args.state);
      const matcher = await playerOfKind(connected, args.as, "matcher");
      const auction = await knownAuction(connected, args.auction);
      if (args.wait) await biddingOver(connected, auction, signal);
      await requireMatching(connected, auction);

      if (await connected.state.has(`${auction.path}/result.json`)) {
        process.stderr.write("posting the decisions of an earlier, interrupted run\n");
      } else {
        await matchRound(connected, matcher, auction, signal);
      }
      await postDecisions(connected, matcher, auction, args.json);
    }),
  );
}

async function biddingOver(
  { now }: Connected,
  { terms }: KnownAuction,
  signal: AbortSignal,
): Promise<void> {
  const progress = progressOn(process.stderr);
  const from = await now();
  const total = Number(terms.biddingEnds) - from;
  for (;;) {
    const left = Number(terms.biddingEnds) - (await now());
    if (left <= 0) break;
    progress.update("waiting for the end of bidding", total - left, total);
    await sleep(POLL_MS, undefined, { signal });
  }
  progress.stop();
}

async function requireMatching(connected: Connected, auction: KnownAuction): Promise<void> {
  const phase = await phaseOf(connected, auction.auctionId);
  if (phase === "matching") return;
  const now = await connected.now();
  const left = Number(auction.terms.biddingEnds) - now;
  const hint = phase === "bidding" ? `; bidding ends in ${left} s, --wait waits for it` : "";
  throw new InputError(`auction ${auction.auctionId} is in phase ${phase}, not matching${hint}`);
}

async function matchRound(
  connected: Connected,
  matcher: Player,
  auction: KnownAuction,
  signal: AbortSignal,
): Promise<void> {
  const { state } = connected;
  const { p, q } = await state.read(`${auction.path}/cloud.json`, cloudSchema);
  const { requests, offers, refused } = await readSubmissions(connected, matcher, auction);
  const progress = progressOn(process.stderr);
  const seed = await seedAfterBidding(connected, matcher, auction);
  const { matches, notAdmitted } = await withWorkers(signal, (work) =>
    matchSubmissions(auction.mode, {
      venue: connected.market.venue,
      auctionId: auction.auctionId,
      seed,
      roundKey: auction.roundKey,
      requests,
      offers,
      privateKey: privateKeyFromPrimes(p, q),
      work,
      rng: systemRng,
      onProgress: (done, total) => {
        progress.update("matching", done, total);
      },
      signal,
    }),
  );
  progress.stop();
  for (const { file, reason } of refused)
    process.stderr.write(`not admitted: ${file}: ${reason}\n`);
  for (const { account, reason } of notAdmitted) {
    process.stderr.write(`not admitted: ${account}: ${reason}\n`);
  }
  await state.write(`${auction.path}/result.json`, { matches });
}

/** A chain that mines only when somebody sends has no block after bidding yet: an empty transaction makes one. */
async function seedAfterBidding(
  { market }: Connected,
  { wallet }: Player,
  { terms }: KnownAuction,
): Promise<Bytes32> {
  try {
    return await orderSeed(market, terms);
  } catch (error) {
    if (!(error instanceof OrderSeedError)) throw error;
    const empty = await wallet.sendTransaction({ to: wallet.address });
    await empty.wait();
    return orderSeed(market, terms);
  }
}

async function postDecisions(
  { state, market }: Connected,
  { wallet }: Player,
  { auctionId, path }: KnownAuction,
  json: boolean,
): Promise<void> {
  const { matches } = await state.read(`${path}/result.json`, resultSchema);
  const decisions = matches.map(({ decision }) => decision);
  await send(market, market.contracts.auctions.connect(wallet).postDecisions(auctionId, decisions));
  printFacts({ auction: auctionId, decisions: decisions.length }, json);
}
