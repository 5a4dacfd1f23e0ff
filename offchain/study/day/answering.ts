/**
 * Between two rounds of a slot's auction: proxy and cloud find out who leads and publish the mean
 * price that does, each pile learns where it stands and nothing else, and who does not lead goes
 * lower as far as its cost allows. The auction is over when a round brings no new bid, or with its
 * last round.
 */
import { FIRST_ROUND } from "../../core/messages/market.ts";
import { roundResponse } from "../../core/pricing/roundResponse.ts";
import type { ClosedRound } from "../../chain/closedRound.ts";
import { commitOffer } from "../../market/auction/bidding.ts";
import { closeRound } from "../../market/auction/closeRound.ts";
import { runningRound } from "../../market/auction/rounds.ts";
import { requireClosedRound, standingIn } from "../../market/auction/standing.ts";
import { costOf } from "../worlds/pricedTrip.ts";
import type { DayContext } from "./context.ts";
import { sayLeftOut, watchedBy } from "./watching.ts";
import { offerAt } from "./offering.ts";
import { askOracle, rehearsedAlike } from "./oracle.ts";
import {
  bidsMadeIn,
  type OpenAuction,
  type PlayedRound,
  type SubmittedOffer,
} from "./slotAuction.ts";

interface Answer {
  readonly offer: SubmittedOffer;
  /** Null to let the bid stand. */
  readonly pricePerKwh: bigint | null;
}

/**
 * Ends the round that is over and plays the bids of the next one; null if the decisions are due
 * instead. The chain's clock must be at or past the auction's `roundEnds`, and is before that of
 * the auction that is returned.
 */
export async function nextRound(
  day: DayContext,
  auction: OpenAuction,
): Promise<OpenAuction | null> {
  const { market } = day;
  const { auctionId } = auction;
  if ((await runningRound(market, auctionId)).converged) return null;
  const played = await playClosing(day, auction);
  const closed = await requireClosedRound(market, auctionId);
  const offers = await bidLower(day, auction, closed);
  const { round, roundEnds } = await runningRound(market, auctionId);
  return {
    ...auction,
    offers,
    round,
    roundEnds: Number(roundEnds),
    played: [...auction.played, played],
  };
}

/** Run by the matcher. */
async function playClosing(day: DayContext, auction: OpenAuction): Promise<PlayedRound> {
  const { round, desk } = auction;
  return day.stages.time("rehearsals", async () => {
    const watched = watchedBy(day, auction);
    const { closing, rehearsed } = await closeRound(
      day.market,
      desk,
      day.parties,
      auction,
      watched,
    );
    if (rehearsed === null) throw new Error(`nextRound: expected round ${round} to be open`);
    sayLeftOut(day, auction, rehearsed);
    const { referencePricePerKwh, leading } = closing;
    const rehearsal = { leaders: rehearsed.leaders, referencePricePerKwh };
    const oracle = askOracle(rehearsed.seed, auction);
    const oracleAgrees = rehearsedAlike(auction, oracle, rehearsal);
    const bids = bidsMadeIn(auction);
    return { round, bids, leading, referencePricePerKwh, oracleAgrees };
  });
}

/** The offers of the next round: those of piles that went lower are new. */
async function bidLower(
  day: DayContext,
  auction: OpenAuction,
  closed: ClosedRound,
): Promise<readonly SubmittedOffer[]> {
  const round = closed.round + FIRST_ROUND;
  const answers = await day.stages.time("rehearsals", () =>
    Promise.all(auction.offers.map((offer) => answerOf(day, auction, closed, offer))),
  );
  const offers = await day.stages.time("encryption", () =>
    Promise.all(answers.map((answer) => improved(day, auction, round, answer))),
  );
  day.signal.throwIfAborted();
  await day.stages.time("commitments", async () => {
    for (const offer of offers.filter(({ bid }) => bid.round === round)) {
      await commitOffer(day.market, offer.desk, auction, offer);
    }
  });
  return offers;
}

/**
 * Run by a pile: it knows its own bid and cost, what everybody reads on chain, and what its notice
 * says.
 */
async function answerOf(
  day: DayContext,
  { auctionId, desk: matcher }: OpenAuction,
  closed: ClosedRound,
  offer: SubmittedOffer,
): Promise<Answer> {
  const { actor, bid, desk } = offer;
  const { leads } = await standingIn(day.market, desk, matcher.store, auctionId, closed);
  const own = {
    pricePerKwh: bid.offer.pricePerKwh,
    costPerKwh: costOf(day.world, actor.pile),
    leads,
  };
  const { decrement } = day.settings.rounds;
  return { offer, pricePerKwh: roundResponse(own, closed.referencePricePerKwh, decrement) };
}

function improved(
  day: DayContext,
  auction: OpenAuction,
  round: bigint,
  { offer, pricePerKwh }: Answer,
): Promise<SubmittedOffer> {
  if (pricePerKwh === null) return Promise.resolve(offer);
  return offerAt(day, auction, offer, { round, pricePerKwh });
}
