/**
 * A second auction of a slot, for vehicles that have refused their match in the first: the same
 * area, scope, slot and stakes, one round, and a round key of its own.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { FIRST_ROUND } from "../../core/messages/market.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import type { Market } from "../../chain/market.ts";
import { StepError } from "../stepError.ts";
import { decidedMatches } from "./decideAuction.ts";
import { openAuction, type AuctionPlan, type DealtRoundKey } from "./openAuction.ts";
import { moment } from "../../chain/moment.ts";

/** When it is bid in, decided and opened, in unix seconds. */
export type AgainTimes = Pick<AuctionPlan, "biddingEnds" | "matchingEnds" | "openingEnds">;

/** Shorter than this neither deciding nor accepting is expected to be, in seconds. */
const LEAST_SECONDS = 60;

/**
 * Opens the second auction of a slot.
 * @throws StepError E_NOT_DECIDED before the first is decided, E_AGAIN_TIME for times that end
 *   after the slot begins; RefusedError with the contract's reason
 */
export async function openAgain(
  market: Market,
  desk: MatcherDesk,
  dealt: DealtRoundKey,
  first: AnnouncedAuction,
  times: AgainTimes,
): Promise<AnnouncedAuction> {
  await decidedMatches(desk.store, first.auctionId);
  const slotStart = Number(first.terms.slotStart);
  if (times.openingEnds > slotStart) throw noTimeLeft(first, times.openingEnds);
  return openAuction(market, desk, dealt, planAgain(first, times));
}

/**
 * The times of a second auction that is bid in until `biddingEnds`: matcher and vehicles have half
 * of what is left until the slot begins each.
 * @throws StepError E_AGAIN_TIME if that is too little
 */
export function againTimes(first: AnnouncedAuction, biddingEnds: number): AgainTimes {
  const openingEnds = Number(first.terms.slotStart);
  const half = Math.floor((openingEnds - biddingEnds) / 2);
  if (half < LEAST_SECONDS) throw noTimeLeft(first, biddingEnds + 2 * LEAST_SECONDS);
  return { biddingEnds, matchingEnds: biddingEnds + half, openingEnds };
}

function planAgain({ auctionId, terms, area }: AnnouncedAuction, times: AgainTimes): AuctionPlan {
  const { scope, roundSeconds, bidBond, vehicleDeposit } = terms;
  return {
    ...{ area, scope, roundSeconds, bidBond, vehicleDeposit },
    ...times,
    slotStart: Number(terms.slotStart),
    slotEnd: Number(terms.slotEnd),
    maxRounds: FIRST_ROUND,
    again: auctionId,
  };
}

function noTimeLeft({ auctionId, terms }: AnnouncedAuction, openingEnds: number): StepError {
  const slotStart = Number(terms.slotStart);
  const begins = `${moment(slotStart)}, when the slot begins`;
  const times = `expected openings that end by ${begins}, got ${moment(openingEnds)}`;
  const message = `${times}: give bidding less time, or ask in the auction of another slot`;
  return new StepError("E_AGAIN_TIME", message, { auctionId, slotStart, openingEnds });
}
