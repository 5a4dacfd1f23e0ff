/** `auction public bid`: an invited pile takes the lead, in public. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { invitationFor, knownPublic, publicFacts } from "../support/publicAuctions.ts";
import { ensureStake } from "../support/stake.ts";

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
    const connected = await connect(hre, args.state);
    const { openAuctions } = connected.market.contracts;
    const player = await playerOfKind(connected, args.as, "pile");
    const auction = await knownPublic(connected, args.auction);
    const { auctionId, terms } = auction;
    const { address } = player.wallet;
    const invitation = await invitationFor(connected, auction, address);
    const powerW = args.power === 0 ? (player.person.site?.powerW ?? 0) : args.power;
    if (powerW < 1) throw new InputError(`--power: expected at least 1 W, got ${args.power}`);

    const { leader } = await openAuctions.auctionOf(auctionId);
    if (leader !== address) await ensureStake(connected, player, terms.bidBond);
    const { distanceM, signature } = invitation;
    const bid = openAuctions.connect(player.wallet).bid;
    await send(connected.market, bid(auctionId, args.price, powerW, distanceM, signature));
    printFacts(await publicFacts(connected, auction), args.json);
  });
}
