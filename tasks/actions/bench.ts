/** `bench`: the engine beside the package paillier-bigint, measured in one run, as table, JSON and figure. */
import { benchFiles, benchText } from "../../offchain/bench/benchFiles.ts";
import { thisMachine } from "../../offchain/bench/machine.ts";
import {
  FULL_OPERATIONS,
  measureOperations,
  QUICK_OPERATIONS,
} from "../../offchain/bench/operations.ts";
import type { BenchReport } from "../../offchain/bench/report.ts";
import { generateKeyPair } from "../../offchain/primitives/paillier/keyGeneration.ts";
import { systemRng } from "../../offchain/primitives/random.ts";
import { requireWritable, writeFiles } from "../support/files.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { progressOn } from "../support/progress.ts";

export interface BenchArguments {
  readonly out: string;
  readonly quick: boolean;
}

export default function action({ out, quick }: BenchArguments): Promise<Outcome> {
  return concluded(async () => {
    await requireWritable(out);
    const report = await interruptible((signal) => measure(quick, signal));
    await writeFiles(out, benchFiles(report));
    process.stdout.write(benchText(report));
    process.stderr.write(`written to ${out}\n`);
  });
}

async function measure(quick: boolean, signal: AbortSignal): Promise<BenchReport> {
  const progress = progressOn(process.stderr);
  try {
    const operations = await measureOperations(quick ? QUICK_OPERATIONS : FULL_OPERATIONS, {
      nowMs: () => performance.now(),
      signal,
      rng: systemRng,
      deal: generateKeyPair,
      progress,
    });
    return { machine: thisMachine(), quick, operations, rounds: [] };
  } finally {
    progress.stop();
  }
}
