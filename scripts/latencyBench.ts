/**
 * `npm run bench:latency`: what a day costs when a frame takes 0, 1, 10 or 50 ms from one server to
 * the other. SCENARIO (hamlet) and DELAYS_MS (0,1,10,50) choose another day and other delays.
 */
import hre from "hardhat";
import { MIN_PRODUCTION_KEY_BITS } from "../offchain/core/primitives/paillier/publicKey.ts";
import { latencyText, type DelayedDay } from "../offchain/study/bench/latencyText.ts";
import { delayedLines } from "../offchain/study/bench/delayedLines.ts";
import { runMarketDay } from "../offchain/study/day/marketDay.ts";
import { buildScenario } from "../offchain/study/worlds/scenarios.ts";
import { cloakRuleOf, onLocalDay } from "../tasks/support/localDay.ts";

const { SCENARIO = "hamlet", DELAYS_MS = "0,1,10,50" } = process.env;
const SEED = "chargeveil";
const settings = {
  mode: "strict",
  keyBits: MIN_PRODUCTION_KEY_BITS,
  slotHours: 3,
  cloakRule: cloakRuleOf({ k: 5, l: 2 }),
  maxRounds: 6n,
  decrement: 50_000n,
  apart: false,
} as const;

const days: DelayedDay[] = [];
for (const delayMs of DELAYS_MS.split(",").map(Number)) {
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
  process.stderr.write(`${delayMs} ms: ${exchanges()} exchanges, ${roundsSeconds.toFixed(1)} s\n`);
  days.push({ delayMs, requests, rounds, exchanges: exchanges(), roundsSeconds, daySeconds });
}
process.stdout.write(`${latencyText(SCENARIO, days)}\n`);
