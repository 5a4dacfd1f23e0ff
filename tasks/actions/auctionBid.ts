/**
 * `auction bid`: a pile encrypts its offer and commits to it in the running round; its first bid
 * locks the bond.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { NO_SET } from "../../offchain/core/messages/upload.ts";
import { commitOffer, prepareOffer } from "../../offchain/market/auction/bidding.ts";
import { runningRound } from "../../offchain/market/auction/rounds.ts";
import { cellsNamed } from "../support/areas.ts";
import { knownAuction } from "../support/auctions.ts";
import { connectToKeep, playerOfKind } from "../support/connection.ts";
import { offerDeskOf } from "../support/desks.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireWithin, PRICE } from "../support/ranges.ts";

export interface AuctionBidArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly price: bigint;
  readonly cells: string;
  readonly json: boolean;
}

export default function action(
  args: AuctionBidArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireWithin("price", args.price, PRICE);
    const connected = await connectToKeep(hre, args.state);
    const { market } = connected;
    const player = await playerOfKind(connected, args.as, "pile");
    const desk = offerDeskOf(connected, player);
    const auction = await knownAuction(connected, args.auction);
    const { auctionId, terms, area } = auction;
    const whereabouts = { setId: NO_SET, cells: cellsNamed(area, args.cells) };
    const { round } = await runningRound(market, auctionId);
    const ask = { round, pricePerKwh: args.price };
    const prepared = await prepareOffer(market, desk, auction, ask, whereabouts);
    await commitOffer(market, desk, auction, prepared);
    printFacts(
      {
        auction: auctionId,
        round,
        pile: player.wallet.address,
        commitment: prepared.bid.commitment,
        bondUnits: terms.bidBond,
      },
      args.json,
    );
  });
}
