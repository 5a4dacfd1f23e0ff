/**
 * `market run`: a day of the market on an EVM in this process, from requests to settled money. It
 * leaves what somebody who runs the matcher and reads the chain may publish, and apart from it what
 * only a simulation knows.
 */
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import {
  gasCsv,
  withoutPileCsv,
  tradesCsv,
  trueTradesCsv,
  unusableRowsCsv,
} from "../../offchain/study/figures/csvFiles.ts";
import { gasFigure } from "../../offchain/study/figures/gasFigure.ts";
import { mapFigure } from "../../offchain/study/figures/mapFigure.ts";
import { partialNotes } from "../../offchain/study/figures/partialNote.ts";
import { reportText } from "../../offchain/study/figures/reportTables.ts";
import { MAX_ROUNDS } from "../../offchain/core/messages/market.ts";
import { modeNamed } from "../../offchain/market/matching.ts";
import { assertProductionKeySize } from "../../offchain/core/primitives/paillier/publicKey.ts";
import type { RoundSettings } from "../../offchain/study/day/context.ts";
import { cloakRuleOf } from "../../offchain/study/day/rules.ts";
import { runMarketDay } from "../../offchain/study/day/marketDay.ts";
import { importWorld } from "../../offchain/study/importers/importFiles.ts";
import { assertConsistent } from "../../offchain/study/reports/consistency.ts";
import { meterCases } from "../../offchain/study/reports/meterCases.ts";
import type { MarketReport } from "../../offchain/study/reports/report.ts";
import { requireSlotHours } from "../../offchain/study/worlds/slots.ts";
import { buildScenario } from "../../offchain/study/worlds/scenarios.ts";
import type { SimulatedRun, SimulationTruth } from "../../offchain/study/reports/truth.ts";
import type { World } from "../../offchain/study/worlds/world.ts";
import { requireWritable, writeFiles, writeOwnFiles } from "../support/files.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { interruptible, InterruptedError } from "../support/interrupt.ts";
import { onLocalDay } from "../support/localDay.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { inOptions } from "../support/inOptions.ts";
import { requireWithin } from "../support/ranges.ts";
import { pointNamed } from "../support/places.ts";
import { DAY_DEFAULTS } from "../../offchain/study/day/defaults.ts";

/** What only a simulation knows is kept here, in the folder of the run. */
export const TRUTH_FOLDER = "truth";

/** What an interrupted run leaves is kept here. */
const PARTIAL_FOLDER = "partial";

export interface MarketRunArguments {
  readonly scenario: string;
  readonly stations: string | undefined;
  readonly sessions: string | undefined;
  readonly date: string | undefined;
  readonly near: string | undefined;
  readonly seed: string;
  readonly mode: string;
  readonly keyBits: number;
  readonly slotHours: number;
  readonly k: number;
  readonly l: number;
  readonly maxRounds: number;
  readonly decrement: bigint;
  readonly vehicles: number;
  readonly piles: number;
  readonly out: string;
  readonly apart: boolean;
  readonly json: boolean;
}

/** By what the checks call their values. */
const OPTIONS = {
  ...{ assertProductionKeySize: "key-bits", mode: "mode", slotsOfDay: "slot-hours" },
  ...{ k: "k", l: "l", scenario: "scenario", vehicles: "vehicles", piles: "piles" },
  ...{ date: "date", checkWorld: "date", seed: "seed" },
};

export default function action(
  args: MarketRunArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const { mode, rounds, cloakRule, world } = inOptions(OPTIONS, () => chosenIn(args));
    for (const folder of ["", TRUTH_FOLDER, PARTIAL_FOLDER]) {
      await requireWritable(join(args.out, folder));
    }
    const run = await interruptible((signal) =>
      onLocalDay(hre, world, { ...args, ...rounds, mode, cloakRule }, signal, runMarketDay),
    );
    await concludeRun(args, world, run);
  });
}

/** Everything that can be refused before the day begins. */
function chosenIn(args: MarketRunArguments) {
  assertProductionKeySize(args.keyBits);
  const mode = modeNamed(args.mode);
  requireSlotHours(args.slotHours);
  const rounds = chooseRounds(args);
  return { mode, rounds, cloakRule: cloakRuleOf(args), world: chooseWorld(args) };
}

