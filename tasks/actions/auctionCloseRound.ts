/**
 * `auction close-round`: proxy and cloud find out who would be matched now, publish the mean price
 * that leads, tell each pile where it stands, and the next round begins.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { closeRound } from "../../offchain/market/auction/closeRound.ts";
import { orderFacts } from "../support/order.ts";
import type { Outcome } from "../support/outcome.ts";
import { moment, printFacts, shownReference } from "../support/print.ts";
import { atRoundEnd, type RoundEndArguments } from "../support/roundEnd.ts";
import { sayLeftOut } from "../support/serversHere.ts";

export default function action(
  args: RoundEndArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return atRoundEnd(args, hre, closeRound, async (closed, { market, auction }) => {
    const { round, closing, rehearsed, nextRoundEnds } = closed;
    if (rehearsed) sayLeftOut(rehearsed);
    else process.stderr.write("posted the words of another run\n");
    printFacts(
      {
        auction: auction.auctionId,
        closedRound: round,
        ...(await orderFacts(market, auction.terms)),
        bids: closing.notices.length,
        leading: closing.leading,
        referencePricePerKwhUnits: shownReference(closing.referencePricePerKwh),
        transcriptRoot: closing.root,
        nextRoundEnds: moment(nextRoundEnds),
      },
      args.json,
    );
  });
}
