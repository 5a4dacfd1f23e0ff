/**
 * How a matched pair goes on: the pile reads its notice, the vehicle audits its delivery and
 * accepts or refuses.
 */
import { answerMatch, type AnsweredMatch } from "../../market/auction/openMatch.ts";
import { readMatchNotice } from "../../market/auction/matchNotice.ts";
import type { DayContext } from "./context.ts";
import type { MatchedPair, MatchedSlot } from "./matching.ts";
import type { OpenAuction } from "./slotAuction.ts";

export async function answerPair(
  { market, progress }: DayContext,
  { auctionId, slot }: OpenAuction,
  { matches }: MatchedSlot,
  { request, offer }: MatchedPair,
): Promise<AnsweredMatch> {
  const decided = { auctionId, matches };
  await readMatchNotice(market, offer.desk, decided);
  const answered = await answerMatch(market, request.desk, decided);
  if (answered.refused) {
    const { address } = request.actor.wallet;
    progress.say(`slot ${slot.index}: ${address} refuses its match: ${answered.refused.reason}`);
  }
  return answered;
}
