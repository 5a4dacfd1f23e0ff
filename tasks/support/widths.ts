/** The most that numbers of the command line can be: as wide as on chain. */

/** An amount of money, in token units. */
export const MOST_UNITS = (1n << 128n) - 1n;
/** An amount of energy. */
export const MOST_WH = (1n << 64n) - 1n;
