/** What the chain says of somebody's reputation. */
import type { Connected } from "./connection.ts";
import type { Facts } from "./print.ts";

const WAD = 1e18;

/** Credibility as a vehicle, with the multiple of the deposit that it has to put down; rating as a pile. */
export async function reputationFacts({ market }: Connected, account: string): Promise<Facts> {
  const { reputation } = market.contracts;
  const [ratingWad, count] = await reputation.pileRatingOf(account);
  const credibility = await reputation.credibilityOf(account);
  const { threshold, probationFactor } = await reputation.parameters();
  return {
    account,
    credibility,
    credibilityThreshold: threshold,
    depositFactor: credibility < threshold ? null : credibility < 0n ? probationFactor : 1n,
    rating: (Number(ratingWad) / WAD).toFixed(6),
    ratings: count,
  };
}
