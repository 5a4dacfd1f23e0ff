import { expect } from "chai";
import fc from "fast-check";
import {
  add,
  encryptWithRandomness,
  rerandomise,
  scale,
} from "../../../../offchain/primitives/paillier/publicKey.ts";
import { canonicalRoot } from "../../../../offchain/primitives/proofs/equations.ts";
import {
  assertSquareSum,
  proveSquareSum,
  squareClaim,
  type SquareProof,
  squareProofFromBytes,
  squareProofToBytes,
  type SquareStatement,
  type SquareWitness,
} from "../../../../offchain/primitives/proofs/square.ts";
import {
  absorbNumbers,
  challenge,
  openTranscript,
} from "../../../../offchain/primitives/proofs/transcript.ts";
import { randomBelow, randomUnit } from "../../../../offchain/primitives/random.ts";
import { counterRng, refusal, smallKey, toyKey } from "../support.ts";
import { CONTEXT, contextOf, FALSE_NUMBERS, flipped } from "./records.ts";

const EQUATION = "ProofError E_PROOF_EQUATION";
const RANGE = "ProofError E_PROOF_RANGE";

describe("proof of a sum of squares", () => {
  const { publicKey } = smallKey();
  const { n, nSquared } = publicKey;
  const rng = counterRng("square");
  const hide = (plaintext: bigint, rho: bigint) => encryptWithRandomness(publicKey, plaintext, rho);
  const caseOf = (
    plaintexts: readonly bigint[],
    sum: bigint,
  ): { statement: SquareStatement; witness: SquareWitness } => {
    const termRhos = plaintexts.map(() => randomUnit(rng, n));
    const sumRho = randomUnit(rng, n);
    const terms = plaintexts.map((x, i) => hide(x, termRhos[i] ?? 1n));
    return {
      statement: { sum: hide(sum, sumRho), terms, context: CONTEXT },
      witness: { plaintexts, termRhos, sumRho },
    };
  };
  const { statement, witness } = caseOf([300n, 400n], 250_000n);
  const proof = proveSquareSum(statement, witness, rng);
  const verdict = (candidate: SquareProof, about = statement) =>
    refusal(() => {
      assertSquareSum(about, candidate);
    });

  it("convinces of every sum of squares, modulo n", () => {
    const plaintexts = fc.array(fc.bigInt({ min: 0n, max: n - 1n }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(plaintexts, (xs) => {
        const sum = xs.reduce((total, x) => total + x * x, 0n) % n;
        const own = caseOf(xs, sum);
        expect(verdict(proveSquareSum(own.statement, own.witness, rng), own.statement)).to.equal(
          "accepted",
        );
      }),
      { numRuns: 15, seed: 36 },
    );
  });

  it("convinces of the ends of the range", () => {
    for (const [xs, sum] of [
      [[0n, 0n], 0n],
      [[n - 1n, 0n], 1n],
      [[n - 300n, 400n], 250_000n],
      [[1n], 1n],
    ] as const) {
      const own = caseOf(xs, sum);
      expect(verdict(proveSquareSum(own.statement, own.witness, rng), own.statement)).to.equal(
        "accepted",
      );
    }
  });

  it("does not convince of another sum, nor of other terms than it has", () => {
    for (const sum of [249_999n, 250_001n, 700n, 0n]) {
      const own = caseOf([300n, 400n], sum);
      expect(verdict(proveSquareSum(own.statement, own.witness, rng), own.statement)).to.equal(
        EQUATION,
      );
    }
    const lying = { ...witness, plaintexts: [400n, 300n] };
    expect(verdict(proveSquareSum(statement, lying, rng))).to.equal(EQUATION);
  });

  it("does not convince of another sum by a proof made backwards, from a challenge chosen before", () => {
    const own = caseOf([300n], 7n).statement;
    const { sum } = own;
    const [term] = own.terms;
    if (term === undefined) throw new RangeError("expected a term");
    const opened = openTranscript("square", publicKey, CONTEXT);
    const heard = [sum.value, term.value, 1n, 1n];
    const early = challenge(absorbNumbers(opened, publicKey.ciphertextBytes, ...heard));
    for (const e of [0n, 1n, early]) {
      const z = randomBelow(rng, n);
      const root = () => canonicalRoot(publicKey, randomUnit(rng, n));
      const [termRoot, sumRoot] = [root(), root()];
      const announcement = add(hide(z, termRoot), scale(term, -e));
      const products = [hide(0n, sumRoot), scale(sum, -e), scale(term, z - n)];
      const forged = {
        termAnnouncements: [announcement.value],
        sumAnnouncement: products.reduce((a, b) => add(a, b)).value,
        responses: [z],
        termRoots: [termRoot],
        sumRoot,
      };
      expect(verdict(forged, own)).to.equal(EQUATION);
    }
  });

  it("counts for its ciphertexts, scope and prover alone", () => {
    const [x, y] = statement.terms;
    if (x === undefined || y === undefined) throw new RangeError("expected two terms");
    const replayed = [
      { ...statement, sum: rerandomise(statement.sum, rng) },
      { ...statement, terms: [rerandomise(x, rng), y] },
      { ...statement, terms: [y, x] },
      { ...statement, context: contextOf("scope 2", "prover 1") },
      { ...statement, context: contextOf("scope 1", "prover 2") },
    ];
    for (const other of replayed) expect(verdict(proof, other)).to.equal(EQUATION);
  });

  it("refuses numbers outside their ranges", () => {
    const first = <T>(list: readonly T[], value: T) => [value, ...list.slice(1)];
    for (const z of [-1n, n]) {
      expect(verdict({ ...proof, responses: first(proof.responses, z) })).to.equal(RANGE);
    }
    for (const a of [0n, nSquared]) {
      expect(verdict({ ...proof, sumAnnouncement: a })).to.equal(RANGE);
      const termAnnouncements = first(proof.termAnnouncements, a);
      expect(verdict({ ...proof, termAnnouncements })).to.equal(RANGE);
    }
    for (const root of [0n, n - 1n]) {
      expect(verdict({ ...proof, sumRoot: root })).to.equal(RANGE);
      expect(verdict({ ...proof, termRoots: first(proof.termRoots, root) })).to.equal(RANGE);
    }
  });

  it("is not made without terms, with another number of values or with values outside [0, n)", () => {
    const bare = { ...statement, terms: [] };
    expect(refusal(() => proveSquareSum(bare, witness, rng))).to.equal(
      "ProofError E_PROOF_STATEMENT",
    );
    expect(refusal(() => squareClaim(bare, proof))).to.equal("ProofError E_PROOF_STATEMENT");
    for (const plaintexts of [[300n], [300n, 400n, 0n], [-300n, 400n], [300n, n]]) {
      expect(refusal(() => proveSquareSum(statement, { ...witness, plaintexts }, rng))).to.equal(
        "ProofError E_PROOF_WITNESS",
      );
    }
  });

  it("refuses another number of terms, and terms of another key", () => {
    expect(verdict({ ...proof, responses: proof.responses.slice(1) })).to.equal(
      "ProofError E_PROOF_LENGTH",
    );
    const foreign = encryptWithRandomness(toyKey().publicKey, 1n, 2n);
    const mixed = { ...statement, terms: [...statement.terms.slice(1), foreign] };
    expect(verdict(proof, mixed)).to.equal("PaillierError E_KEY_MISMATCH");
  });

  it("is refused with a bit flipped in any number", () => {
    const bytes = squareProofToBytes(publicKey, proof);
    expect(bytes.length).to.equal(3 * 128 + 5 * 64);
    for (let position = 15; position < bytes.length; position += 16) {
      const altered = squareProofFromBytes(publicKey, 2, flipped(bytes, position));
      expect(verdict(altered), `byte ${position}`).to.be.oneOf(FALSE_NUMBERS);
    }
  });

  it("comes back from its bytes, and from no others", () => {
    const bytes = squareProofToBytes(publicKey, proof);
    expect(squareProofFromBytes(publicKey, 2, bytes)).to.deep.equal(proof);
    for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
      expect(refusal(() => squareProofFromBytes(publicKey, 2, wrong))).to.equal(
        "ProofError E_PROOF_LENGTH",
      );
    }
  });
});
