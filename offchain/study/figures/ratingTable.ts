/** What the study of ratings ends with, as a table for a terminal. */
import type { RatingStudy } from "../rating/ratingStudy.ts";
import { decimal, textTable } from "./textTable.ts";

const TEXT_WIDTH = 12;

/**
 * The rating after the last evaluation: of the history on chain, and mean and spread of the
 * reference.
 */
export function ratingStudyText({ lines, runs, seed }: RatingStudy): string {
  return textTable(
    "Rating after the last evaluation",
    [
      { head: "Scores", mostWide: TEXT_WIDTH },
      { head: "Pile", mostWide: TEXT_WIDTH },
      { head: "On chain" },
      { head: "Mean of runs" },
      { head: "Deviation" },
    ],
    lines.map(({ scoring, pile, onChain, spread }) => [
      scoring,
      pile,
      decimal(onChain.at(-1) ?? 0, 3),
      decimal(spread.mean.at(-1) ?? 0, 3),
      decimal(spread.sd.at(-1) ?? 0, 3),
    ]),
    `${runs} runs of the reference, seed ${seed}`,
  );
}
