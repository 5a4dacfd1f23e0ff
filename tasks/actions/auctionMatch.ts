/** `auction match`: proxy and cloud match the last round, and the matcher posts the decisions. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { decideAuction, postDecisions } from "../../offchain/market/auction/decideAuction.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { matcherDeskOf } from "../support/desks.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { roundOver, sayLeftOut, withServers } from "../support/serversHere.ts";

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
      const { market } = connected;
      const matcher = await playerOfKind(connected, args.as, "matcher");
      const auction = await knownAuction(connected, args.auction);
      const { auctionId } = auction;
      if (args.wait) await roundOver(connected, auctionId, signal);

      const desk = matcherDeskOf(connected, matcher);
      const { decided } = await withServers(connected, auction, signal, (servers, watched) =>
        decideAuction(market, desk, servers, auction, watched),
      );
      if (decided) sayLeftOut(decided);
      else process.stderr.write("posting the decisions of another run\n");
      const decisions = await postDecisions(market, desk, auctionId);
      printFacts({ auction: auctionId, decisions: decisions.length }, args.json);
    }),
  );
}
