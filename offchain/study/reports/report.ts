/**
 * What somebody who runs the matcher and reads the chain may publish of a day. Parties are named by
 * their accounts; nobody's name, place or reach is in it, and no price that was not matched. What
 * only a simulation knows beside it is in truth.ts. `report.json` is this object; its field names
 * are an interface for machines. Units are token units (1 token = 10^6 units), energies Wh, times
 * seconds.
 */
import type { Address } from "../../core/messages/market.ts";
import type { ModeName } from "../../core/messages/roundKey.ts";
import type { GasRow } from "../../chain/gasLedger.ts";
import type { PrivacyReport } from "./privacyReport.ts";

export type TradeOutcome = "settled" | "pile did not serve" | "vehicle did not come";

/** One matched pair and what became of it, as the chain tells it. */
export interface Trade {
  /** Account that the vehicle traded from. */
  readonly vehicle: Address;
  /** Account of the pile. */
  readonly pile: Address;
  /** Decision commitment, which names the session. */
  readonly session: string;
  readonly slot: number;
  readonly pricePerKwh: number;
  readonly powerW: number;
  readonly outcome: TradeOutcome;
  readonly energyWh: number;
  readonly paidUnits: number;
  /** Rating given to the pile; null if there was none. */
  readonly rating: number | null;
  /**
   * The OCMF record that it was settled on, and the key that verifies it (DER, hexadecimal); null
   * if it was not.
   */
  readonly meterRecord: string | null;
  readonly meterKey: string | null;
}

/** How many requests of a slot found no pile. Why is not known outside of a simulation. */
export interface SlotWithoutPile {
  readonly slot: number;
  readonly requests: number;
}

/** What a round of a slot's auction ended with. */
export interface BiddingRound {
  readonly round: number;
  /** Bids made in it. */
  readonly newBids: number;
  /** Piles that would be matched, if the auction ended with it. */
  readonly leading: number;
  /**
   * Their mean price in token units per kWh, rounded down: on chain of all rounds but the last.
   * Null if nobody leads.
   */
  readonly referencePricePerKwh: number | null;
}

/** The auction of a time slot. */
export interface SlotAuction {
  readonly slot: number;
  readonly requests: number;
  /** Piles that bid. */
  readonly offers: number;
  readonly matched: number;
  /**
   * Whether it ended because nobody wanted to go lower, and not with the last round that it could
   * have.
   */
  readonly converged: boolean;
  readonly rounds: readonly BiddingRound[];
}

/** How many rows of a file could not be used for one reason. */
export interface UnusableCount {
  readonly file: string;
  readonly reason: string;
  readonly rows: number;
}

export interface PileStanding {
  /** Account. */
  readonly pile: Address;
  /** 0 to 3. */
  readonly rating: number;
  readonly ratings: number;
}

/** How much of a day was played before it was interrupted. */
export interface PartialDay {
  /** Slots whose auctions were decided, of all slots with trips. */
  readonly slotsDone: number;
  readonly slots: number;
  /** Trips of the other slots. */
  readonly tripsNotReached: number;
  /** Sessions that had begun and were not over. */
  readonly sessionsUnfinished: number;
  /** Of the escrow's balance, what was earned and not taken out yet. */
  readonly earnedInEscrowUnits: number;
}

export interface MarketReport {
  /** Null for a whole day. Of an interrupted one, only what was done is counted. */
  readonly partial: PartialDay | null;
  readonly title: string;
  readonly date: string;
  readonly seed: string;
  /** How requests and offers were matched. */
  readonly mode: ModeName;
  readonly keyBits: number;
  readonly slotHours: number;
  /** The most that an auction may have. */
  readonly maxRounds: number;
  /** By how much piles go lower in a round, token units per kWh. */
  readonly decrement: number;
  readonly requests: number;
  readonly offers: number;
  /** Bids committed to: offers and improvements of them. */
  readonly bids: number;
  readonly improvedBids: number;
  /**
   * Mean price over all slots of who would have been matched after round 1; null if nobody. Token
   * units per kWh.
   */
  readonly firstMeanPricePerKwh: number | null;
  /** The same of who is matched. */
  readonly lastMeanPricePerKwh: number | null;
  /** In ciphertext, when the decisions were made. */
  readonly comparedPairs: number;
  readonly matched: number;
  readonly settled: number;
  /** Trips of the day: those with a request, those without, and those that were not reached. */
  readonly trips: number;
  /** Second wishes of a vehicle in one slot, which takes one. */
  readonly tripsWithoutRequest: number;
  /** Rows of the files that gave nothing. */
  readonly unusableRows: number;
  /** Rows of the session file that are of other days. */
  readonly otherDayRows: number;
  readonly energyWh: number;
  /** Brought into the escrow. */
  readonly depositedUnits: number;
  /** Paid by vehicles to piles for energy. */
  readonly paidUnits: number;
  /** Taken out again by those who had brought it. */
  readonly refundedUnits: number;
  /** Lost to the other side by those who did not serve or did not come. */
  readonly forfeitedUnits: number;
  /**
   * Left in the escrow at the end. deposited = paid + refunded + forfeited + this, less what is
   * earned and not taken out of it where the day was interrupted.
   */
  readonly escrowBalanceUnits: number;
  /** The encrypted matching decided as the plaintext one, in every round of every slot. */
  readonly oracleAgrees: boolean;
  readonly secondsPerStage: Readonly<Record<string, number>>;
  readonly gasPerFunction: readonly GasRow[];
  readonly unusableReasons: readonly UnusableCount[];
  /** Of slots in which there were any. */
  readonly withoutPile: readonly SlotWithoutPile[];
  readonly trades: readonly Trade[];
  readonly auctions: readonly SlotAuction[];
  readonly pileStandings: readonly PileStanding[];
  readonly privacy: PrivacyReport;
  readonly peakMemoryMiB: number;
  readonly attribution: string | null;
}