/**
 * Leaves the files of a run, says what came out, and refuses numbers that contradict each other.
 * What an interrupted run leaves is in a folder of its own, beside what a whole one has left.
 * @throws InconsistentRunError; InterruptedError for a run that was interrupted
 */
export async function concludeRun(
  { out, json }: Pick<MarketRunArguments, "out" | "json">,
  world: World,
  run: SimulatedRun,
): Promise<void> {
  const { report, truth } = run;
  const { partial } = report;
  const folder = partial === null ? out : join(out, PARTIAL_FOLDER);
  await writeFiles(folder, publicFiles(report));
  await writeOwnFiles(join(folder, TRUTH_FOLDER), truthFiles(world, report, truth));
  process.stdout.write(json ? jsonOutput(report) : reportText(report));
  process.stderr.write(`written to ${folder}; not to be published: ${TRUTH_FOLDER}\n`);
  assertConsistent(report);
  if (partial === null) return;
  const { slotsDone, slots } = partial;
  throw new InterruptedError(
    `interrupted: the report in ${folder} is partial, of ${slotsDone} of ${slots} slots`,
  );
}

/** How bidding goes on after the first round. @throws InputError */
export function chooseRounds({
  maxRounds,
  decrement,
}: Pick<MarketRunArguments, "maxRounds" | "decrement">): Pick<
  RoundSettings,
  "maxRounds" | "decrement"
> {
  requireWithin("max-rounds", maxRounds, { least: 1, most: MAX_ROUNDS });
  requireWithin("decrement", decrement, { least: 1 });
  return { maxRounds: BigInt(maxRounds), decrement };
}

/** The world that the options name. @throws InputError, ImportError, ScenarioError */
export function chooseWorld(
  args: Pick<
    MarketRunArguments,
    "scenario" | "stations" | "sessions" | "date" | "near" | "seed" | "vehicles" | "piles"
  >,
): World {
  const { stations, sessions, date, seed } = args;
  const near = args.near === undefined ? undefined : pointNamed("near", args.near);
  if (stations !== undefined && sessions !== undefined) {
    requireNoScenario(args);
    const files = { stationsPath: stations, sessionsPath: sessions };
    const say = (sentence: string): void => {
      process.stderr.write(`${sentence}\n`);
    };
    return importWorld({ ...files, date, seed, near, say });
  }
  if (stations !== undefined || sessions !== undefined) {
    const missing = stations === undefined ? "--stations" : "--sessions";
    const given = stations ?? sessions;
    throw new InputError(`${missing}: expected a file, since ${given} is given; name both`);
  }
  return buildScenario(args.scenario, {
    seed,
    ...(args.vehicles > 0 && { vehicles: args.vehicles }),
    ...(args.piles > 0 && { piles: args.piles }),
    ...(date !== undefined && { date }),
  });
}

/** What files hold is taken as it is. @throws InputError for an option that changes a scenario */
function requireNoScenario({
  scenario,
  vehicles,
  piles,
}: Pick<MarketRunArguments, "scenario" | "vehicles" | "piles">): void {
  const given = [
    ["scenario", scenario, DAY_DEFAULTS.scenario],
    ["vehicles", vehicles, 0],
    ["piles", piles, 0],
  ].find(([, value, none]) => value !== none);
  if (given === undefined) return;
  const [option, value] = given;
  throw new InputError(`--${option}: expected no scenario beside files of your own, got ${value}`);
}

function publicFiles(report: MarketReport): Readonly<Record<string, string>> {
  return {
    "report.json": jsonOutput(report),
    "gas.json": jsonOutput(report.gasPerFunction),
    "trades.csv": tradesCsv(report),
    "records.json": jsonOutput(meterCases(report)),
    "gas.csv": gasCsv(report.gasPerFunction),
    "gas.svg": gasFigure(report.gasPerFunction, partialNotes(report)),
  };
}

function truthFiles(
  world: World,
  report: MarketReport,
  truth: SimulationTruth,
): Readonly<Record<string, string>> {
  return {
    "truth.json": jsonOutput(truth),
    "trades.csv": trueTradesCsv(truth),
    "without-pile.csv": withoutPileCsv(truth),
    "unusable-rows.csv": unusableRowsCsv(world),
    "map.svg": mapFigure(report, truth, world),
  };
}
