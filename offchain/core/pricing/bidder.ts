/**
 * A pile as a bidder for one request, and what it answers when somebody else leads. Its payoff is
 * price minus cost if it wins and nothing otherwise. As long as a price that goes below the lead by
 * the decrement covers the cost, bidding it is the best it can do; otherwise it stays where it is.
 * Who leads stays as well: a lower price would only cost it money.
 */

/** All amounts in token units per kWh. */
export interface Bidder {
  readonly name: string;
  /** What energy costs the pile itself, at least 0. */
  readonly costPerKwh: bigint;
  /** A: what the request gives it for power, quality and nearness. */
  readonly advantage: bigint;
  /** What it asks when nobody competes; it never asks more. */
  readonly startPricePerKwh: bigint;
}

/** e = B − A */
export function effectivePrice({ advantage }: Bidder, pricePerKwh: bigint): bigint {
  return pricePerKwh - advantage;
}

/** The lowest effective price that does not lose the pile money. */
export function effectiveCost(bidder: Bidder): bigint {
  return effectivePrice(bidder, bidder.costPerKwh);
}

/**
 * The price of the best response to a lead of somebody else; null to stay. Run by a pile.
 * @param leading the effective price to go below
 * @param decrement Δ, at least 1
 */
export function bestResponse(bidder: Bidder, leading: bigint, decrement: bigint): bigint | null {
  const price = leading - decrement + bidder.advantage;
  return price >= bidder.costPerKwh ? price : null;
}
