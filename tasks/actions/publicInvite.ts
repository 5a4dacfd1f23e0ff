/**
 * `auction public invite`: a vehicle signs for a pile how far away it is; only that pile can bid
 * with the signature.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { invite } from "../../offchain/market/auction/publicAuction.ts";
import { accountOfPile, connectToKeep, playerOfKind } from "../support/connection.ts";
import { publicDeskOf } from "../support/desks.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic } from "../support/publicAuctions.ts";

export interface PublicInviteArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly pile: string;
  readonly distance: number;
  readonly json: boolean;
}

export default function action(
  args: PublicInviteArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const vehicle = await playerOfKind(connected, args.as, "vehicle");
    const auction = await knownPublic(connected, args.auction);
    const pile = await accountOfPile(connected, args.pile);
    const desk = publicDeskOf(connected, vehicle);
    const invitation = await invite(connected.market, desk, auction, pile, args.distance);
    const { auctionId, distanceM, signature } = invitation;
    printFacts({ auction: auctionId, pile, distanceM, signature }, args.json);
  });
}
