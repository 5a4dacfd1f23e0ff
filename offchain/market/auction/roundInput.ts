/**
 * What the two servers get of a round that is over: all that was sent, in the order that the chain
 * has drawn.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { NotAdmitted } from "../../parties/proxy/admission.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import type { Committed } from "../../chain/committed.ts";
import type { Market } from "../../chain/market.ts";
import type { MatchingInput } from "../matching.ts";
import type { Watch } from "../watch.ts";
import { settledSeed } from "./orderOfRound.ts";
import { promisedPiles } from "./promised.ts";
import { gatherSubmissions, type Submissions, type UnreadUpload } from "./submissions.ts";

/** What took no part in a round, and why. */
export interface LeftOut {
  /** Did not open. */
  readonly unread: readonly UnreadUpload[];
  /** Opened, and was not admitted. */
  readonly notAdmitted: readonly NotAdmitted[];
}

export interface GatheredRound {
  readonly input: MatchingInput;
  readonly submissions: Submissions;
  readonly seed: Bytes32;
}

/** Gathers a round; it must be over. */
export async function gatherRound(
  market: Market,
  desk: MatcherDesk,
  auction: AnnouncedAuction,
  round: bigint,
  { onProgress, signal }: Watch,
): Promise<GatheredRound> {
  const { auctionId, terms, roundKey, area } = auction;
  const submissions = await gatherSubmissions(market, desk, auction);
  const seed = await settledSeed(market, desk.wallet, terms);
  const promises = await promisedPiles(desk.store, auction);
  const { committed, requests, offers } = submissions;
  const promised = committed.offers.flatMap((one) => notAgain(promises, one));
  const known = { venue: market.venue, auctionId, round, seed, roundKey, area };
  const { secondServer } = terms;
  const sent = { committed, requests, offers, promised, secondServer };
  return { input: { ...known, ...sent, onProgress, signal }, submissions, seed };
}

function notAgain(
  promises: ReadonlyMap<Address, Bytes32>,
  { account }: Committed,
): readonly NotAdmitted[] {
  if (!promises.has(account)) return [];
  const promise = `${account} is promised to a vehicle of auction ${promises.get(account)}`;
  const reason = `${promise} until its openings end: it takes no part in a second one of the slot`;
  return [{ account, code: "E_AGAIN_PROMISED", reason }];
}
