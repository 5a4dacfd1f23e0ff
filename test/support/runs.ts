/**
 * How often a property is tried: seldom in every run of the suite, often in `npm run deep:unit`.
 */
export function runs(usual: number, deep: number): number {
  return process.env.DEEP === "1" ? deep : usual;
}
