/**
 * An auction as one of its parties knows it: nobody bids or asks in it before its words are checked
 * against the chain.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { areaHash } from "../../core/messages/area.ts";
import { auctionIdOf, type Bytes32 } from "../../core/messages/market.ts";
import { roundKeyHash } from "../../core/messages/roundKey.ts";
import type { MatcherNotices } from "../../parties/proxy/store.ts";
import type { Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";

/**
 * The auction as it was announced, once it is checked.
 * @throws StepError E_AUCTION_UNKNOWN for one that was not; as `checkAuction`
 */
export async function knowAuction(
  market: Market,
  { announced }: Pick<MatcherNotices, "announced">,
  auctionId: Bytes32,
): Promise<AnnouncedAuction> {
  const auction = await announced(auctionId);
  if (auction === null) {
    const message = `auction ${auctionId} was not announced here: ask its matcher for the terms`;
    throw new StepError("E_AUCTION_UNKNOWN", message, { auctionId });
  }
  return checkAuction(market, auction);
}

/**
 * The same auction. The id is a hash of the terms, and the terms name area and round key by their
 * hashes.
 * @throws StepError E_AUCTION_TERMS, E_AUCTION_KEY or E_AUCTION_AREA for what is not the chain's
 */
export async function checkAuction(
  { contracts, venue }: Market,
  auction: AnnouncedAuction,
): Promise<AnnouncedAuction> {
  const { auctionId, terms, roundKey, area } = auction;
  const { matcher } = await contracts.auctions.auctionOf(auctionId);
  if (auctionIdOf(venue, matcher, terms) !== auctionId) {
    const message = `the announced terms are not those of auction ${auctionId} on this chain`;
    throw new StepError("E_AUCTION_TERMS", `${message}: ask its matcher again`, { auctionId });
  }
  const named = { roundKeyHash: terms.roundKeyHash, areaHash: terms.areaHash };
  const [key, place] = [roundKeyHash(roundKey), areaHash(area)];
  if (key !== named.roundKeyHash) {
    const message = `the auction's round key is ${named.roundKeyHash}, the announced one ${key}`;
    throw new StepError("E_AUCTION_KEY", `${message}: ask its matcher again`, { auctionId, key });
  }
  if (place !== named.areaHash) {
    const message = `the auction's area is ${named.areaHash}, the announced one ${place}`;
    throw new StepError("E_AUCTION_AREA", `${message}: ask its matcher again`, {
      auctionId,
      area: place,
    });
  }
  return auction;
}
