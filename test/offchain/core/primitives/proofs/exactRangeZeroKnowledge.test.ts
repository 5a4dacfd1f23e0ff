/**
 * What a proof shows: nothing. Every number in it has to be distributed alike for the smallest and
 * the largest value of a field; a proof whose masks are as short as the challenge allows is the
 * straw man that the same test catches.
 */
import { expect } from "chai";
import { blindingBits } from "../../../../../offchain/core/primitives/proofs/commitmentKey.ts";
import { canonicalRoot } from "../../../../../offchain/core/primitives/proofs/equations.ts";
import type { ExactRangeProof } from "../../../../../offchain/core/primitives/proofs/exactRange.ts";
import { proveExactRange } from "../../../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { at } from "../../../../../offchain/core/primitives/proofs/proofBytes.ts";
import { randomBits } from "../../../../../offchain/core/primitives/random.ts";
import { counterRng, smallKey } from "../../../../support/primitives/draws.ts";
import {
  chiSquare,
  chiSquareLimit,
  histogram,
  randomnessKinds,
  recordOf,
  SINGLE,
  smallCommitmentKey,
} from "../../../../support/primitives/provenRecords.ts";

const RUNS = 300;
const CELLS = 8;
const FIELD_BITS = 16;

describe("what the proof of exact ranges shows", () => {
  const { publicKey } = smallKey();
  const { n, nSquared } = publicKey;
  const key = smallCommitmentKey();
  const rng = counterRng("zero knowledge");
  const maskBound = 1n << BigInt(FIELD_BITS + 128 + 80);
  const blindingBound = 1n << BigInt(blindingBits(key) + 128 + 80);
  /** Its answers to a challenge e must look like masks: uniform below the mask's bound. */
  const numbers: Readonly<Record<string, readonly [(proof: ExactRangeProof) => bigint, bigint]>> = {
    "the answer for the value": [({ answers }) => at(answers, 0), maskBound],
    "the answer for the first root": [({ answers }) => at(answers, 1), maskBound],
    "the answer for the second root": [({ answers }) => at(answers, 2), maskBound],
    "the answer for the third root": [({ answers }) => at(answers, 3), maskBound],
    "the blinding of the values": [({ valueBlinding }) => valueBlinding, blindingBound],
    "the blinding of the relation": [({ relationBlinding }) => relationBlinding, blindingBound],
    "the commitment to the values": [({ valueCommitment }) => valueCommitment, key.modulus],
    "the commitment to the masks": [({ maskCommitment }) => maskCommitment, key.modulus],
    "the commitment to the slope": [({ slopeCommitment }) => slopeCommitment, key.modulus],
    "the commitment to the constant": [({ constantCommitment }) => constantCommitment, key.modulus],
    "the announcement": [({ announcement }) => announcement, nSquared],
  };

  for (const [kind, randomness] of Object.entries(randomnessKinds())) {
    describe(`with ${kind} randomness`, () => {
      const proofs = new Map<bigint, readonly ExactRangeProof[]>();

      before(() => {
        for (const value of [0n, 65535n]) {
          const { statement, witness } = recordOf(SINGLE, [value], randomness, rng);
          const made = Array.from({ length: RUNS }, () => proveExactRange(statement, witness, rng));
          proofs.set(value, made);
        }
      });

      for (const [name, [field, bound]] of Object.entries(numbers)) {
        it(`has ${name} uniform, whichever the value`, () => {
          expect(proofs.size).to.equal(2);
          for (const made of proofs.values()) {
            expect(chiSquare(histogram(made.map(field), bound, CELLS))).to.be.below(
              chiSquareLimit(CELLS),
            );
          }
        });
      }
    });
  }

  it("has the root of uniform randomness uniform below n/2", () => {
    const { uniform } = randomnessKinds();
    const { statement, witness } = recordOf(SINGLE, [65535n], uniform, rng);
    const roots = Array.from(
      { length: RUNS },
      () => proveExactRange(statement, witness, rng).randomnessAnswer,
    );
    expect(chiSquare(histogram(roots, n / 2n + 1n, CELLS))).to.be.below(chiSquareLimit(CELLS));
    expect(roots.every((root) => canonicalRoot(publicKey, root) === root)).to.equal(true);
  });

  it("has the answer of short randomness uniform below its mask's bound", () => {
    const { short } = randomnessKinds();
    const { statement, witness } = recordOf(SINGLE, [65535n], short, rng);
    const bound = 1n << BigInt(256 + 128 + 1 + 128 + 80);
    const answers = Array.from(
      { length: RUNS },
      () => proveExactRange(statement, witness, rng).randomnessAnswer,
    );
    expect(chiSquare(histogram(answers, bound, CELLS))).to.be.below(chiSquareLimit(CELLS));
  });

  it("would show the value if masks were only as long as challenge and value", () => {
    const shortBound = 1n << BigInt(FIELD_BITS + 128);
    const answersFor = (value: bigint) =>
      Array.from({ length: RUNS }, () => {
        const z = randomBits(rng, FIELD_BITS + 128) + randomBits(rng, 128) * value;
        return z < 2n * shortBound ? z : 2n * shortBound - 1n;
      });
    expect(chiSquare(histogram(answersFor(0n), shortBound, CELLS))).to.be.below(
      chiSquareLimit(CELLS),
    );
    expect(chiSquare(histogram(answersFor(65535n), 2n * shortBound, CELLS))).to.be.above(
      chiSquareLimit(CELLS),
    );
  });
});
