/**
 * `cloak show`: the vehicles of a city in reciprocal buckets, and attackers on their requests; on
 * made-up traffic, or on recorded tracks. As figures, JSON and chart. Nothing is on chain.
 */
import { drawsOf } from "../../offchain/core/cloak/draws.ts";
import { checkRule, type CloakRule } from "../../offchain/core/cloak/reciprocalBuckets.ts";
import { attackSuite } from "../../offchain/study/cloak/attackSuite.ts";
import {
  drawnScene,
  sceneFacts,
  type CloakReport,
} from "../../offchain/study/cloak/cloakReport.ts";
import {
  busiestScene,
  cityTraffic,
  trackTraffic,
  type Scene,
  type Traffic,
} from "../../offchain/study/cloak/traffic.ts";
import { cloakFigure } from "../../offchain/study/figures/cloakFigure.ts";
import { attacksText } from "../../offchain/study/figures/attacksTable.ts";
import { citySideM } from "../../offchain/study/worlds/growingCity.ts";
import {
  PORTO_INTERVAL_SECONDS,
  readPortoTrips,
} from "../../offchain/study/importers/portoTrips.ts";
import { seededRng, seedText } from "../../offchain/study/worlds/seededRng.ts";
import { requireWritable, writeFiles } from "../support/files.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { inOptions } from "../support/inOptions.ts";
import { requireWithin } from "../support/ranges.ts";

export interface CloakShowArguments {
  readonly traces: string | undefined;
  readonly vehicles: number;
  readonly k: number;
  readonly l: number;
  readonly spread: number;
  readonly mostSpread: number;
  readonly cell: number;
  readonly trials: number;
  readonly seed: string;
  readonly out: string;
  readonly json: boolean;
}

/** By what the checks call their values. */
const OPTIONS = {
  ...{ k: "k", l: "l", spread: "spread", "most spread": "most-spread", "cell size": "cell" },
  seed: "seed",
};

export default function action(args: CloakShowArguments): Promise<Outcome> {
  return concluded(async () => {
    const { k, l, spread, mostSpread, cell, trials, seed, out } = args;
    const rule: CloakRule = { k, l, leastSpreadM: spread, mostSpreadM: mostSpread, cellM: cell };
    inOptions(OPTIONS, () => {
      checkRule(rule);
      seedText(seed);
    });
    requireUsable(args);
    await requireWritable(out);
    const { traffic, scene, ...source } =
      args.traces === undefined ? madeUp(args) : recorded(args, args.traces);
    process.stderr.write(`${traffic.name}: ${trials} trials of each attack …\n`);
    const drawn = drawnScene(scene, rule, seededRng(`${seed}/picture`));
    const report: CloakReport = {
      ...rule,
      traffic: traffic.name,
      seed,
      ...sceneFacts(drawn, cell),
      attacks: attackSuite(traffic, rule, trials, seededRng(`${seed}/attacks`)),
      ...source,
    };
    await writeFiles(out, {
      "cloak.json": jsonOutput(report),
      "cloak.svg": cloakFigure(report, drawn),
    });
    process.stdout.write(args.json ? jsonOutput(report) : `${attacksText(report)}\n`);
    process.stderr.write(`written to ${out}\n`);
  });
}

const MOST_VEHICLES = 2_000;
const MOST_TRIALS = 100_000;
/** The paper's algorithm wants more than four times k around. */
const VEHICLES_A_K = 12;

function requireUsable({ vehicles, trials, traces }: CloakShowArguments): void {
  requireWithin("trials", trials, { least: 1, most: MOST_TRIALS });
  requireWithin("vehicles", vehicles, { least: 0, most: MOST_VEHICLES });
  if (traces !== undefined && vehicles > 0) {
    throw new InputError("--vehicles: expected without --traces, which has its own vehicles");
  }
}

interface Source extends Pick<CloakReport, "unusableRows" | "attribution"> {
  readonly traffic: Traffic;
  /** For the picture. */
  readonly scene: Scene;
}

function madeUp({ vehicles, k, seed }: CloakShowArguments): Source {
  const count = vehicles === 0 ? VEHICLES_A_K * k : vehicles;
  const traffic = cityTraffic(count, citySideM(count));
  const scene = traffic.sceneOf(drawsOf(seededRng(`${seed}/scene`)));
  return { traffic, scene, unusableRows: 0, attribution: null };
}

function recorded({ k }: CloakShowArguments, path: string): Source {
  const { file, attribution, tracks, unusableRows } = readPortoTrips(path);
  const timing = { intervalSeconds: PORTO_INTERVAL_SECONDS, leastVehicles: 6 * k };
  const whose = attribution === null ? `tracks of ${file}` : "taxis in Porto";
  const traffic = trackTraffic(`${whose}, busiest moment on the map`, tracks, timing);
  const scene = busiestScene(tracks, timing);
  return { traffic, scene, unusableRows: unusableRows.length, attribution };
}
