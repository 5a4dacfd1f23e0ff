/**
 * When the auctions of a slot are, in seconds before it begins. A first auction bids, answers and
 * is decided early enough that a second one of the same slot fits behind it; both are decided
 * before the next slot's auction asks who is idle, if slots last an hour or more.
 *
 *   4,800 … 3,600  round 1
 *   3,600 … 2,400  further rounds, at most (`rules.ts`)
 *   … 2,100        the matcher has decided
 *   … 1,800        whoever is matched has accepted or refused
 *   … 1,800        a second auction, from the first refusal on, bids
 *   … 1,500        and is decided
 *   … 1,200        and accepted
 */
import type { AuctionPlan } from "../../market/auction/openAuction.ts";

/** When the first auction of a slot opens. */
export const BIDDING_STARTS_BEFORE_SECONDS = 4_800;

/** The times that a plan of the slot has, in unix seconds. */
export type AuctionTimes = Pick<
  AuctionPlan,
  "biddingEnds" | "matchingEnds" | "openingEnds" | "slotStart"
>;

export function firstAuctionTimes(slotStart: number): AuctionTimes {
  return timesOf(slotStart, 3_600, 2_100, 1_800);
}

export function secondAuctionTimes(slotStart: number): AuctionTimes {
  return timesOf(slotStart, 1_800, 1_500, 1_200);
}

function timesOf(
  slotStart: number,
  biddingEndsBefore: number,
  matchingEndsBefore: number,
  openingEndsBefore: number,
): AuctionTimes {
  return {
    biddingEnds: slotStart - biddingEndsBefore,
    matchingEnds: slotStart - matchingEndsBefore,
    openingEnds: slotStart - openingEndsBefore,
    slotStart,
  };
}
