import { expect } from "chai";
import fc from "fast-check";
import {
  assertWithin,
  at,
  joinNumbers,
  splitNumbers,
} from "../../../../../offchain/core/primitives/proofs/proofBytes.ts";
import { refusal } from "../../../../support/primitives/draws.ts";

describe("proofs as bytes", () => {
  it("carries numbers through bytes of fixed widths", () => {
    const pair = fc
      .integer({ min: 0, max: 12 })
      .chain((width) =>
        fc.record({
          width: fc.constant(width),
          number: fc.bigInt({ min: 0n, max: (1n << BigInt(8 * width)) - 1n }),
        }),
      )
      .filter(({ width }) => width > 0);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const widths = pairs.map(({ width }) => width);
        const numbers = pairs.map(({ number }) => number);
        expect(splitNumbers(joinNumbers(numbers, widths), widths)).to.deep.equal(numbers);
      }),
      { numRuns: 100, seed: 31 },
    );
  });

  it("refuses bytes that are missing and bytes left over", () => {
    const widths = [2, 3];
    for (const length of [0, 2, 4, 6, 10]) {
      expect(
        refusal(() => splitNumbers(new Uint8Array(length), widths)),
        `${length}`,
      ).to.equal("ProofError E_PROOF_LENGTH");
    }
    expect(splitNumbers(new Uint8Array(5), widths)).to.deep.equal([0n, 0n]);
  });

  it("refuses a number that is longer than its width, or has none", () => {
    expect(refusal(() => joinNumbers([256n], [1]))).to.equal("BytesError E_WIDTH");
    expect(refusal(() => joinNumbers([1n, 1n], [1]))).to.equal("BytesError E_WIDTH");
  });

  it("takes a range to include its minimum and not its bound", () => {
    const outcome = (value: bigint) =>
      refusal(() => {
        assertWithin("test", value, 1n, 5n);
      });
    expect([1n, 4n].map(outcome)).to.deep.equal(["accepted", "accepted"]);
    expect([-1n, 0n, 5n].map(outcome)).to.deep.equal(
      Array.from({ length: 3 }, () => "ProofError E_PROOF_RANGE"),
    );
  });

  it("refuses to read past the end of a list", () => {
    expect(at([7n], 0)).to.equal(7n);
    expect(refusal(() => at([7n], 1))).to.equal("ProofError E_PROOF_LENGTH");
  });
});
