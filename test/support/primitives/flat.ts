/** Whether counts look like those of equally likely outcomes. */

/** χ² of counts against equal ones: at most four standard deviations above its mean. */
export function expectFlat(counts: readonly number[], expect: Chai.ExpectStatic): void {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquared = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  const freedom = counts.length - 1;
  const tolerance = 4 * Math.sqrt(2 * freedom);
  expect(chiSquared, `χ² of ${counts.join(" ")}`).to.be.at.most(freedom + tolerance);
}
