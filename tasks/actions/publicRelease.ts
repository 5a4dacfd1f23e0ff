/**
 * `auction public release`: frees what is still locked in an open auction that ended without a
 * session.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { releasePublic } from "../../offchain/market/auction/publicAuction.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic, publicFacts } from "../support/publicAuctions.ts";

export interface PublicReleaseArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: PublicReleaseArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const auction = await knownPublic(connected, args.auction);
    await releasePublic(connected.market, player.wallet, auction.auctionId);
    printFacts(await publicFacts(connected, auction), args.json);
  });
}
