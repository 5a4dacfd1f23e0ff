/**
 * `auction withdraw`: a vehicle takes its request out of a decided auction, because it refuses its
 * match or was not selected, and has its deposit back at once.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { refuseMatch } from "../../offchain/market/auction/openMatch.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface AuctionWithdrawArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: AuctionWithdrawArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { wallet } = await playerOfKind(connected, args.as, "vehicle");
    const { auctionId } = await knownAuction(connected, args.auction);
    const freedUnits = await refuseMatch(connected.market, wallet, auctionId);
    printFacts({ auction: auctionId, vehicle: wallet.address, freedUnits }, args.json);
  });
}
