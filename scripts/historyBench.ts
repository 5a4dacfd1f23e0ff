/**
 * `npm run bench:history`: walking a pile's history against searching the logs, at 10², 10³ and 10⁴
 * evaluations.
 */
import hre from "hardhat";
import { historyCostText, measureHistories } from "../offchain/study/bench/historyCost.ts";
import { onRatingStage } from "../tasks/support/ratingStage.ts";

const LENGTHS = [100, 1_000, 10_000];
const REPETITIONS = 9;

const costs = await onRatingStage(hre, (stage) =>
  measureHistories({
    stage,
    lengths: LENGTHS,
    repetitions: REPETITIONS,
    nowMs: () => performance.now(),
  }),
);
process.stdout.write(`${historyCostText(costs)}\n`);
