/** `auction public bid`: an invited pile takes the lead, in public. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { bidInPublic } from "../../offchain/market/auction/publicAuction.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { publicDeskOf } from "../support/desks.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic, publicFacts } from "../support/publicAuctions.ts";
import { PUBLIC_POWER, PUBLIC_PRICE, requireWithin } from "../support/ranges.ts";

export interface PublicBidArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly price: bigint;
  readonly power: number;
  readonly json: boolean;
}

export default function action(
  args: PublicBidArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireWithin("price", args.price, PUBLIC_PRICE);
    const connected = await connect(hre, args.state);
    const player = await playerOfKind(connected, args.as, "pile");
    const auction = await knownPublic(connected, args.auction);
    const powerW = args.power === 0 ? (player.person.site?.powerW ?? 0) : args.power;
    requireWithin("power", powerW, PUBLIC_POWER);
    const desk = publicDeskOf(connected, player);
    await bidInPublic(connected.market, desk, auction, { pricePerKwh: args.price, powerW });
    printFacts(await publicFacts(connected, auction), args.json);
  });
}
