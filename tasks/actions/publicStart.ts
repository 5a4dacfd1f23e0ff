/**
 * `auction public start`: the vehicle opens the session when nobody has gone lower for long enough.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { startPublic } from "../../offchain/market/auction/publicAuction.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic } from "../support/publicAuctions.ts";
import { sessionFacts } from "../support/sessions.ts";

export interface PublicStartArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: PublicStartArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const { auctionId } = await knownPublic(connected, args.auction);
    const session = await startPublic(connected.market, player.wallet, auctionId);
    printFacts(await sessionFacts(connected, session, args), args.json);
  });
}
