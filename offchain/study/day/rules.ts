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
/**
 * The rounds after the first share this: they end before the slot begins, and before the next
 * slot's auction asks who is idle.
 */
const FURTHER_ROUNDS_SECONDS = 2_000n;
/** Who is spread over more than this is not hidden any better, and compared with half a city. */
const MOST_SPREAD_M = 4_000;
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
