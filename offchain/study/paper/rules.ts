/**
 * Whom the paper's cloud matches, section 3.5: which sellers stay (distance, needs, prices of
 * needs) and the index W that ranks them, equation (20). The smallest W wins.
 *
 *   d = √(dx² + dy²) < d_max        a^t = 2 and d^t > 0 for every feature t        W = d·w_d + dr·w_r + Σ d^t·w^t
 *
 * Both inequalities are strict: the paper says "<" and ">" and leaves equality open, which is read
 * as no match. Taken literally the rule drops a seller over a feature that neither side cares for
 * (M1, M2); the lenient rule looks at the features alone that the buyer needs, for which the cloud
 * has to know them, since a sum of 1 does not say whose 1 it is. Under both the base price is not
 * bounded, and of two sellers alike the dearer one wins (M3); metres and money are added (M4). The
 * product decides by another rule.
 */
import type { PaperPair } from "./paperRecords.ts";

/** What the cloud opens of a buyer's record by itself, once. */
export interface PaperBuyerView {
  readonly maxDistanceM: number;
  readonly distanceWeight: number;
  readonly priceWeight: number;
  readonly featureWeights: readonly number[];
  /** α_i^t as far as the rule opens them: none or all. */
  readonly needs: readonly number[];
}

export interface PaperRule {
  readonly name: "literal" | "lenient";
  /** Those of a buyer's needs that the cloud opens beside the sums. */
  readonly needsOpened: <T>(needs: readonly T[]) => readonly T[];
  /** W of a pair, null if the seller does not stay. Run by the cloud. */
  readonly score: (buyer: PaperBuyerView, pair: PaperPair<number>) => number | null;
}

type Counts = (buyer: PaperBuyerView, feature: number) => boolean;

/** The rule as printed: every feature counts. */
export const literalRule: PaperRule = Object.freeze<PaperRule>({
  name: "literal",
  needsOpened: () => [],
  score: scoreOver(() => true),
});

/**
 * Our own repair of M1 and M2, for figures that need matches: what the buyer does not need does not
 * count.
 */
export const lenientRule: PaperRule = Object.freeze<PaperRule>({
  name: "lenient",
  needsOpened: (needs) => needs,
  score: scoreOver(({ needs }, feature) => needs[feature] !== 0),
});

/** d_ij in metres, equation (19). */
export function paperDistanceM({ dxM, dyM }: Pick<PaperPair<number>, "dxM" | "dyM">): number {
  return Math.sqrt(dxM * dxM + dyM * dyM);
}

function scoreOver(counts: Counts): PaperRule["score"] {
  return (buyer, pair) => {
    const distanceM = paperDistanceM(pair);
    if (!(distanceM < buyer.maxDistanceM)) return null;
    let score = distanceM * buyer.distanceWeight + pair.dPricePerKwh * buyer.priceWeight;
    for (const [t, { sum, dPricePerKwh }] of pair.features.entries()) {
      if (!counts(buyer, t)) continue;
      if (sum !== 2 || !(dPricePerKwh > 0)) return null;
      score += dPricePerKwh * (buyer.featureWeights[t] ?? 0);
    }
    return score;
  };
}
