/**
 * `auction standing`: a pile opens what the matcher has told it at the end of the last round, and
 * checks it.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { lastStanding } from "../../offchain/market/auction/standing.ts";
import { folderMatcherStore } from "../stores/auctions.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts, shownReference } from "../support/print.ts";

export interface AuctionStandingArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: AuctionStandingArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "pile");
    const { auctionId } = await knownAuction(connected, args.auction);
    const { market, state } = connected;
    const standing = await lastStanding(market, player, folderMatcherStore(state), auctionId);
    const { round, bidCommitment, leads, referencePricePerKwh } = standing;
    printFacts(
      {
        auction: auctionId,
        round,
        commitment: bidCommitment,
        leads,
        referencePricePerKwhUnits: shownReference(referencePricePerKwh),
      },
      args.json,
    );
  });
}
