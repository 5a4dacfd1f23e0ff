/**
 * What the two servers get of a round that is over: all that was sent, in the order that the chain
 * has drawn.
 */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { NotAdmitted } from "../../parties/proxy/admission.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import { committedIn, type Committed } from "../../chain/committed.ts";
import type { Market } from "../../chain/market.ts";
import type { MatchingInput } from "../matching.ts";
import type { Watch } from "../watch.ts";
import { missingError, missingUploads, type MissingUpload } from "./missingUploads.ts";
import { settledSeed } from "./orderOfRound.ts";
import { promisedPiles } from "./promised.ts";
import { gatherSubmissions, type Submissions, type UnreadUpload } from "./submissions.ts";

/** What took no part in a round, and why. */
export interface LeftOut {
  /** Stands on chain, and was not sent: none, unless the step was told to go on without. */
  readonly missing: readonly MissingUpload[];
  /** Did not open. */
  readonly unread: readonly UnreadUpload[];
  /** Opened, and was not admitted. */
  readonly notAdmitted: readonly NotAdmitted[];
}

/** How a round is matched. */
export interface RoundOptions extends Watch {
  /** Whether to go on without what stands on chain and was not sent. */
  readonly withoutMissing?: boolean;
}

export interface GatheredRound {
  readonly input: MatchingInput;
  /** Nobody, unless it was told to go on without. */
  readonly missing: readonly MissingUpload[];
  readonly submissions: Submissions;
  readonly seed: Bytes32;
}

/**
 * Gathers a round; it must be over.
 * @throws StepError E_UPLOADS_MISSING for requests and bids that stand on chain and were not sent,
 *   unless it is to go on without them
 */
export async function gatherRound(
  market: Market,
  desk: MatcherDesk,
  auction: AnnouncedAuction,
  round: bigint,
  { onProgress, signal, withoutMissing = false }: RoundOptions,
): Promise<GatheredRound> {
  const { auctionId, terms, roundKey, area } = auction;
  const promises = await promisedPiles(desk.store, auction);
  const committed = await committedIn(market, auctionId);
  const missing = (await missingUploads(committed, desk.store, auctionId)).filter(
    ({ account }) => !promises.has(account),
  );
  if (missing.length > 0 && !withoutMissing) throw missingError(auctionId, missing);
  const submissions = await gatherSubmissions(committed, desk, auction);
  const seed = await settledSeed(market, desk.wallet, terms);
  const { requests, offers } = submissions;
  const promised = committed.offers.flatMap((one) => notAgain(promises, one));
  const known = { venue: market.venue, auctionId, round, seed, roundKey, area };
  const { secondServer } = terms;
  const sent = { committed, requests, offers, promised, secondServer };
  const input = { ...known, ...sent, onProgress, signal };
  return { input, missing, submissions, seed };
}

/** Each once: the servers, too, name what was not sent or did not open. */
export function leftOutOf(
  { missing, submissions: { committed, unread } }: GatheredRound,
  notAdmitted: readonly NotAdmitted[],
): LeftOut {
  const names = [...missing.map(({ commitment }) => commitment), ...unread.map(({ name }) => name)];
  const named = new Set(names);
  const standing = [...committed.requests, ...committed.offers];
  const known = standing.filter(({ commitment }) => named.has(commitment));
  const accounts = new Set<string>(known.map(({ account }) => account));
  const others = notAdmitted.filter(({ account }) => !accounts.has(account));
  return { missing, unread, notAdmitted: others };
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
