/** `auction standing`: a pile opens what the matcher has told it at the end of the last round, and checks it. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { lastStanding, shownReference } from "../support/standings.ts";

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
    const auction = await knownAuction(connected, args.auction);
    const { round, bidCommitment, leads, referencePricePerKwh } = await lastStanding(
      connected,
      player,
      auction,
    );
    printFacts(
      {
        auction: auction.auctionId,
        round,
        bid: bidCommitment,
        leads,
        referencePricePerKwhUnits: shownReference(referencePricePerKwh),
      },
      args.json,
    );
  });
}
