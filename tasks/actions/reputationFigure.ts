/**
 * `reputation figure`: the paper's figure of four piles' ratings, computed on an EVM in this
 * process.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { ratingStudyCsv } from "../../offchain/study/figures/csvFiles.ts";
import { ratingFigure } from "../../offchain/study/figures/ratingFigure.ts";
import { ratingStudyText } from "../../offchain/study/figures/ratingTable.ts";
import { byContract, byLibrary } from "../../offchain/study/rating/ratingStage.ts";
import {
  STUDY_RUNS,
  studyRatings,
  type RatingStudy,
} from "../../offchain/study/rating/ratingStudy.ts";
import { requireWritable, writeFiles } from "../support/files.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { inOptions } from "../support/inOptions.ts";
import { seedText } from "../../offchain/study/worlds/seededRng.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { onRatingStage } from "../support/ratingStage.ts";

export interface ReputationFigureArguments {
  readonly seed: string;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  { seed, out, json }: ReputationFigureArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    inOptions({ seed: "seed" }, () => seedText(seed));
    await requireWritable(out);
    process.stderr.write(`${STUDY_RUNS} runs of ratings …\n`);
    const study = await onRatingStage(hre, (stage) =>
      studyRatings(seed, STUDY_RUNS, { real: byLibrary(stage), whole: byContract(stage) }),
    );
    await writeFiles(out, filesOf(study));
    process.stdout.write(
      json ? jsonOutput(study) : `${ratingStudyText(study)}\nwritten to ${out}\n`,
    );
  });
}

function filesOf(study: RatingStudy): Readonly<Record<string, string>> {
  return {
    "ratings.json": jsonOutput(study),
    "ratings.csv": ratingStudyCsv(study),
    "ratings.svg": ratingFigure(study),
  };
}
