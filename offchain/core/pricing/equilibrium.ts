/**
 * Whether prices are where nobody wants to be elsewhere. Prices are an ε-Nash equilibrium if no
 * bidder alone could gain more than ε by another price, the others staying where they are. Best
 * responses with decrement Δ end in one with ε = Δ.
 */
import { effectiveCost, effectivePrice, type Bidder } from "./bidder.ts";
import type { PricePath } from "./pricePath.ts";

/**
 * The most that any bidder could gain by another price between 0 and its start price, in token
 * units per kWh. Ties go to whoever would gain by them: the answer is an upper bound for every rule
 * that breaks them.
 */
export function largestGain(
  bidders: readonly Bidder[],
  { prices, leader }: Pick<PricePath, "prices" | "leader">,
): bigint {
  const gains = bidders.map((bidder, index) => {
    const price = prices[index] ?? bidder.startPricePerKwh;
    const now = index === leader ? price - bidder.costPerKwh : 0n;
    return bestPayoff(bidder, lowestOfOthers(bidders, prices, index)) - now;
  });
  return gains.reduce((most, gain) => (gain > most ? gain : most), 0n);
}

/**
 * The effective price at which best responses end, up to one decrement; null with fewer than two
 * bidders.
 */
export function secondLowestEffectiveCost(bidders: readonly Bidder[]): bigint | null {
  const costs = bidders.map(effectiveCost).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return costs[1] ?? null;
}

/**
 * What a bidder could get at best against the lowest effective price of the others; 0 by losing.
 */
function bestPayoff(bidder: Bidder, others: bigint | null): bigint {
  const { startPricePerKwh, advantage, costPerKwh } = bidder;
  const highest =
    others === null || others + advantage > startPricePerKwh
      ? startPricePerKwh
      : others + advantage;
  const payoff = highest - costPerKwh;
  return highest >= 0n && payoff > 0n ? payoff : 0n;
}

function lowestOfOthers(
  bidders: readonly Bidder[],
  prices: readonly bigint[],
  index: number,
): bigint | null {
  return bidders.reduce<bigint | null>((least, other, j) => {
    if (j === index) return least;
    const effective = effectivePrice(other, prices[j] ?? other.startPricePerKwh);
    return least === null || effective < least ? effective : least;
  }, null);
}
