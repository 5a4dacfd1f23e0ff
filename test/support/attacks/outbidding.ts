/**
 * The attacker who does not break anything: a seller that tries, round by round, how much it can
 * ask and still win. Where price is rewarded or not bounded, it finds out.
 */

/** The highest of the prices at which `wins` says yes; null if it never wins. */
export async function highestWinningAsk(
  pricesPerKwh: readonly number[],
  wins: (pricePerKwh: number) => boolean | Promise<boolean>,
): Promise<number | null> {
  for (const pricePerKwh of pricesPerKwh.toSorted((a, b) => b - a)) {
    if (await wins(pricePerKwh)) return pricePerKwh;
  }
  return null;
}
