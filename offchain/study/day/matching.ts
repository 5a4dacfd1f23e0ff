/**
 * The end of a slot's auction: the offers of the last round are matched, the decisions are posted,
 * the losers released, and the oracle asked whether it would have decided the same.
 */
import type { DecidedMatch } from "../../core/messages/delivery.ts";
import { decideAuction, postDecisions } from "../../market/auction/decideAuction.ts";
import { releaseLosers } from "../../market/auction/releasing.ts";
import type { OracleResult } from "../oracle/plaintextMatcher.ts";
import type { DayContext } from "./context.ts";
import { askOracle, meanPriceDown } from "./oracle.ts";
import {
  bidsMadeIn,
  type OpenAuction,
  type PlayedRound,
  type TripWithoutPile,
  type SubmittedOffer,
  type SubmittedRequest,
} from "./slotAuction.ts";
import { sayLeftOut, watchedBy } from "./watching.ts";

export interface MatchedPair {
  readonly request: SubmittedRequest;
  readonly offer: SubmittedOffer;
  readonly match: DecidedMatch;
}

export interface MatchedSlot {
  readonly pairs: readonly MatchedPair[];
  readonly matches: readonly DecidedMatch[];
  readonly withoutPile: readonly TripWithoutPile[];
  readonly comparedPairs: number;
  /** All rounds of the auction, in order. */
  readonly rounds: readonly PlayedRound[];
}

/** Runs when the auction has converged. */
export async function matchSlot(day: DayContext, auction: OpenAuction): Promise<MatchedSlot> {
  const { market, stages, parties } = day;
  const { auctionId, desk } = auction;
  const { matches, decided } = await stages.time("matching", () =>
    decideAuction(market, desk, parties, auction, watchedBy(day, auction)),
  );
  if (decided === null) throw new Error(`matchSlot: expected auction ${auctionId} to be undecided`);
  sayLeftOut(day, auction, decided);
  await stages.time("decisions", async () => {
    await postDecisions(market, desk, auctionId);
    await releaseLosers(market, desk, parties.second, auctionId);
  });

  const pairs = matches.map((match) => pairOf(auction, match));
  const oracle = askOracle(decided.seed, auction);
  return {
    pairs,
    matches,
    withoutPile: explain(auction, pairs, oracle),
    comparedPairs: decided.comparedPairs,
    rounds: [...auction.played, lastRound(auction, pairs, agrees(pairs, oracle))],
  };
}

function pairOf(auction: OpenAuction, match: DecidedMatch): MatchedPair {
  const request = auction.requests.find(({ actor }) => actor.wallet.address === match.vehicle);
  const offer = auction.offers.find(({ actor }) => actor.wallet.address === match.pile);
  if (request === undefined || offer === undefined) {
    throw new Error(`pairOf: expected the parties of decision ${match.decision} in the auction`);
  }
  return { request, offer, match };
}

/** What the last round says, as the ones before it: no price of it is published. */
function lastRound(
  auction: OpenAuction,
  pairs: readonly MatchedPair[],
  oracleAgrees: boolean,
): PlayedRound {
  const { round } = auction;
  const bids = bidsMadeIn(auction);
  const referencePricePerKwh = meanPriceDown(pairs.map(({ offer }) => offer));
  return { round, bids, leading: pairs.length, referencePricePerKwh, oracleAgrees };
}

function agrees(pairs: readonly MatchedPair[], { matches }: OracleResult): boolean {
  return (
    pairs.length === matches.size &&
    pairs.every(({ request, offer }) => matches.get(request.trip.name) === offer.actor.name)
  );
}

function explain(
  auction: OpenAuction,
  pairs: readonly MatchedPair[],
  { reasons }: OracleResult,
): readonly TripWithoutPile[] {
  const matched = new Set(pairs.map(({ request }) => request.trip));
  const unmatched = auction.requests.map(({ trip }) => trip).filter((trip) => !matched.has(trip));
  const explained = unmatched.map((trip) => ({
    trip,
    reason: reasons.get(trip.name) ?? "no pile, against the oracle",
  }));
  return [...auction.withoutPile, ...explained];
}
