/**
 * What a pile answers in a sealed auction, where it knows neither the requests nor its advantage in
 * their eyes: only the reference price that the matcher has published, and from its own notice
 * whether it would be matched. Who would be, has no reason to move. Who would not goes below the
 * reference, or below itself if it is there already, as long as that covers its cost. For one
 * request whose bidders have the same advantage this is the best response. Our own construction.
 */

/** All amounts in token units per kWh, at least 0. */
export interface PileInRound {
  readonly pricePerKwh: bigint;
  readonly costPerKwh: bigint;
  /** From the pile's notice: matched, if the auction ended now. */
  readonly leads: boolean;
}

/**
 * The price of the next round's bid; null to let the standing bid stand. Run by a pile.
 * @param decrement by how much to go lower, at least 1
 */
export function roundResponse(
  { pricePerKwh, costPerKwh, leads }: PileInRound,
  referencePricePerKwh: bigint,
  decrement: bigint,
): bigint | null {
  if (leads) return null;
  const below = referencePricePerKwh < pricePerKwh ? referencePricePerKwh : pricePerKwh;
  const price = below - decrement;
  return price >= costPerKwh ? price : null;
}
