/**
 * The published score of a pair. Everybody knows it; it says nothing about anybody. Smaller is
 * better.
 */

/** Weight of one square metre of distance. */
export const SCORE_PER_SQUARE_METRE = 1n;
/**
 * Weight of one token unit per kWh: one cent (10^4 units) weighs as much as 100 m of distance do
 * alone.
 */
export const SCORE_PER_PRICE_UNIT = 1n;

/** W = w_d·d² − w_r·(bid − ask): the paper's eq. (20) with the price's sign repaired. */
export function scoreOf(distanceSquared: bigint, priceMargin: bigint): bigint {
  return SCORE_PER_SQUARE_METRE * distanceSquared - SCORE_PER_PRICE_UNIT * priceMargin;
}
