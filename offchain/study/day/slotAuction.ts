/** What an auction of a slot is in each of its stages. */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import type { PreparedOffer } from "../../market/auction/bidding.ts";
import type { PreparedRequest } from "../../market/auction/requesting.ts";
import type { OfferDesk } from "../../parties/pile/offerDesk.ts";
import type { MatcherDesk } from "../../parties/proxy/matcherDesk.ts";
import type { RequestDesk } from "../../parties/vehicle/requestDesk.ts";
import type { Slot } from "../worlds/slots.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { PileActor, SessionActor } from "./actors.ts";
import type { SlotCloaking } from "./cloaking.ts";

export interface SubmittedRequest extends PreparedRequest {
  readonly actor: SessionActor;
  readonly trip: WorldTrip;
  readonly desk: RequestDesk;
}

export interface SubmittedOffer extends PreparedOffer {
  readonly actor: PileActor;
  /** Of this pile in this auction. */
  readonly desk: OfferDesk;
}

export interface TripWithoutPile {
  readonly trip: WorldTrip;
  readonly reason: string;
}

/** An auction that has been opened. */
export interface Header extends AnnouncedAuction {
  readonly slot: Slot;
  /** The matcher's, with its store for this auction. */
  readonly desk: MatcherDesk;
}

/** A round that is over. */
export interface PlayedRound {
  readonly round: bigint;
  /** Made in it. */
  readonly bids: readonly SubmittedOffer[];
  /** Piles that would be matched, if the auction had ended with it. */
  readonly leading: number;
  /** Mean price of these, rounded down; `NO_REFERENCE_PRICE` if there are none. */
  readonly referencePricePerKwh: bigint;
  /** The plaintext matching finds the same leaders and price. */
  readonly oracleAgrees: boolean;
}

/** An auction that has been bid in. */
export interface OpenAuction extends Header {
  readonly requests: readonly SubmittedRequest[];
  readonly cloaking: SlotCloaking;
  /** The bids that stand: the last one of each pile. */
  readonly offers: readonly SubmittedOffer[];
  readonly withoutPile: readonly TripWithoutPile[];
  /** The round that runs, or is over and not closed. */
  readonly round: bigint;
  /** Unix seconds. */
  readonly roundEnds: number;
  /** The rounds before. */
  readonly played: readonly PlayedRound[];
}

/** Of the bids that stand, those of the round that runs. */
export function bidsMadeIn({
  round,
  offers,
}: Pick<OpenAuction, "round" | "offers">): readonly SubmittedOffer[] {
  return offers.filter(({ bid }) => bid.round === round);
}
