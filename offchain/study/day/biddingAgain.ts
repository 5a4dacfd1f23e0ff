/**
 * The second auction of a slot: vehicles that have refused their match ask once more, from the same
 * account and the same cells, and piles that nobody was matched with bid once.
 */
import { FIRST_ROUND } from "../../core/messages/market.ts";
import { openAgain } from "../../market/auction/openAgain.ts";
import { dealForAuction } from "../../market/auction/planning.ts";
import { commitSlot, prepareFirst, readyRequest, stepsOf } from "./bidding.ts";
import type { SlotCloaking } from "./cloaking.ts";
import type { DayContext } from "./context.ts";
import type { MatchedPair } from "./matching.ts";
import type { Header, OpenAuction } from "./slotAuction.ts";
import { secondAuctionTimes } from "./slotTimes.ts";

/**
 * Opens the second auction and takes requests and bids. Null if every pile of the first was
 * matched: there is nobody left to ask.
 * @param pairs all that the first auction matched
 * @param refused those of them that their vehicles have refused
 */
export async function bidAgain(
  day: DayContext,
  commitmentModulus: bigint,
  first: OpenAuction,
  pairs: readonly MatchedPair[],
  refused: readonly MatchedPair[],
): Promise<OpenAuction | null> {
  const { market, settings, stages, parties } = day;
  const promised = new Set(pairs.map(({ offer }) => offer.actor));
  const free = first.offers.map(({ actor }) => actor).filter((actor) => !promised.has(actor));
  if (free.length === 0) return null;
  const key = { ...settings, commitmentModulus };
  const dealt = await stages.time("round keys", () => dealForAuction(parties, key));
  const times = secondAuctionTimes(Number(first.terms.slotStart));
  const opened = await stages.time("commitments", () =>
    openAgain(market, first.desk, dealt, first, times),
  );
  const header: Header = { ...opened, slot: first.slot, desk: first.desk };
  const asking = refused.map(({ request }) => request);
  const cloaking = cloakingOf(
    first.cloaking,
    asking.map(({ trip }) => trip.vehicle),
  );
  const step = stepsOf(day, first.slot, 2 * (free.length + asking.length));
  const [offers, requests] = await stages.time("encryption", () =>
    Promise.all([
      Promise.all(free.map((actor) => prepareFirst(day, header, actor).then(step))),
      Promise.all(asking.map((one) => readyRequest(day, header, cloaking, one).then(step))),
    ]),
  );
  await commitSlot(day, header, offers, requests, step);
  return {
    ...header,
    ...{ requests, cloaking, offers },
    withoutPile: [],
    round: FIRST_ROUND,
    roundEnds: Number(header.terms.biddingEnds),
    played: [],
  };
}

/** Those who ask again hide where they hid: no new bucket is made for them. */
function cloakingOf({ whereabouts }: SlotCloaking, vehicles: readonly string[]): SlotCloaking {
  const asking = new Set(vehicles);
  const theirs = [...whereabouts].filter(([name]) => asking.has(name));
  return { whereabouts: new Map(theirs), joined: [], buckets: 0 };
}
