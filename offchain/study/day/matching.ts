/**
 * The end of a slot's auction: the offers of the last round are matched, the decisions are posted, the losers released,
 * and the oracle asked whether it would have decided the same.
 */
import { auctionDomain, NOT_SELECTED_TYPES } from "../../core/messages/typedData.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { Match } from "../../market/matching.ts";
import { send } from "../../chain/market.ts";
import type { OracleResult } from "../oracle/plaintextMatcher.ts";
import type { DayContext } from "./context.ts";
import type { SubmittedOffer } from "./offering.ts";
import { askOracle, meanPriceDown } from "./oracle.ts";
import { roundInput } from "./roundInput.ts";
import { bidsMadeIn } from "./answering.ts";
import type { OpenAuction, PlayedRound, RefusedTrip, SubmittedRequest } from "./slotAuction.ts";
import type { Actor } from "./actors.ts";

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
  /** All rounds of the auction, in order. */
  readonly rounds: readonly PlayedRound[];
}

/** Runs when the auction has converged. */
export async function matchSlot(
  day: DayContext,
  matcher: Actor,
  auction: OpenAuction,
): Promise<MatchedSlot> {
  const { seed, result } = await day.stages.time("matching", async () => {
    const input = await roundInput(day, matcher, auction);
    return { seed: input.seed, result: await day.servers.match(input) };
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
    rounds: [...auction.played, lastRound(auction, pairs, agrees(pairs, oracle))],
  };
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

/** What the last round says, as the ones before it: no price of it is published. */
function lastRound(
  auction: OpenAuction,
  pairs: readonly MatchedPair[],
  oracleAgrees: boolean,
): PlayedRound {
  const { round, newBids } = auction;
  const bids = bidsMadeIn(auction);
  const referencePricePerKwh = meanPriceDown(pairs.map(({ offer }) => offer));
  return { round, newBids, bids, leading: pairs.length, referencePricePerKwh, oracleAgrees };
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
