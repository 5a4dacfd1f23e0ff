/** An open auction on chain, opened by the vehicle of a world. */
import { id } from "ethers";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import { openAuctionIdOf, type OpenTerms } from "../../../offchain/core/messages/openAuction.ts";
import { send } from "../../../offchain/chain/market.ts";
import { nowSeconds, type MarketWorld } from "./deployed.ts";

export interface OwnAuction {
  readonly auctionId: Bytes32;
  readonly terms: OpenTerms;
}

const HOUR = 3_600n;

/** Bidding for an hour at most, a quiet window of a minute; `label` tells it from others. */
export async function openOwnAuction(world: MarketWorld, label: string): Promise<OwnAuction> {
  const { market, vehicle } = world;
  const now = BigInt(await nowSeconds(world));
  const terms: OpenTerms = {
    rule: {
      maxPricePerKwh: 600_000n,
      minDecrement: 5_000n,
      priceBps: 6_000n,
      powerBps: 1_500n,
      qualityBps: 1_000n,
      distanceBps: 1_500n,
      referencePowerW: 22_000n,
      maxDistanceM: 1_000n,
    },
    quietSeconds: 60n,
    biddingEnds: now + HOUR,
    openingEnds: now + 2n * HOUR,
    slotStart: now + 2n * HOUR,
    slotEnd: now + 4n * HOUR,
    bidBond: 5_000_000n,
    vehicleDeposit: 20_000_000n,
    nonce: id(label),
  };
  const { openAuctions } = market.contracts;
  await send(market, openAuctions.connect(vehicle.signer).open(terms));
  const venue = {
    chainId: market.chainId,
    openAuctions: await openAuctions.getAddress(),
  };
  return { auctionId: openAuctionIdOf(venue, vehicle.signer.address, terms), terms };
}
