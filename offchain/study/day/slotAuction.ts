import type { Area } from "../../core/messages/area.ts";
import type { Scope } from "../../core/credential/scope.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import type { Slot } from "../worlds/slots.ts";
import type { WorldTrip } from "../worlds/world.ts";
import type { SessionActor } from "./actors.ts";
import type { SlotCloaking } from "./cloaking.ts";
import type { PublicAuction, SubmittedOffer } from "./offering.ts";

/** What a slot's auction is in each of its stages. */
export interface SubmittedRequest {
  readonly actor: SessionActor;
  readonly trip: WorldTrip;
  /** The upload, sealed to the proxy. */
  readonly box: string;
}

export interface RefusedTrip {
  readonly trip: WorldTrip;
  readonly reason: string;
}

/** What the proxy has opened, by box: it opens nothing twice. */
export type OpenedUploads = Map<string, SignedUpload>;

/** An auction that has been opened. */
export interface Header extends PublicAuction {
  readonly slot: Slot;
  readonly area: Area;
  /** That vehicles are authorised for. */
  readonly scope: Scope;
  /** The proxy's. */
  readonly opened: OpenedUploads;
}

/** A round that is over. */
export interface PlayedRound {
  readonly round: bigint;
  /** Bids made in it. */
  readonly newBids: number;
  /** The same bids themselves, for the truth of a run. */
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
  readonly refused: readonly RefusedTrip[];
  /** The round that runs, or is over and not closed. */
  readonly round: bigint;
  /** Unix seconds. */
  readonly roundEnds: number;
  /** Bids made in this round. */
  readonly newBids: number;
  /** The rounds before. */
  readonly played: readonly PlayedRound[];
}
