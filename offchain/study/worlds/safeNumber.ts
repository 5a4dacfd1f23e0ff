/** A whole number that JSON keeps exactly. @throws RangeError above 2^53 − 1 */
export function toSafeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`toSafeNumber: expected at most 2^53 - 1, got ${value}`);
  }
  return number;
}
