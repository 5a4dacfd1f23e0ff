/**
 * `auction close-round`: proxy and cloud find out who would be matched now, publish the mean price that leads, tell each
 * pile where it stands, and the next round begins. The notices are written before their root is on chain.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { send } from "../../offchain/chain/market.ts";
import { sealTranscript } from "../../offchain/parties/proxy/transcript.ts";
import { knownAuction, type KnownAuction } from "../support/auctions.ts";
import { connect, playerOfKind, type Connected, type Player } from "../support/connection.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import {
  requireMatching,
  roundOf,
  roundOver,
  sayNotAdmitted,
  withRound,
} from "../support/rounds.ts";
import { shownReference } from "../support/standings.ts";

export interface AuctionCloseRoundArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly wait: boolean;
  readonly json: boolean;
}

export default function action(
  args: AuctionCloseRoundArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(() =>
    interruptible(async (signal) => {
      const connected = await connect(hre, args.state);
      const matcher = await playerOfKind(connected, args.as, "matcher");
      const auction = await knownAuction(connected, args.auction);
      if (args.wait) await roundOver(connected, auction, signal);
      await requireMatching(connected, auction);
      const round = await requireAnotherRound(connected, auction);

      const said = await sayWhereAllStand(connected, matcher, auction, round, signal);
      const { auctionId } = auction;
      const { market } = connected;
      const close = market.contracts.auctions.connect(matcher.wallet).closeRound;
      await send(market, close(auctionId, said.referencePricePerKwh, said.transcriptRoot));
      const { roundEnds } = await roundOf(connected, auctionId);
      printFacts(
        {
          auction: auctionId,
          closedRound: round,
          bids: said.bids,
          leading: said.leading,
          referencePricePerKwhUnits: shownReference(said.referencePricePerKwh),
          transcriptRoot: said.transcriptRoot,
          nextRoundEnds: moment(roundEnds),
        },
        args.json,
      );
    }),
  );
}

async function requireAnotherRound(
  connected: Connected,
  { auctionId }: KnownAuction,
): Promise<bigint> {
  const { round, converged } = await roundOf(connected, auctionId);
  if (!converged) return round;
  const next = "the decisions are due: run `npx hardhat auction match`";
  throw new InputError(`round ${round} of auction ${auctionId} was the last one, ${next}`);
}

interface Said {
  readonly referencePricePerKwh: bigint;
  readonly transcriptRoot: string;
  readonly bids: number;
  readonly leading: number;
}

function sayWhereAllStand(
  connected: Connected,
  matcher: Player,
  auction: KnownAuction,
  round: bigint,
  signal: AbortSignal,
): Promise<Said> {
  return withRound(connected, matcher, auction, signal, async (servers, input, submissions) => {
    const outcome = await servers.rehearse(input);
    sayNotAdmitted(submissions, outcome.notAdmitted);
    const { leaders, referencePricePerKwh } = outcome;
    const { offers } = submissions;
    const { auctionId } = auction;
    const { root, notices } = await sealTranscript(auctionId, round, offers, leaders, systemRng);
    await connected.state.write(`${auction.path}/rounds/${round}.json`, { notices });
    return {
      referencePricePerKwh,
      transcriptRoot: root,
      bids: offers.length,
      leading: leaders.length,
    };
  });
}
