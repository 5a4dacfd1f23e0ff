/**
 * A whole run of the market as `market run` does it, on a chain and with workers of its own, and
 * everything that it leaves. What it prints is taken from the streams of this process, in both
 * forms that the task has.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { DayContext, Progress } from "../../../../offchain/study/day/context.ts";
import { runMarketDay } from "../../../../offchain/study/day/marketDay.ts";
import type { SimulatedRun } from "../../../../offchain/study/reports/truth.ts";
import { MAX_COORDINATE_M, type World } from "../../../../offchain/study/worlds/world.ts";
import { concludeRun, TRUTH_FOLDER } from "../../../../tasks/actions/marketRun.ts";
import { cloakRuleOf } from "../../../../offchain/study/day/rules.ts";
import { onLocalDay } from "../../../../tasks/support/localDay.ts";
import { dealtKey } from "../../matching/crowdRound.ts";
import { ODD_DECREMENT } from "./oddHamlet.ts";
import { chainSurfaces, fileSurfaces, printedSurfaces, type Surface } from "./surfaces.ts";

/** A run, and what somebody careless does on its chain afterwards. */
export interface WholeRun extends SimulatedRun {
  readonly surfaces: readonly Surface[];
  /** What `afterwards` left on chain. */
  readonly later: readonly Surface[];
}

/**
 * Plays the day of `world`, leaves its files in `out`, and then lets `afterwards` use the same
 * chain.
 */
export async function playWholeRun(
  hre: HardhatRuntimeEnvironment,
  world: World,
  out: string,
  afterwards: (day: DayContext, run: SimulatedRun) => Promise<void>,
): Promise<WholeRun> {
  const settings = {
    mode: "strict" as const,
    apart: false,
    keyBits: 2_048,
    slotHours: 3,
    // Odd places are far from each other.
    cloakRule: { ...cloakRuleOf({ k: 2, l: 1 }), mostSpreadM: MAX_COORDINATE_M },
    maxRounds: 6,
    decrement: ODD_DECREMENT,
  };
  const said: string[] = [];
  const modulus = Promise.resolve(dealtKey().numbers.commitmentModulus);
  const { result, printed } = await overheard(() =>
    onLocalDay(
      hre,
      world,
      { ...settings, maxRounds: BigInt(settings.maxRounds) },
      new AbortController().signal,
      async (day) => {
        const run = await runMarketDay(
          { ...day, progress: listening(day.progress, said) },
          modulus,
        );
        for (const json of [true, false]) await concludeRun({ out, json }, world, run);
        const shown = await chainSurfaces(day.market);
        const next = (await day.market.provider.getBlockNumber()) + 1;
        await afterwards(day, run);
        return { ...run, shown, later: await chainSurfaces(day.market, next) };
      },
    ),
  );
  const { report, truth, shown, later } = result;
  const surfaces = [
    ...shown,
    ...printedSurfaces({ ...printed, progress: said.join("\n") }),
    ...(await fileSurfaces(out, TRUTH_FOLDER)),
  ];
  return { report, truth, surfaces, later };
}

/** What a terminal would show as a bar is kept too. */
function listening(progress: Progress, said: string[]): Progress {
  return {
    say: progress.say,
    update: (...parts) => {
      said.push(parts.join(" "));
      progress.update(...parts);
    },
  };
}

interface Overheard<T> {
  readonly result: T;
  readonly printed: { readonly stdout: string; readonly stderr: string };
}

/** Runs `act`; what it prints is kept and not passed on. */
async function overheard<T>(act: () => Promise<T>): Promise<Overheard<T>> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const restore = [divert(process.stdout, out), divert(process.stderr, err)];
  try {
    const result = await act();
    const [stdout, stderr] = [out, err].map((heard) => Buffer.concat(heard).toString());
    return { result, printed: { stdout: stdout ?? "", stderr: stderr ?? "" } };
  } finally {
    for (const undo of restore) undo();
  }
}

function divert(stream: NodeJS.WriteStream, heard: Buffer[]): () => void {
  const write = stream.write.bind(stream);
  stream.write = (chunk: Uint8Array | string): boolean => {
    heard.push(Buffer.from(chunk));
    return true;
  };
  return () => {
    stream.write = write;
  };
}
