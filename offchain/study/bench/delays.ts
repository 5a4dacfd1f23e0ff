/** How long frames are on their way in the days of a bench, as it is asked for. */

/** More than a day of rounds bears. */
const LONGEST_MS = 1_000;

export class DelaysError extends Error {
  override readonly name = "DelaysError";
  readonly code = "E_DELAYS";
}

/**
 * Delays in ms, in the order in which they are named.
 * @param list numbers with commas between them, `0,1,10,50`
 * @throws DelaysError unless all are numbers from 0 to 1000
 */
export function delaysOf(list: string): readonly number[] {
  const delays = list.split(",").map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  if (delays.every((ms) => ms >= 0 && ms <= LONGEST_MS)) return delays;
  const expected = `expected numbers of ms from 0 to ${LONGEST_MS} with commas, like 0,1,10,50`;
  throw new DelaysError(`DELAYS_MS: ${expected}; got "${list}"`);
}
