/** What the chain says of somebody's reputation. */
import type { Connected } from "./connection.ts";
import type { Facts } from "./print.ts";

const WAD = 1e18;

/** Credibility as a vehicle, rating as a pile. */
export async function reputationFacts({ market }: Connected, account: string): Promise<Facts> {
  const { reputation } = market.contracts;
  const [ratingWad, count] = await reputation.pileRatingOf(account);
  return {
    account,
    credibility: await reputation.credibilityOf(account),
    credibilityThreshold: await reputation.threshold(),
    rating: (Number(ratingWad) / WAD).toFixed(6),
    ratings: count,
  };
}
