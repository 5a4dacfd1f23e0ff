/** `auction match`: proxy and cloud match the last round, and the matcher posts the decisions. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { decideAuction, postDecisions } from "../../offchain/market/auction/decideAuction.ts";
import { orderFacts } from "../support/order.ts";
import type { Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { atRoundEnd, type RoundEndArguments } from "../support/roundEnd.ts";
import { sayLeftOut } from "../support/serversHere.ts";

export default function action(
  args: RoundEndArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return atRoundEnd(args, hre, decideAuction, async ({ decided }, { market, desk, auction }) => {
    if (decided) sayLeftOut(decided);
    else process.stderr.write("posting the decisions of another run\n");
    const { auctionId, terms } = auction;
    const decisions = await postDecisions(market, desk, auctionId);
    const order = await orderFacts(market, terms);
    printFacts({ auction: auctionId, ...order, decisions: decisions.length }, args.json);
  });
}
