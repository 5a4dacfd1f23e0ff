/** A day of the market on a fresh chain in this process, with everything it needs handed in. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { LEAST_CELL_M } from "../../offchain/core/cloak/grid.ts";
import { checkRule, type CloakRule } from "../../offchain/core/cloak/reciprocalBuckets.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { BIDDING_STARTS_BEFORE_SECONDS } from "../../offchain/study/day/bidding.ts";
import type { DayContext, DaySettings, RoundSettings } from "../../offchain/study/day/context.ts";
import { stageClock } from "../../offchain/study/day/stageClock.ts";
import type { World } from "../../offchain/study/worlds/world.ts";
import { startLocalMarket } from "./localMarket.ts";
import { progressOn } from "./progress.ts";
import { withWorkers } from "./workers.ts";
import { withParties } from "./parties.ts";
import type { LocalOptions } from "../../offchain/market/localServers.ts";

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
/** The chain begins this long before the first auction can, to enrol everybody. */
const ENROLMENT_SECONDS = 86_400;

/**
 * The cells and spreads of a day; how many hide each other is asked for.
 * @throws CloakError E_CLOAK_RULE
 */
export function cloakRuleOf({ k, l }: Pick<CloakRule, "k" | "l">): CloakRule {
  const rule = {
    k,
    l,
    leastSpreadM: LEAST_CELL_M,
    mostSpreadM: MOST_SPREAD_M,
    cellM: LEAST_CELL_M,
  };
  checkRule(rule);
  return rule;
}

export type LocalSettings = Pick<DaySettings, "mode" | "keyBits" | "slotHours" | "cloakRule"> &
  Pick<RoundSettings, "maxRounds" | "decrement"> & {
    /** Authority, proxy and cloud are processes of their own. */
    readonly apart: boolean;
    /** Joins proxy and cloud in this process in another way. */
    readonly lines?: LocalOptions["lines"];
  };

/**
 * Starts a chain on the eve of the world's day, hands the day to `live`, and closes the chain after
 * it.
 */
export async function onLocalDay<T>(
  hre: HardhatRuntimeEnvironment,
  world: World,
  settings: LocalSettings,
  signal: AbortSignal,
  live: (day: DayContext) => Promise<T>,
): Promise<T> {
  const { mode, keyBits, slotHours, cloakRule, maxRounds, decrement, apart, lines } = settings;
  const midnight = Date.parse(`${world.date}T00:00:00Z`) / 1000;
  const stages = stageClock(() => performance.now());
  const progress = progressOn(process.stderr);
  const startSeconds = midnight - BIDDING_STARTS_BEFORE_SECONDS - ENROLMENT_SECONDS;
  const local = await stages.time("deployment", () =>
    startLocalMarket(hre, startSeconds, world.seed),
  );
  try {
    return await withWorkers(signal, (work) =>
      withParties({ apart, work, lines, say: progress.say }, (parties) =>
        live({
          world,
          settings: {
            mode,
            keyBits,
            slotHours,
            cloakRule,
            bidBond: BID_BOND_UNITS,
            vehicleDeposit: VEHICLE_DEPOSIT_UNITS,
            rounds: { maxRounds, roundSeconds: FURTHER_ROUNDS_SECONDS / maxRounds, decrement },
          },
          market: local.market,
          authority: local.operator,
          control: local.control,
          rng: systemRng,
          work,
          parties,
          stages,
          progress,
          signal,
          midnight,
        }),
      ),
    );
  } finally {
    progress.stop();
    await local.close();
  }
}
