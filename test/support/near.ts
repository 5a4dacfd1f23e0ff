/**
 * Nearness of fractions. Hardhat's matchers replace chai's own by one for whole numbers, for all
 * tests of a run.
 */
import { expect } from "chai";

/** |actual − expected| ≤ tolerance */
export function expectNear(actual: number, expected: number, tolerance: number, what = ""): void {
  const label = `${what} ${actual} is near ${expected}`.trim();
  expect(Math.abs(actual - expected), label).to.be.at.most(tolerance);
}
