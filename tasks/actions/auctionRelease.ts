/**
 * `auction release`: frees the stakes of those who were not selected. Both servers say that they
 * were not; when the auction is closed anybody does it without them.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { releaseClosed, releaseLosers } from "../../offchain/market/auction/releasing.ts";
import { phaseOf } from "../../offchain/market/auction/rounds.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerNamed, playerOfKind } from "../support/connection.ts";
import { matcherDeskOf } from "../support/desks.ts";
import { playerOfAccount, secondOf } from "../support/secondServer.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface AuctionReleaseArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: AuctionReleaseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const { auctionId, terms } = await knownAuction(connected, args.auction);
    const phase = await phaseOf(market, auctionId);
    const released =
      phase === "closed"
        ? await releaseClosed(market, (await playerNamed(connected, args.as)).wallet, auctionId)
        : await releaseLosers(
            market,
            matcherDeskOf(connected, await playerOfKind(connected, args.as, "matcher")),
            await secondOf(connected, await playerOfAccount(connected, terms.secondServer)),
            auctionId,
          );
    printFacts({ auction: auctionId, phase, released }, args.json);
  });
}
