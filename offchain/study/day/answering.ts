/**
 * Between two rounds of a slot's auction: proxy and cloud find out who leads and publish the mean price that does, each
 * pile learns where it stands and nothing else, and who does not lead goes lower as far as its cost allows. The auction is
 * over when a round brings no new bid, or with its last round.
 */
import { FIRST_ROUND } from "../../core/messages/market.ts";
import { openNotice } from "../../core/messages/standing.ts";
import { roundResponse } from "../../core/pricing/roundResponse.ts";
import { send } from "../../chain/market.ts";
import { lastClosedRound, type ClosedRound } from "../../chain/closedRound.ts";
import { sealTranscript, type SealedTranscript } from "../../parties/proxy/transcript.ts";
import { costOf } from "../worlds/pricedTrip.ts";
import type { DayContext } from "./context.ts";
import { commitOffer, prepareOffer, type PublicAuction, type SubmittedOffer } from "./offering.ts";
import { askOracle, rehearsedAlike } from "./oracle.ts";
import { roundInput } from "./roundInput.ts";
import type { OpenAuction, PlayedRound } from "./slotAuction.ts";
import type { Actor } from "./actors.ts";

interface Answer {
  readonly offer: SubmittedOffer;
  /** Null to let the bid stand. */
  readonly pricePerKwh: bigint | null;
}

/**
 * Ends the round that is over and plays the bids of the next one; null if the decisions are due instead. The chain's clock
 * must be at or past the auction's `roundEnds`, and is before that of the auction that is returned.
 */
export async function nextRound(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
): Promise<OpenAuction | null> {
  const { auctions } = day.market.contracts;
  const { auctionId } = auction;
  if (await auctions.isConverged(auctionId)) return null;
  const { transcript, played } = await closeRound(day, matcher, auction);
  const closed = await lastClosedRound(day.market, auctionId);
  if (closed === null) throw new Error(`nextRound: expected a closed round of ${auctionId}`);
  const offers = await bidLower(day, auction, closed, transcript);
  const { round, roundEnds } = await auctions.auctionOf(auctionId);
  return {
    ...auction,
    offers,
    round,
    roundEnds: Number(roundEnds),
    newBids: offers.filter(({ bid }) => bid.round === round).length,
    played: [...auction.played, played],
  };
}

/** Run by the matcher. */
async function closeRound(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
): Promise<{ readonly transcript: SealedTranscript; readonly played: PlayedRound }> {
  const { auctionId, round, newBids } = auction;
  return day.stages.time("rehearsals", async () => {
    const input = await roundInput(day, matcher, auction);
    const rehearsal = await day.servers.rehearse(input);
    const { leaders, referencePricePerKwh } = rehearsal;
    const transcript = await sealTranscript(auctionId, round, input.offers, leaders, day.rng);
    const close = day.market.contracts.auctions.connect(matcher.wallet).closeRound;
    await send(day.market, close(auctionId, referencePricePerKwh, transcript.root));
    const oracleAgrees = rehearsedAlike(auction, askOracle(input.seed, auction), rehearsal);
    const bids = bidsMadeIn(auction);
    const leading = leaders.length;
    const played = { round, newBids, bids, leading, referencePricePerKwh, oracleAgrees };
    return { transcript, played };
  });
}

/** Of the bids that stand, those of the round that runs. */
export function bidsMadeIn({
  round,
  offers,
}: Pick<OpenAuction, "round" | "offers">): readonly SubmittedOffer[] {
  return offers.filter(({ bid }) => bid.round === round);
}

/** The offers of the next round: those of piles that went lower are new. */
async function bidLower(
  day: DayContext,
  auction: OpenAuction,
  closed: ClosedRound,
  transcript: SealedTranscript,
): Promise<readonly SubmittedOffer[]> {
  const round = closed.round + FIRST_ROUND;
  const answers = await day.stages.time("rehearsals", () =>
    Promise.all(auction.offers.map((offer) => answerOf(day, auction, closed, offer, transcript))),
  );
  const offers = await day.stages.time("encryption", () =>
    Promise.all(answers.map((answer) => improved(day, auction, round, answer))),
  );
  day.signal.throwIfAborted();
  await day.stages.time("commitments", async () => {
    for (const offer of offers.filter(({ bid }) => bid.round === round)) {
      await commitOffer(day, auction, offer);
    }
  });
  return offers;
}

/** Run by a pile: it knows its own bid and cost, what everybody reads on chain, and what its notice says. */
async function answerOf(
  day: DayContext,
  { auctionId }: PublicAuction,
  { round, transcriptRoot, referencePricePerKwh }: ClosedRound,
  offer: SubmittedOffer,
  { notices }: SealedTranscript,
): Promise<Answer> {
  const { actor, bid } = offer;
  const box = notices.find(({ pile }) => pile === actor.wallet.address)?.box;
  if (box === undefined) throw new Error(`answerOf: expected a notice for ${actor.wallet.address}`);
  const about = { auctionId, round, bidCommitment: bid.commitment };
  const { standing } = await openNotice(actor.sealKeys, about, transcriptRoot, box);
  const own = {
    pricePerKwh: bid.offer.pricePerKwh,
    costPerKwh: costOf(day.world, actor.pile),
    leads: standing.leads,
  };
  const { decrement } = day.settings.rounds;
  return { offer, pricePerKwh: roundResponse(own, referencePricePerKwh, decrement) };
}

function improved(
  day: DayContext,
  auction: PublicAuction,
  round: bigint,
  { offer, pricePerKwh }: Answer,
): Promise<SubmittedOffer> {
  if (pricePerKwh === null) return Promise.resolve(offer);
  return prepareOffer(day, auction, offer.actor, { round, pricePerKwh });
}
