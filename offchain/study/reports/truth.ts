/**
 * What only a simulation knows of a day, because it plays everybody: who the accounts are, where
 * they were, what they asked and would have paid, and why a request found no pile. Nobody has this
 * in a market that runs, not even all servers together with the chain; it is kept apart from the
 * report so that the report can be published. `truth.json` is this object. Units as in report.ts,
 * positions metres in the frame of the world.
 */
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { MarketReport, TradeOutcome } from "./report.ts";
import type { Position } from "../worlds/world.ts";

/** The first field of every truth. */
export const TRUTH_NOTICE =
  "Known to the simulation only: names, accounts, positions and prices of everybody. Not to be published.";

/** A participant under the name that its world gives it, with what it is enrolled as for good. */
export interface TrueParticipant {
  readonly name: string;
  readonly account: Address;
  readonly participantId: Bytes32;
}

/** A vehicle as the registrar knows it, and the accounts that it traded from. */
export interface TrueVehicle {
  readonly name: string;
  readonly memberId: Bytes32;
  /** Ed25519, hexadecimal. */
  readonly longTermKey: string;
  /** V = usk·G, by which an opened presentation is looked up; hexadecimal. */
  readonly identifier: string;
  readonly accounts: readonly Address[];
}

export interface TruePile extends TrueParticipant {
  readonly position: Position;
  readonly powerW: number;
  /** What it asks without competition. */
  readonly askPerKwh: number;
}

/** One wish to charge. */
export interface TrueTrip {
  readonly trip: string;
  readonly vehicle: string;
  readonly position: Position;
  readonly maxPricePerKwh: number;
  readonly maxDistanceM: number;
  /** Account that requested it; null if nothing was requested. */
  readonly account: Address | null;
}

/** One bid of one round, whether it led or not. */
export interface TrueBid {
  readonly slot: number;
  readonly round: number;
  readonly pile: string;
  readonly pricePerKwh: number;
}

/** A matched pair by name; `session` finds it in the report. */
export interface TrueTrade {
  readonly trip: string;
  readonly vehicle: string;
  readonly pile: string;
  /** Accounts of both, as in the report. */
  readonly vehicleAccount: Address;
  readonly pileAccount: Address;
  readonly session: Bytes32;
  readonly slot: number;
  readonly distanceM: number;
  readonly pricePerKwh: number;
  readonly powerW: number;
  readonly outcome: TradeOutcome;
  readonly energyWh: number;
  readonly paidUnits: number;
  /** Rating given to the pile; null if there was none. */
  readonly rating: number | null;
  readonly vehiclePosition: Position;
  readonly pilePosition: Position;
}

/** A request that found no pile, and why. */
export interface RequestWithoutPile {
  readonly trip: string;
  readonly vehicle: string;
  readonly slot: number;
  readonly reason: string;
}

/** What an account that a vehicle traded from is worth in the end. */
export interface VehicleStanding {
  readonly vehicle: string;
  readonly account: Address;
  readonly credibility: number;
}

export interface SimulationTruth {
  readonly notice: typeof TRUTH_NOTICE;
  readonly title: string;
  readonly date: string;
  readonly seed: string;
  readonly vehicles: readonly TrueVehicle[];
  readonly piles: readonly TruePile[];
  readonly trips: readonly TrueTrip[];
  readonly bids: readonly TrueBid[];
  readonly trades: readonly TrueTrade[];
  readonly withoutPile: readonly RequestWithoutPile[];
  readonly vehicleStandings: readonly VehicleStanding[];
}

/**
 * A finished day, or what was done of an interrupted one: what may be told of it, and what was
 * behind it.
 */
export interface SimulatedRun {
  readonly report: MarketReport;
  readonly truth: SimulationTruth;
}
