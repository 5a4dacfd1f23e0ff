/**
 * `gas`: gas of every function of the market, from real executions on an EVM in this process; and
 * whether it grew since the committed snapshot.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gasCsv } from "../../offchain/study/figures/csvFiles.ts";
import { gasFigure } from "../../offchain/study/figures/gasFigure.ts";
import { gasText } from "../../offchain/study/figures/reportTables.ts";
import { MIN_PRODUCTION_KEY_BITS } from "../../offchain/core/primitives/paillier/publicKey.ts";
import { byName, type GasRow } from "../../offchain/chain/gasLedger.ts";
import { makeAuctionCalls } from "../../offchain/study/gas/auctionCalls.ts";
import type { DayContext } from "../../offchain/study/day/context.ts";
import { DAY_DEFAULTS } from "../../offchain/study/day/defaults.ts";
import { cloakRuleOf } from "../../offchain/study/day/rules.ts";
import { runMarketDay } from "../../offchain/study/day/marketDay.ts";
import { GOAL_PILES, measureGoals } from "../../offchain/study/gas/gasGoals.ts";
import {
  compareGas,
  GasSnapshotError,
  parseSnapshot,
  renewedSnapshot,
  type GasSnapshot,
} from "../../offchain/study/gas/gasSnapshot.ts";
import { makeRareCalls } from "../../offchain/study/gas/rareCalls.ts";
import { buildScenario } from "../../offchain/study/worlds/scenarios.ts";
import { requireWritable, writeFiles } from "../support/files.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { interruptible } from "../support/interrupt.ts";
import { onLocalDay } from "../support/localDay.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { SECONDS_PER_DAY } from "../../offchain/core/messages/lifetimes.ts";
import { inOptions } from "../support/inOptions.ts";

export interface GasArguments {
  readonly scenario: string;
  readonly seed: string;
  readonly out: string;
  readonly check: boolean;
  readonly update: boolean;
  readonly json: boolean;
}

const LEAST_HIDDEN = 2;
/** Enough to close rounds and to improve bids. */
const MAX_ROUNDS = 3n;
const SNAPSHOT_FILE = "gas.snapshot.json";
/** Days after the world's own: every session of it has ended by then. */
const GOALS_AFTER_DAYS = 10;

export default function action(
  given: GasArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const { out, check, update, json } = given;
    const { root } = hre.config.paths;
    if (check && update) throw new InputError("--check and --update: expected one of the two");
    await requireWritable(out);
    const snapshot = check || update ? await readSnapshot(root) : null;
    if (check) requireSameWorld(snapshot, given);

    const rows = await measure(given, hre);
    await writeFiles(out, {
      "gas.json": jsonOutput(rows),
      "gas.csv": gasCsv(rows),
      "gas.svg": gasFigure(rows),
    });
    process.stdout.write(json ? jsonOutput(rows) : gasText(rows));
    process.stderr.write(`written to ${out}\n`);
    if (update) await writeSnapshot(root, renewedSnapshot(given, rows, snapshot));
    if (check && snapshot !== null) requireNoGrowth(snapshot, rows);
  });
}

/** A day with all that happens in it, what a good day never calls, and what was promised. */
function measure(
  { scenario, seed }: GasArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<readonly GasRow[]> {
  const world = inOptions({ scenario: "scenario", seed: "seed" }, () =>
    buildScenario(scenario, { seed }),
  );
  const settings = {
    apart: false,
    mode: "strict" as const,
    keyBits: MIN_PRODUCTION_KEY_BITS,
    slotHours: DAY_DEFAULTS.slotHours,
    cloakRule: cloakRuleOf({ k: LEAST_HIDDEN, l: LEAST_HIDDEN }),
    maxRounds: MAX_ROUNDS,
    decrement: DAY_DEFAULTS.decrement,
  };
  return interruptible((signal) =>
    onLocalDay(hre, world, settings, signal, async (day) => {
      await runMarketDay(day);
      signal.throwIfAborted();
      await makeRareCalls(day);
      await makeAuctionCalls(day);
      const goals = await measureGoals(crowdedDay(day, scenario, seed));
      return [...day.market.gas.rows(), ...goals].sort(byName);
    }),
  );
}

function crowdedDay(day: DayContext, scenario: string, seed: string): DayContext {
  const crowd = { seed: `${seed}/gas goals`, vehicles: 1, piles: GOAL_PILES };
  const midnight = day.midnight + GOALS_AFTER_DAYS * SECONDS_PER_DAY;
  return { ...day, world: buildScenario(scenario, crowd), midnight };
}

async function readSnapshot(root: string): Promise<GasSnapshot | null> {
  const text = await readFile(join(root, SNAPSHOT_FILE), "utf8").catch(() => null);
  try {
    return text === null ? null : parseSnapshot(text);
  } catch (error) {
    if (error instanceof GasSnapshotError)
      throw new InputError(`${SNAPSHOT_FILE}: ${error.message}`);
    throw error;
  }
}

async function writeSnapshot(root: string, snapshot: GasSnapshot): Promise<void> {
  await writeFiles(root, { [SNAPSHOT_FILE]: jsonOutput(snapshot) });
  process.stderr.write(`${SNAPSHOT_FILE} is up to date\n`);
}

/** @throws InputError if there is no snapshot, or it is of another world */
function requireSameWorld(
  snapshot: GasSnapshot | null,
  { scenario, seed }: Pick<GasSnapshot, "scenario" | "seed">,
): void {
  if (snapshot === null) {
    throw new InputError(`--check: there is no ${SNAPSHOT_FILE}: write it with --update`);
  }
  if (snapshot.scenario === scenario && snapshot.seed === seed) return;
  const kept = `${snapshot.scenario} with seed ${snapshot.seed}`;
  throw new InputError(
    `--check: ${SNAPSHOT_FILE} is of ${kept}, got ${scenario} with seed ${seed}`,
  );
}

/** @throws GasSnapshotError E_GAS_CHECK with a line for every function that fails */
function requireNoGrowth(snapshot: GasSnapshot, rows: readonly GasRow[]): void {
  const { failures, savings } = compareGas(snapshot, rows);
  for (const saving of savings) process.stderr.write(`cheaper: ${saving}; --update keeps it\n`);
  if (failures.length > 0) throw new GasSnapshotError("E_GAS_CHECK", failures.join("\n"));
  process.stderr.write(`no function uses more gas than in ${SNAPSHOT_FILE}, every goal is met\n`);
}
