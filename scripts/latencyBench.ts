/**
 * `npm run bench:latency`: what a day costs when a frame takes 0, 1, 10 or 50 ms from one server to
 * the other. SCENARIO (hamlet) and DELAYS_MS (0,1,10,50) choose another day and other delays.
 */
import hre from "hardhat";
import { MIN_PRODUCTION_KEY_BITS } from "../offchain/core/primitives/paillier/publicKey.ts";
import { delaysOf } from "../offchain/study/bench/delays.ts";
import { latencyText, type DelayedDay } from "../offchain/study/bench/latencyText.ts";
import { delayedLines } from "../offchain/study/bench/delayedLines.ts";
import { DAY_DEFAULTS } from "../offchain/study/day/defaults.ts";
import { cloakRuleOf } from "../offchain/study/day/rules.ts";
import { runMarketDay } from "../offchain/study/day/marketDay.ts";
import { buildScenario } from "../offchain/study/worlds/scenarios.ts";
import { onLocalDay } from "../tasks/support/localDay.ts";
import { concluded } from "../tasks/support/outcome.ts";

const { SCENARIO = "hamlet", DELAYS_MS = "0,1,10,50" } = process.env;
const SEED = "chargeveil";
const settings = {
  mode: "strict",
  keyBits: MIN_PRODUCTION_KEY_BITS,
  slotHours: DAY_DEFAULTS.slotHours,
  cloakRule: cloakRuleOf(DAY_DEFAULTS),
  maxRounds: BigInt(DAY_DEFAULTS.maxRounds),
  decrement: DAY_DEFAULTS.decrement,
  apart: false,
} as const;

const outcome = await concluded(async () => {
  const days: DelayedDay[] = [];
  for (const delayMs of delaysOf(DELAYS_MS)) {
    const { lines, exchanges } = delayedLines(delayMs);
    const { signal } = new AbortController();
    const world = buildScenario(SCENARIO, { seed: SEED });
    const start = performance.now();
    const { report } = await onLocalDay(hre, world, { ...settings, lines }, signal, runMarketDay);
    const daySeconds = (performance.now() - start) / 1_000;
    const { rehearsals = 0, matching = 0 } = report.secondsPerStage;
    const rounds = report.auctions.reduce((sum, auction) => sum + auction.rounds.length, 0);
    const { requests } = report;
    const roundsSeconds = rehearsals + matching;
    process.stderr.write(
      `${delayMs} ms: ${exchanges()} exchanges, ${roundsSeconds.toFixed(1)} s\n`,
    );
    days.push({ delayMs, requests, rounds, exchanges: exchanges(), roundsSeconds, daySeconds });
  }
  process.stdout.write(`${latencyText(SCENARIO, days)}\n`);
});
if (!outcome.success) process.exitCode = 1;
