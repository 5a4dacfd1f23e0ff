/**
 * `auction request`: a vehicle encrypts what it wants, commits to it and locks the deposit; or it
 * signs the call that does, for somebody else to relay.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { NO_SET } from "../../offchain/core/messages/upload.ts";
import {
  commitRequest,
  prepareRequest,
  signRequest,
} from "../../offchain/market/auction/requesting.ts";
import { cellsNamed } from "../support/areas.ts";
import { knownAuction } from "../support/auctions.ts";
import { connectToKeep, playerOfKind } from "../support/connection.ts";
import { requestDeskOf } from "../support/desks.ts";
import { featuresNamed } from "../support/features.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { type PlaceArguments, placeNamed } from "../support/places.ts";
import { DISTANCE, PRICE, requireWithin } from "../support/ranges.ts";
import { keptCall } from "../support/signedCall.ts";

export interface AuctionRequestArguments extends PlaceArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly maxPrice: bigint;
  readonly maxDistance: number;
  readonly cells: string;
  readonly needs: string;
  /** File for the signed call; nothing is sent then. */
  readonly sign: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: AuctionRequestArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireWithin("max-price", args.maxPrice, PRICE);
    requireWithin("max-distance", args.maxDistance, DISTANCE);
    const connected = await connectToKeep(hre, args.state);
    const { market } = connected;
    const player = await playerOfKind(connected, args.as, "vehicle");
    const desk = requestDeskOf(connected, player);
    const auction = await knownAuction(connected, args.auction);
    const asked = {
      wish: {
        position: placeNamed(connected.deployment.corner, args),
        maxPricePerKwh: args.maxPrice,
        maxDistanceM: args.maxDistance,
      },
      needs: featuresNamed(args.needs),
      whereabouts: { setId: NO_SET, cells: cellsNamed(auction.area, args.cells) },
    };
    const prepared = await prepareRequest(market, desk, auction, asked);
    const about = { auction: auction.auctionId, vehicle: player.wallet.address };
    if (args.sign !== undefined) {
      const { call, ...signed } = await signRequest(market, desk, auction, prepared);
      printFacts({ ...about, ...signed, ...(await keptCall(args.sign, call)) }, args.json);
      return;
    }
    const { commitment, depositUnits } = await commitRequest(market, desk, auction, prepared);
    printFacts({ ...about, commitment, depositUnits }, args.json);
  });
}
