/**
 * The oracle, asked about an auction of the day: what the encrypted matching must have said of the
 * offers that stand.
 */
import { NO_REFERENCE_PRICE, type Address, type Bytes32 } from "../../core/messages/market.ts";
import { inOrder } from "../../parties/server/order.ts";
import type { RehearsalOutcome } from "../../market/matching.ts";
import { matchInTheClear, type OracleResult } from "../oracle/plaintextMatcher.ts";
import type { OpenAuction, SubmittedOffer } from "./slotAuction.ts";
import type { Actor } from "./actors.ts";

type Standing = Pick<OpenAuction, "requests" | "offers">;

/** Matches the requests and the offers as they stand, in the order of the auction. */
export function askOracle(seed: Bytes32, { requests, offers }: Standing): OracleResult {
  const ranked = <T extends { readonly actor: Actor }>(submitted: readonly T[]): readonly T[] =>
    inOrder(
      seed,
      submitted.map((one) => ({ one, participantId: one.actor.participantId })),
    ).map(({ one }) => one);
  return matchInTheClear({
    buyers: ranked(requests).map(({ trip }) => trip),
    sellers: ranked(offers).map(({ actor, bid }) => ({
      ...actor.pile,
      pricePerKwh: bid.offer.pricePerKwh,
    })),
  });
}

/** Whether a rehearsal found the leaders that the oracle finds, and their mean price. */
export function rehearsedAlike(
  { offers }: Standing,
  { matches }: OracleResult,
  { leaders, referencePricePerKwh }: Pick<RehearsalOutcome, "leaders" | "referencePricePerKwh">,
): boolean {
  const piles = new Set(matches.values());
  const leading = offers.filter(({ actor }) => piles.has(actor.name));
  const accounts: ReadonlySet<Address> = new Set(leaders);
  return (
    leading.length === leaders.length &&
    leading.every(({ actor }) => accounts.has(actor.wallet.address)) &&
    meanPriceDown(leading) === referencePricePerKwh
  );
}

/** In token units per kWh, rounded down; `NO_REFERENCE_PRICE` without offers. */
export function meanPriceDown(offers: readonly SubmittedOffer[]): bigint {
  if (offers.length === 0) return NO_REFERENCE_PRICE;
  const sum = offers.reduce((total, { bid }) => total + bid.offer.pricePerKwh, 0n);
  return sum / BigInt(offers.length);
}
