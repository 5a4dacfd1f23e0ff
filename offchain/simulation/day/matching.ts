/**
 * The second half of a slot's auction: the uploads are admitted against the chain, the round is matched, the decisions
 * are posted, the losers released, and the oracle asked whether it would have decided the same.
 */
import { auctionDomain, NOT_SELECTED_TYPES } from "../../messages/typedData.ts";
import type { Address, Bytes32 } from "../../messages/market.ts";
import { openUpload } from "../../messages/sealedUpload.ts";
import { matchSubmissions } from "../../modes.ts";
import type { Match } from "../../round.ts";
import { send } from "../../roles/chain.ts";
import { orderSeed } from "../../roles/orderSeed.ts";
import { inOrder } from "../../roles/proxy.ts";
import type { Submission } from "../../roles/proxyAdmission.ts";
import { matchInTheClear, type OracleResult } from "../plaintextMatcher.ts";
import type { OpenAuction, RefusedTrip, SubmittedOffer, SubmittedRequest } from "./bidding.ts";
import type { Actor, DayContext } from "./context.ts";

const RELEASE_BATCH = 100;
const RELEASE_SECONDS = 3_600;

export interface MatchedPair {
  readonly request: SubmittedRequest;
  readonly offer: SubmittedOffer;
  readonly match: Match;
}

export interface MatchedSlot {
  readonly pairs: readonly MatchedPair[];
  readonly decisions: readonly Bytes32[];
  readonly refused: readonly RefusedTrip[];
  readonly comparedPairs: number;
  readonly oracleAgrees: boolean;
}

/** Runs when bidding is over: the chain's clock must be at or past `terms.biddingEnds`. */
export async function matchSlot(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
): Promise<MatchedSlot> {
  const seed = await orderSeed(day.market, auction.terms);
  const result = await day.stages.time("matching", async () => {
    const { auctions } = day.market.contracts;
    const { auctionId } = auction;
    const { requests, offers, roundKey, privateKey } = auction;
    return matchSubmissions(day.settings.mode, {
      venue: day.market.venue,
      auctionId,
      seed,
      roundKey,
      privateKey,
      requests: await submissions(matcher, auction, requests, (account) =>
        auctions.requestOf(auctionId, account),
      ),
      offers: await submissions(matcher, auction, offers, (account) =>
        auctions.bidOf(auctionId, account),
      ),
      work: day.work,
      rng: day.rng,
      onProgress: (done, total) => {
        day.progress.update(`slot ${auction.slot.index} matching`, done, total);
      },
      signal: day.signal,
    });
  });

  const decisions = result.matches.map(({ decision }) => decision);
  await day.stages.time("decisions", async () => {
    const { auctions } = day.market.contracts;
    await send(
      day.market,
      auctions.connect(matcher.wallet).postDecisions(auction.auctionId, decisions),
    );
    await releaseLosers(day, matcher, auction, result.matches);
  });

  const pairs = result.matches.map((match) => pairOf(auction, match));
  const oracle = askOracle(seed, auction);
  return {
    pairs,
    decisions,
    refused: explain(auction, pairs, oracle),
    comparedPairs: result.comparedPairs,
    oracleAgrees: agrees(pairs, oracle),
  };
}

/** What was sent to the proxy, opened by it, and what the chain says of its sender. */
function submissions(
  proxy: Actor,
  { auctionId, roundKey }: OpenAuction,
  sent: readonly { readonly actor: Actor; readonly box: string }[],
  commitmentOf: (account: Address) => Promise<Bytes32>,
): Promise<readonly Submission[]> {
  return Promise.all(
    sent.map(async ({ actor, box }) => ({
      signed: await openUpload(proxy.sealKeys, auctionId, roundKey, box),
      participantId: actor.participantId,
      commitment: await commitmentOf(actor.wallet.address),
    })),
  );
}

async function releaseLosers(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
  matches: readonly Match[],
): Promise<void> {
  const matched = new Set(matches.flatMap(({ vehicle, pile }) => [vehicle, pile]));
  const losers = (submitted: readonly { readonly actor: Actor }[]): string[] =>
    submitted.map(({ actor }) => actor.wallet.address).filter((account) => !matched.has(account));
  const vehicles = losers(auction.requests);
  const piles = losers(auction.offers);
  for (let from = 0; from < Math.max(vehicles.length, piles.length); from += RELEASE_BATCH) {
    const batch = (accounts: string[]): string[] => accounts.slice(from, from + RELEASE_BATCH);
    await release(day, matcher, auction, batch(vehicles), batch(piles));
  }
}

async function release(
  day: DayContext,
  matcher: Actor,
  { auctionId, terms }: OpenAuction,
  vehicles: string[],
  piles: string[],
): Promise<void> {
  const { contracts, venue } = day.market;
  const deadline = terms.slotEnd + BigInt(RELEASE_SECONDS);
  const content = { auctionId, vehicles, piles, deadline };
  const signature = await matcher.wallet.signTypedData(
    auctionDomain(venue),
    NOT_SELECTED_TYPES,
    content,
  );
  await send(
    day.market,
    contracts.auctions
      .connect(matcher.wallet)
      .release(auctionId, vehicles, piles, deadline, signature),
  );
}

function pairOf(auction: OpenAuction, match: Match): MatchedPair {
  const request = auction.requests.find(({ actor }) => actor.wallet.address === match.vehicle);
  const offer = auction.offers.find(({ actor }) => actor.wallet.address === match.pile);
  if (request === undefined || offer === undefined) {
    throw new Error(`pairOf: expected the parties of decision ${match.decision} in the auction`);
  }
  return { request, offer, match };
}

function askOracle(seed: Bytes32, { requests, offers }: OpenAuction): OracleResult {
  const ranked = <T extends { readonly actor: Actor }>(submitted: readonly T[]): readonly T[] =>
    inOrder(
      seed,
      submitted.map((one) => ({ one, participantId: one.actor.participantId })),
    ).map(({ one }) => one);
  return matchInTheClear({
    buyers: ranked(requests).map(({ trip }) => trip),
    sellers: ranked(offers).map(({ actor }) => actor.pile),
  });
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
  { refusals }: OracleResult,
): readonly RefusedTrip[] {
  const matched = new Set(pairs.map(({ request }) => request.trip));
  const unmatched = auction.requests.map(({ trip }) => trip).filter((trip) => !matched.has(trip));
  const reasons = unmatched.map((trip) => ({
    trip,
    reason: refusals.get(trip.name) ?? "refused against the oracle",
  }));
  return [...auction.refused, ...reasons];
}
