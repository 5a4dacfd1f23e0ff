/** A day of the market on a fresh chain in this process, with everything it needs handed in. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import type { DayContext } from "../../offchain/study/day/context.ts";
import { daySettings, plugInSecondsOf, type ChosenRules } from "../../offchain/study/day/rules.ts";
import { BIDDING_STARTS_BEFORE_SECONDS } from "../../offchain/study/day/slotTimes.ts";
import { stageClock } from "../../offchain/study/day/stageClock.ts";
import type { World } from "../../offchain/study/worlds/world.ts";
import { startLocalMarket } from "./localMarket.ts";
import { progressOn } from "./progress.ts";
import { withWorkers } from "./workers.ts";
import { withParties } from "./parties.ts";
import type { LocalOptions } from "../../offchain/market/localServers.ts";

/** The chain begins this long before the first auction can, to enrol everybody. */
const ENROLMENT_SECONDS = 86_400;

export interface LocalSettings extends ChosenRules {
  /** Authority, proxy and cloud are processes of their own. */
  readonly apart: boolean;
  /** Joins proxy and cloud in this process in another way. */
  readonly lines?: LocalOptions["lines"];
}

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
  const { apart, lines } = settings;
  const midnight = Date.parse(`${world.date}T00:00:00Z`) / 1000;
  const stages = stageClock(() => performance.now());
  const progress = progressOn(process.stderr);
  const startSeconds = midnight - BIDDING_STARTS_BEFORE_SECONDS - ENROLMENT_SECONDS;
  const local = await stages.time("deployment", () =>
    startLocalMarket(hre, startSeconds, world.seed, plugInSecondsOf(settings.slotHours)),
  );
  try {
    return await withWorkers(signal, (work) =>
      withParties({ apart, work, lines, market: local.market, say: progress.say }, (parties) =>
        live({
          world,
          settings: daySettings(settings),
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
