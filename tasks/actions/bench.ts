/**
 * `bench`: the engine beside the package paillier-bigint, measured in one run, as table, JSON and
 * figure.
 */
import { availableParallelism } from "node:os";
import { benchFiles, benchText } from "../../offchain/study/bench/benchFiles.ts";
import { measureCredentials } from "../../offchain/study/bench/credentialRows.ts";
import { growthOf } from "../../offchain/study/bench/growth.ts";
import {
  FULL_KEY_LENGTHS,
  measureKeyLengths,
  QUICK_KEY_LENGTHS,
} from "../../offchain/study/bench/keyLengths.ts";
import { thisMachine } from "../../offchain/study/bench/machine.ts";
import type { RoundBench } from "../../offchain/study/bench/measuredRound.ts";
import {
  FULL_OPERATIONS,
  measureOperations,
  QUICK_OPERATIONS,
} from "../../offchain/study/bench/operations.ts";
import { benchJson, type BenchReport } from "../../offchain/study/bench/benchReport.ts";
import { FULL_ROUNDS, measureRounds, QUICK_ROUNDS } from "../../offchain/study/bench/roundRows.ts";
import { FEATURE_COUNT } from "../../offchain/study/bench/roundWorld.ts";
import { studyKey } from "../../offchain/study/bench/studyKey.ts";
import { generateKeyPair } from "../../offchain/core/primitives/paillier/keyGeneration.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { dealCommitments, dealRoundKey } from "../../offchain/parties/authority/dealing.ts";
import { onThisThread } from "../../offchain/market/work.ts";
import { requireWritable, writeFiles } from "../support/files.ts";
import { interruptible } from "../support/interrupt.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { progressOn } from "../support/progress.ts";
import { withWorkers } from "../support/workers.ts";

export interface BenchArguments {
  readonly out: string;
  readonly quick: boolean;
  readonly json: boolean;
}

const ROUND_KEY_BITS = 2_048;

export default function action({ out, quick, json }: BenchArguments): Promise<Outcome> {
  return concluded(async () => {
    await requireWritable(out);
    const report = await interruptible((signal) => measure(quick, signal));
    await writeFiles(out, benchFiles(report));
    process.stdout.write(json ? benchJson(report) : benchText(report));
    process.stderr.write(`written to ${out}\n`);
  });
}

async function measure(quick: boolean, signal: AbortSignal): Promise<BenchReport> {
  const progress = progressOn(process.stderr);
  try {
    const watch = { nowMs: () => performance.now(), signal, rng: systemRng, progress };
    const plan = quick ? QUICK_OPERATIONS : FULL_OPERATIONS;
    const operations = await measureOperations(plan, { ...watch, deal: generateKeyPair });
    const rounds = await withWorkers(signal, async (pool) =>
      measureRounds(quick ? QUICK_ROUNDS : FULL_ROUNDS, {
        ...watch,
        deal: await roundKeys(),
        work: [
          { cores: 1, work: onThisThread(systemRng) },
          { cores: availableParallelism(), work: pool },
        ].filter(({ cores }, k) => k === 0 || cores > 1),
      }),
    );
    const keyLengths = await measureKeyLengths(quick ? QUICK_KEY_LENGTHS : FULL_KEY_LENGTHS, {
      ...watch,
      deal: studyKey,
    });
    const credentials = await measureCredentials(plan, watch);
    const growth = growthOf(rounds);
    return { machine: thisMachine(), quick, operations, rounds, growth, keyLengths, credentials };
  } finally {
    progress.stop();
  }
}

/** Deals keys of rounds, all with one modulus for proofs. */
async function roundKeys(): Promise<RoundBench["deal"]> {
  const commitmentModulus = await dealCommitments(systemRng);
  const published = {
    commitmentModulus,
    features: FEATURE_COUNT,
    mode: "strict" as const,
    proxySealKey: `0x${"09".padEnd(64, "0")}`,
  };
  return () => dealRoundKey(ROUND_KEY_BITS, published, systemRng);
}
