/**
 * `auction close-round`: proxy and cloud find out who would be matched now, publish the mean price
 * that leads, tell each pile where it stands, and the next round begins.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { closeRound } from "../../offchain/market/auction/closeRound.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { matcherDeskOf } from "../support/desks.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts, shownReference } from "../support/print.ts";
import { roundOver, sayLeftOut, withServers } from "../support/serversHere.ts";

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
      const { market } = connected;
      const matcher = await playerOfKind(connected, args.as, "matcher");
      const auction = await knownAuction(connected, args.auction);
      const { auctionId } = auction;
      if (args.wait) await roundOver(connected, auctionId, signal);

      const desk = matcherDeskOf(connected, matcher);
      const closed = await withServers(connected, auction, signal, (servers, watched) =>
        closeRound(market, desk, servers, auction, watched),
      );
      const { round, closing, rehearsed, nextRoundEnds } = closed;
      if (rehearsed) sayLeftOut(rehearsed);
      else process.stderr.write("posted the words of another run\n");
      printFacts(
        {
          auction: auctionId,
          closedRound: round,
          bids: closing.notices.length,
          leading: closing.leading,
          referencePricePerKwhUnits: shownReference(closing.referencePricePerKwh),
          transcriptRoot: closing.root,
          nextRoundEnds: moment(nextRoundEnds),
        },
        args.json,
      );
    }),
  );
}
