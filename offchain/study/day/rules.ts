/** The rules that a day is played by: stakes, rounds, and what hides where everybody is. */
import { LEAST_CELL_M } from "../../core/cloak/grid.ts";
import { checkRule, type CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import type { DaySettings, RoundSettings } from "./context.ts";

/**
 * 10 tokens of bond, 60 of deposit: more than most sessions cost; a pile stops when a deposit is
 * used up.
 */
const BID_BOND_UNITS = 10_000_000n;
const VEHICLE_DEPOSIT_UNITS = 60_000_000n;
/** The rounds after the first share this (`slotTimes.ts`). */
const FURTHER_ROUNDS_SECONDS = 1_200n;
/** Who is spread over more than this is not hidden any better, and compared with half a city. */
const MOST_SPREAD_M = 4_000;
/** As the deployment module has it: how long in its slot a pile may take to authorise. */
const AUTHORISE_SECONDS = 900;
const SECONDS_PER_HOUR = 3_600;

/**
 * How long in its slot a vehicle may take to plug in, on a day's own chain: trips begin all over
 * their slot. What is left of the slot is as long as a pile may take, so that who stays away has
 * had its time and owes for it.
 */
export function plugInSecondsOf(slotHours: number): number {
  return slotHours * SECONDS_PER_HOUR - AUTHORISE_SECONDS;
}

/** What whoever runs a day chooses. */
export interface ChosenRules
  extends
    Pick<DaySettings, "mode" | "keyBits" | "slotHours" | "cloakRule">,
    Pick<RoundSettings, "maxRounds" | "decrement"> {}

/** All rules of a day, with those that are the same for every day. */
export function daySettings(chosen: ChosenRules): DaySettings {
  const { mode, keyBits, slotHours, cloakRule, maxRounds, decrement } = chosen;
  return {
    mode,
    keyBits,
    slotHours,
    cloakRule,
    bidBond: BID_BOND_UNITS,
    vehicleDeposit: VEHICLE_DEPOSIT_UNITS,
    rounds: { maxRounds, roundSeconds: FURTHER_ROUNDS_SECONDS / maxRounds, decrement },
  };
}

/**
 * The cells and spreads of a day; how many hide each other is asked for.
 * @throws CloakError E_CLOAK_RULE
 */
export function cloakRuleOf({ k, l }: Pick<CloakRule, "k" | "l">): CloakRule {
  const spread = { leastSpreadM: LEAST_CELL_M, mostSpreadM: MOST_SPREAD_M };
  const rule = { k, l, ...spread, cellM: LEAST_CELL_M };
  checkRule(rule);
  return rule;
}
