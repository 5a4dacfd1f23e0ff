/**
 * `auction public invite`: a vehicle signs for a pile how far away it is; only that pile can bid
 * with the signature.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { invite } from "../../offchain/market/auction/publicAuction.ts";
import { accountOfPile, connectToKeep, playerOfKind } from "../support/connection.ts";
import { publicDeskOf } from "../support/desks.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic } from "../support/publicAuctions.ts";
import { numberNamed, PUBLIC_DISTANCE } from "../support/ranges.ts";

export interface PublicInviteArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly pile: string;
  readonly distance: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: PublicInviteArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const distance = distanceIn(args.distance);
    const connected = await connectToKeep(hre, args.state);
    const vehicle = await playerOfKind(connected, args.as, "vehicle");
    const auction = await knownPublic(connected, args.auction);
    const pile = await accountOfPile(connected, args.pile);
    const desk = publicDeskOf(connected, vehicle);
    const invitation = await invite(connected.market, desk, auction, pile, distance);
    const { auctionId, distanceM, signature } = invitation;
    printFacts({ auction: auctionId, pile, distanceM, signature }, args.json);
  });
}

/** @throws InputError for none: the pile's bid is judged by what the vehicle signs */
function distanceIn(text: string | undefined): number {
  if (text !== undefined) return Number(numberNamed("distance", text, PUBLIC_DISTANCE));
  throw new InputError("--distance: say how far away the pile is, in metres");
}
