/**
 * Figure 5 of He et al.: how the ratings of four piles move over 180 evaluations each. Three piles
 * of steady quality, and one that serves well until it is trusted and badly from then on. The paper
 * draws real-valued scores around the quality, some of them below 1 or above 3; a contract takes 1,
 * 2 or 3. Both are studied here: the scores as drawn, and rounded to what a vehicle could have
 * given.
 *
 * Standard deviation, number of runs and weight: the paper gives none of them; these reproduce what
 * its text says of the figure. Scores are drawn to six decimals, so that the chain and the
 * reference get the very same numbers.
 */
import { ratingPath } from "../../core/reputation/pileRating.ts";
import { seededStream, type Seed } from "../worlds/seededRng.ts";

export const RATINGS = 180;
export const SCORE_SD = 0.6;
/** ω of every rater: full credibility. */
export const FULL_WEIGHT = 1;
/** Over so many runs mean and spread are taken. */
export const STUDY_RUNS = 400;

/** What a pile's service is worth: `mean` up to evaluation number `until`. */
interface Quality {
  readonly until: number;
  readonly mean: number;
}

export interface StudiedPile {
  readonly name: string;
  readonly qualities: readonly Quality[];
}

export const STUDIED_PILES: readonly StudiedPile[] = [
  { name: "low", qualities: [{ until: RATINGS, mean: 1 }] },
  { name: "middle", qualities: [{ until: RATINGS, mean: 2 }] },
  { name: "high", qualities: [{ until: RATINGS, mean: 3 }] },
  {
    name: "cheat",
    qualities: [
      { until: 60, mean: 3 },
      { until: RATINGS, mean: 0.3 },
    ],
  },
];

/** How scores are given: as drawn (the paper), or rounded to 1, 2 or 3 (a vehicle on chain). */
export const SCORINGS = ["real", "whole"] as const;
export type Scoring = (typeof SCORINGS)[number];

/** The scores of one run. Run 0 is the one that is drawn and computed on chain. */
export function drawScores(
  seed: Seed,
  { name, qualities }: StudiedPile,
  run: number,
): readonly number[] {
  const stream = seededStream(seed, `rating study/${name}/${run}`);
  return Array.from({ length: RATINGS }, (_, place) => {
    const mean = qualities.find(({ until }) => place < until)?.mean ?? 0;
    return Math.round(stream.normal(mean, SCORE_SD) * 1e6) / 1e6;
  });
}

/** Scores as `scoring` gives them. */
export function scoresAs(scoring: Scoring, scores: readonly number[]): readonly number[] {
  if (scoring === "real") return scores;
  return scores.map((score) => Math.min(3, Math.max(1, Math.round(score))));
}

/**
 * Mean and standard deviation of the rating after each evaluation, by the reference, over `runs`
 * runs.
 */
export interface Spread {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

export function referenceSpread(
  seed: Seed,
  pile: StudiedPile,
  scoring: Scoring,
  runs: number,
): Spread {
  const paths = Array.from({ length: runs }, (_, run) =>
    ratingPath(0, scoresAs(scoring, drawScores(seed, pile, run)), FULL_WEIGHT),
  );
  const after = Array.from({ length: RATINGS }, (_, n) => paths.map((path) => path[n] ?? 0));
  const mean = after.map(meanOf);
  return { mean, sd: after.map((ratings, n) => deviation(ratings, mean[n] ?? 0)) };
}

/**
 * One pile under one scoring: scores, the rating on chain after each, and what the reference says
 * over all runs.
 */
export interface StudyLine {
  readonly pile: string;
  readonly scoring: Scoring;
  readonly scores: readonly number[];
  readonly onChain: readonly number[];
  readonly spread: Spread;
}

export interface RatingStudy {
  readonly seed: string;
  readonly runs: number;
  readonly lines: readonly StudyLine[];
}

/** Computes the ratings after each of `scores`, from 0 and with full weight, on an EVM. */
export type OnChain = (pile: string, scores: readonly number[]) => Promise<readonly number[]>;

/** The whole study; `onChain` says what computes each scoring. */
export async function studyRatings(
  seed: string,
  runs: number,
  onChain: Readonly<Record<Scoring, OnChain>>,
): Promise<RatingStudy> {
  const lines: StudyLine[] = [];
  for (const scoring of SCORINGS) {
    for (const pile of STUDIED_PILES) {
      const scores = scoresAs(scoring, drawScores(seed, pile, 0));
      lines.push({
        pile: pile.name,
        scoring,
        scores,
        onChain: await onChain[scoring](pile.name, scores),
        spread: referenceSpread(seed, pile, scoring, runs),
      });
    }
  }
  return { seed, runs, lines };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
