/**
 * The score of a public bid in whole numbers, as the chain computes it
 * (`contracts/libraries/OpenScore.sol`).
 *
 *   U = w_p·(1 − B/p_max) + w_v·min(V/v_ref, 1) + w_q·R/3 + w_d·(1 − d/d_max)
 *
 * is linear in the price B. Divided by w_p/p_max it says how much dearer a bid may be than one that
 * has nothing but its price: the advantage A. What is compared is the effective price e = B − A,
 * and the lowest leads. The scales are the request's own and not those of the bids, so that a bid
 * never changes the order of two others (our own construction; He et al. leave the screening
 * function open).
 */
import type { ScoreRule } from "../messages/openAuction.ts";

const WAD = 10n ** 18n;
/** R is on the scale 0 to 3. */
const BEST_RATING = 3n;

/** What a bid has to offer beside its price. */
export interface Qualities {
  readonly powerW: bigint;
  /** R in 1e-18, 0 to 3e18. */
  readonly ratingWad: bigint;
  /** At most the rule's maximum. */
  readonly distanceM: bigint;
}

/** A in token units per kWh. Run by everybody who bids, or checks a bid. */
export function advantageDown(rule: ScoreRule, qualities: Qualities): bigint {
  const { referencePowerW, maxDistanceM } = rule;
  const { powerW, ratingWad, distanceM } = qualities;
  const counted = powerW < referencePowerW ? powerW : referencePowerW;
  const powerWad = (counted * WAD) / referencePowerW;
  const qualityWad = ratingWad / BEST_RATING;
  const nearnessWad = ((maxDistanceM - distanceM) * WAD) / maxDistanceM;
  const weighted =
    rule.powerBps * powerWad + rule.qualityBps * qualityWad + rule.distanceBps * nearnessWad;
  return (rule.maxPricePerKwh * weighted) / (rule.priceBps * WAD);
}

/** e in token units per kWh; may be negative. */
export function effectivePriceUp(
  rule: ScoreRule,
  pricePerKwh: bigint,
  qualities: Qualities,
): bigint {
  return pricePerKwh - advantageDown(rule, qualities);
}
