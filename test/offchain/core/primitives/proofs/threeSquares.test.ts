import { expect } from "chai";
import fc from "fast-check";
import {
  squareRootDown,
  threeSquares,
} from "../../../../../offchain/core/primitives/proofs/threeSquares.ts";
import { refusal } from "../../../../support/primitives/draws.ts";

function sumOfSquares(value: bigint): bigint {
  return threeSquares(value).reduce((sum, root) => sum + root * root, 0n);
}

describe("three squares", () => {
  it("splits every number 4k + 1 up to 20,001", () => {
    for (let value = 1n; value <= 20_001n; value += 4n) {
      expect(sumOfSquares(value), `${value}`).to.equal(value);
    }
  });

  it("splits 4·y·(B − y) + 1 for every y of small intervals, with roots of at most B", () => {
    for (const span of [1n, 2n, 3n, 10n, 37n]) {
      for (let y = 0n; y <= span; y++) {
        const roots = threeSquares(4n * y * (span - y) + 1n);
        expect(sumOfSquares(4n * y * (span - y) + 1n)).to.equal(4n * y * (span - y) + 1n);
        expect(
          roots.every((root) => root >= 0n && root <= span),
          `${y} of ${span}`,
        ).to.equal(true);
      }
    }
    expect(sumOfSquares(1n)).to.equal(1n);
  });

  it("splits large numbers", () => {
    const bits = fc.integer({ min: 20, max: 200 });
    const value = bits.chain((size) => fc.bigInt({ min: 0n, max: 1n << BigInt(size) }));
    fc.assert(
      fc.property(value, (k) => {
        expect(sumOfSquares(4n * k + 1n)).to.equal(4n * k + 1n);
      }),
      { numRuns: 150, seed: 32 },
    );
    const widest = (1n << 544n) - 1n;
    for (const y of [0n, 1n, widest / 3n, widest / 2n, widest]) {
      const value = 4n * y * (widest - y) + 1n;
      expect(sumOfSquares(value)).to.equal(value);
    }
  });

  it("refuses numbers that are no such sum or not of the form", () => {
    for (const value of [-3n, -7n, 0n, 2n, 3n, 7n, 15n, 28n]) {
      expect(
        refusal(() => threeSquares(value)),
        `${value}`,
      ).to.equal("ProofError E_PROOF_WITNESS");
    }
  });

  it("refuses 4·y·(B − y) + 1 for every y beyond the interval", () => {
    for (const y of [-1n, -2n, 11n, 12n, 1000n]) {
      expect(refusal(() => threeSquares(4n * y * (10n - y) + 1n))).to.equal(
        "ProofError E_PROOF_WITNESS",
      );
    }
  });

  it("rounds square roots down", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 300n }), (value) => {
        const root = squareRootDown(value);
        expect(root * root <= value && (root + 1n) * (root + 1n) > value).to.equal(true);
      }),
      { numRuns: 200, seed: 33 },
    );
    expect([0n, 1n, 2n, 3n, 4n, 8n, 9n].map(squareRootDown)).to.deep.equal([
      0n,
      1n,
      1n,
      1n,
      2n,
      2n,
      3n,
    ]);
  });
});
