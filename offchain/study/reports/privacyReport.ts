/**
 * How well a day hid where its vehicles were and which sessions belong together: what was promised,
 * what was played, and how often attackers were right who had all that an outsider can have.
 * Measured with the simulation's knowledge of the truth; it says how many, and nothing about
 * anybody.
 */
import type { AttackResult } from "../cloak/trials.ts";
import type { LinkabilityRow } from "./linkability.ts";

/** An attack on where vehicles are. */
export type LocationAttack = Pick<AttackResult, "name" | "success" | "bound" | "trials">;

export interface PrivacyReport {
  /** Vehicles behind a request, at least. */
  readonly k: number;
  /** At most one in l of them is in the same cell. */
  readonly l: number;
  readonly cellM: number;
  /** Everybody is compared with the piles this far around its cells. */
  readonly reachM: number;
  /** Of vehicles, in all slots together. */
  readonly buckets: number;
  readonly requestsFromBuckets: number;
  /** Of vehicles that could not be put into a bucket: they ask from anywhere in the area. */
  readonly requestsFromAnywhere: number;
  /** The day's piles have buckets of their own, drawn once. */
  readonly pilesInBuckets: number;
  readonly pilesAnywhere: number;
  /** Accounts that were authorised, each for one session. */
  readonly sessionAccounts: number;
  /**
   * On the buckets of the day, drawn anew for every trial; empty where too few vehicles joined to
   * be attacked.
   */
  readonly attacks: readonly LocationAttack[];
  /** On what the chain shows of the day's sessions; trials are 0 where no vehicle came back. */
  readonly links: readonly LinkabilityRow[];
  /** Of the cashier, when the day is over; token units. */
  readonly coinsOwedUnits: number;
  readonly coinsHeldUnits: number;
}
