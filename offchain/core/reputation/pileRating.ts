/**
 * The rating of a charging pile: a running mean that remembers about `RATING_MEMORY` scores, in
 * which the word of a vehicle weighs as much as its standing. In real numbers, as it is drawn and
 * simulated; the chain computes the same in whole numbers (`contracts/libraries/PileRating.sol`),
 * and `test/parity` holds the two together.
 *
 *   R_n = R + (1/μ)·Φ(R)·ω·(W − R)      Φ(R) = 1 / (1 + e^((R − D)/σ))
 *
 * Source: He et al. eq. (2), which is the update of Sporas (Zacharia, Moukas, Maes), with two
 * repairs of our own. The printed exponent has one minus too many, so that no rating would ever
 * move. And the score is compared with R, not with R/D: scores and rating are on one scale, the
 * fixed point is the mean score. The gain (1/μ)·Φ·ω stays below 1, so every step is a convex
 * combination and the rating never jumps past the score that moves it.
 */

/** μ: effective number of scores that a rating remembers. */
export const RATING_MEMORY = 10;
/** D: the best rating. */
export const BEST_RATING = 3;
/** The worst score that a vehicle gives; a pile that nobody has rated is below it. */
export const WORST_RATING = 1;
/** σ: changes of piles near the best rating are damped on this scale. */
const RATING_DAMPING_SCALE = 0.5;

/** Φ(R): near 1 for a low rating, 1/2 for the best. */
export function ratingDamping(rating: number): number {
  return 1 / (1 + Math.exp((rating - BEST_RATING) / RATING_DAMPING_SCALE));
}

/**
 * The rating after one more score. Run by whoever follows a pile's history without the chain.
 * @param rating R before, 0 for a new pile, to `BEST_RATING`
 * @param score W, 1 to 3; any real number for figures, as in the paper's figure 5
 * @param weight ω of the rater, 0 to 1
 */
export function nextRating(rating: number, score: number, weight: number): number {
  const gain = (ratingDamping(rating) * weight) / RATING_MEMORY;
  return rating + gain * (score - rating);
}

/**
 * ω of a rater: its credibility as a share of the highest, at least `minWeight`, so that a
 * completed session always counts a little (our own addition; the paper lets a new vehicle have no
 * say).
 * @param credibility R_v before the session
 */
export function raterWeight(
  credibility: number,
  { maxCredibility, minWeight }: { readonly maxCredibility: number; readonly minWeight: number },
): number {
  const share = Math.min(Math.max(credibility, 0), maxCredibility) / maxCredibility;
  return Math.max(minWeight, share);
}

/** The rating after each of `scores`, all given with one weight. */
export function ratingPath(
  start: number,
  scores: readonly number[],
  weight: number,
): readonly number[] {
  let rating = start;
  return scores.map((score) => (rating = nextRating(rating, score, weight)));
}
