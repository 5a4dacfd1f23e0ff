/**
 * What a pile can offer and a request can need: part of the protocol, since every record of a round
 * has a field for each. A round key says how many there are; an order other than this one would
 * match people to what they did not ask for.
 */

/** In the order of a record's fields. */
export const FEATURES: readonly string[] = ["fast (22 kW or more)", "rapid (43 kW or more)"];

/** The least power, in W, with which a pile offers the feature of the same index. */
export const FEATURE_MIN_POWER_W: readonly number[] = [22_000, 43_000];

/** For each feature whether a pile of `powerW` W offers it. */
export function offersOf(powerW: number): readonly boolean[] {
  return FEATURE_MIN_POWER_W.map((least) => powerW >= least);
}

/**
 * The bids for features that are needed, or the asks for features that are offered: 0 for each,
 * null for the others. The price per kWh of the committed bid is all that a vehicle pays.
 */
export function atNoExtraCost(features: readonly boolean[]): readonly (bigint | null)[] {
  return features.map((has) => (has ? 0n : null));
}
