/** How a day is played where nobody asks for something else. */
export const DAY_DEFAULTS = {
  scenario: "town",
  /** Of every round's Paillier key. */
  keyBits: 3_072,
  slotHours: 3,
  /** Each hides among at least so many. */
  k: 5,
  /** At most one in so many of them is in the same cell. */
  l: 2,
  maxRounds: 6,
  /** Token units per kWh. */
  decrement: 50_000n,
} as const;
