/**
 * `auction match`: proxy and cloud match the last round, and the matcher posts the decisions. The result is written before
 * it is posted, so a command that was interrupted goes on with the same decisions.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
import { knownAuction, type KnownAuction } from "../support/auctions.ts";
import { connect, playerOfKind, type Connected, type Player } from "../support/connection.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import {
  requireMatching,
  roundOf,
  roundOver,
  sayNotAdmitted,
  withRound,
} from "../support/rounds.ts";
import { resultSchema } from "../stores/state.ts";

export interface AuctionMatchArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly wait: boolean;
  readonly json: boolean;
}

export default function action(
  args: AuctionMatchArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(() =>
    interruptible(async (signal) => {
      const connected = await connect(hre, args.state);
      const matcher = await playerOfKind(connected, args.as, "matcher");
      const auction = await knownAuction(connected, args.auction);
      if (args.wait) await roundOver(connected, auction, signal);
      await requireMatching(connected, auction);
      await requireConverged(connected, auction);

      if (await connected.state.has(`${auction.path}/result.json`)) {
        process.stderr.write("posting the decisions of an earlier, interrupted run\n");
      } else {
        await matchRound(connected, matcher, auction, signal);
      }
      await postDecisions(connected, matcher, auction, args.json);
    }),
  );
}

async function requireConverged(connected: Connected, { auctionId }: KnownAuction): Promise<void> {
  const { round, converged } = await roundOf(connected, auctionId);
  if (converged) return;
  const next = "another has to follow: run `npx hardhat auction close-round`";
  throw new InputError(`round ${round} of auction ${auctionId} brought new bids, and ${next}`);
}

async function matchRound(
  connected: Connected,
  matcher: Player,
  auction: KnownAuction,
  signal: AbortSignal,
): Promise<void> {
  await withRound(connected, matcher, auction, signal, async (servers, input, submissions) => {
    const { matches, notAdmitted } = await servers.match(input);
    sayNotAdmitted(submissions, notAdmitted);
    await connected.state.write(`${auction.path}/result.json`, { matches });
  });
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
