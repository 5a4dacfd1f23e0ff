/**
 * `npm run bench:city [-- --counts 100,1000 --out DIR]`: what a round costs in a city that grows at
 * constant density, in seconds of processor time. All default sizes take some minutes.
 */
import { parseArgs } from "node:util";
import { cityFiles, cityText } from "../offchain/study/bench/cityFiles.ts";
import {
  CITY,
  CITY_COUNTS,
  measureCities,
  WHOLE_UP_TO,
} from "../offchain/study/bench/cityRound.ts";
import { thisMachine } from "../offchain/study/bench/machine.ts";
import { FEATURE_COUNT } from "../offchain/study/bench/roundWorld.ts";
import { MIN_PRODUCTION_KEY_BITS } from "../offchain/core/primitives/paillier/publicKey.ts";
import { systemRng } from "../offchain/core/primitives/random.ts";
import { dealCommitments, dealRoundKey } from "../offchain/parties/authority/dealing.ts";
import { onThisThread } from "../offchain/market/work.ts";
import { requireWritable, writeFiles } from "../tasks/support/files.ts";
import { interruptible } from "../tasks/support/interrupt.ts";
import { concluded, InputError } from "../tasks/support/outcome.ts";
import { progressOn } from "../tasks/support/progress.ts";

/** At constant density a larger city would not fit the frame. */
const MOST = 15_000;

const { values } = parseArgs({
  options: {
    counts: { type: "string", default: CITY_COUNTS.join() },
    out: { type: "string", default: "out/city" },
  },
});

const outcome = await concluded(async () => {
  const counts = countsOf(values.counts);
  await requireWritable(values.out);
  const rows = await interruptible(async (signal) => {
    const progress = progressOn(process.stderr);
    try {
      const published = {
        commitmentModulus: await dealCommitments(systemRng),
        features: FEATURE_COUNT,
        mode: "strict" as const,
        proxySealKey: `0x${"09".padEnd(64, "0")}`,
      };
      return await measureCities(counts, WHOLE_UP_TO, CITY, {
        ...(await dealRoundKey(MIN_PRODUCTION_KEY_BITS, published, systemRng)),
        work: onThisThread(systemRng),
        rng: systemRng,
        nowMs: processorMs,
        progress,
        signal,
      });
    } finally {
      progress.stop();
    }
  });
  await writeFiles(values.out, cityFiles(thisMachine(), rows));
  process.stdout.write(cityText(rows));
  process.stderr.write(`written to ${values.out}\n`);
});
if (!outcome.success) process.exitCode = 1;

/** Processor time of all threads: what others do on the machine at the same time does not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Ascending, each once. */
function countsOf(list: string): readonly number[] {
  const counts = [...new Set(list.split(",").map(Number))].sort((a, b) => a - b);
  const fits = counts.every((count) => Number.isInteger(count) && count >= 10 && count <= MOST);
  if (fits) return counts;
  throw new InputError(`--counts: expected whole numbers in 10..${MOST}, got ${list}`);
}
