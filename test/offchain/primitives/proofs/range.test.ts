import { expect } from "chai";
import fc from "fast-check";
import {
  addPlain,
  encryptWithRandomness,
} from "../../../../offchain/primitives/paillier/publicKey.ts";
import {
  assertRange,
  proveRange,
  type RangeProof,
  rangeProofBytes,
  rangeProofFromBytes,
  rangeProofToBytes,
} from "../../../../offchain/primitives/proofs/range.ts";
import { randomUnit } from "../../../../offchain/primitives/random.ts";
import { counterRng, refusal, smallKey } from "../support.ts";
import { CONTEXT, contextOf, FALSE_NUMBERS, flipped } from "./records.ts";

const EQUATION = "ProofError E_PROOF_EQUATION";

describe("range proof bit by bit", () => {
  const { publicKey, p } = smallKey();
  const { n } = publicKey;
  const rng = counterRng("range");
  const rho = randomUnit(rng, n);
  const statementOf = (plaintext: bigint, bits: number) => ({
    ciphertext: encryptWithRandomness(publicKey, plaintext, rho),
    bits,
    context: CONTEXT,
  });
  const statement = statementOf(11n, 4);
  const proof = proveRange(statement, 11n, rho, rng);
  const verdict = (candidate: RangeProof, about = statement) =>
    refusal(() => {
      assertRange(about, candidate);
    });

  it("convinces of every number in the range", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(), (bits, raw) => {
        const plaintext = BigInt(raw) % (1n << BigInt(bits));
        const own = statementOf(plaintext, bits);
        expect(verdict(proveRange(own, plaintext, rho, rng), own)).to.equal("accepted");
      }),
      { numRuns: 12, seed: 35 },
    );
    for (const plaintext of [0n, 15n]) {
      const own = statementOf(plaintext, 4);
      expect(verdict(proveRange(own, plaintext, rho, rng), own)).to.equal("accepted");
    }
  });

  it("is not made for a number outside", () => {
    for (const plaintext of [16n, -1n, -5n, n - 1n]) {
      expect(refusal(() => proveRange(statement, plaintext, rho, rng))).to.equal(
        "ProofError E_PROOF_WITNESS",
      );
    }
  });

  it("does not convince of a number outside, however its bits are chosen", () => {
    for (const plaintext of [16n, 17n, n - 1n, n - 5n]) {
      const own = statementOf(plaintext, 4);
      for (const pretended of [0n, 1n, 15n]) {
        expect(verdict(proveRange(own, pretended, rho, rng), own)).to.equal(EQUATION);
      }
    }
  });

  it("does not convince of the neighbour of its number", () => {
    const own = { ...statement, ciphertext: addPlain(statement.ciphertext, 1n) };
    expect(verdict(proof, own)).to.equal(EQUATION);
  });

  it("counts for its scope and prover alone", () => {
    for (const context of [contextOf("scope 2", "prover 1"), contextOf("scope 1", "prover 2")]) {
      expect(verdict(proof, { ...statement, context })).to.equal(EQUATION);
    }
  });

  it("refuses bits in another order or number", () => {
    const { bitCiphertexts, bitProofs } = proof;
    const reversed = {
      ...proof,
      bitCiphertexts: bitCiphertexts.toReversed(),
      bitProofs: bitProofs.toReversed(),
    };
    expect(verdict(reversed)).to.equal(EQUATION);
    for (const bits of [3, 5]) {
      expect(verdict(proof, { ...statement, bits })).to.equal("ProofError E_PROOF_LENGTH");
    }
    for (const shorter of [
      { bitProofs: bitProofs.slice(1) },
      { bitCiphertexts: bitCiphertexts.slice(1) },
    ]) {
      expect(verdict({ ...proof, ...shorter })).to.equal("ProofError E_PROOF_LENGTH");
    }
  });

  it("refuses a bit's ciphertext that is none", () => {
    const withFirst = (value: bigint) => ({
      ...proof,
      bitCiphertexts: [value, ...proof.bitCiphertexts.slice(1)],
    });
    expect(verdict(withFirst(0n))).to.equal("PaillierError E_CIPHERTEXT_RANGE");
    expect(verdict(withFirst(p))).to.equal("PaillierError E_CIPHERTEXT_UNIT");
  });

  it("refuses widths that mean nothing", () => {
    for (const bits of [0, -1, 1.5, publicKey.bits]) {
      expect(refusal(() => proveRange({ ...statement, bits }, 0n, rho, rng))).to.equal(
        "ProofError E_PROOF_STATEMENT",
      );
      expect(verdict(proof, { ...statement, bits })).to.equal("ProofError E_PROOF_STATEMENT");
    }
  });

  it("is refused with a bit flipped in any number", () => {
    const bytes = rangeProofToBytes(publicKey, proof);
    expect(bytes.length).to.equal(rangeProofBytes(publicKey, 4));
    const outcomes = [...FALSE_NUMBERS, "PaillierError E_CIPHERTEXT_UNIT"];
    for (let position = 15; position < bytes.length; position += 16) {
      const altered = rangeProofFromBytes(publicKey, 4, flipped(bytes, position));
      expect(verdict(altered), `byte ${position}`).to.be.oneOf(outcomes);
    }
  });

  it("comes back from its bytes, and from no others", () => {
    const bytes = rangeProofToBytes(publicKey, proof);
    expect(rangeProofFromBytes(publicKey, 4, bytes)).to.deep.equal(proof);
    for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
      expect(refusal(() => rangeProofFromBytes(publicKey, 4, wrong))).to.equal(
        "ProofError E_PROOF_LENGTH",
      );
    }
    expect(refusal(() => rangeProofFromBytes(publicKey, 5, bytes))).to.equal(
      "ProofError E_PROOF_LENGTH",
    );
  });
});
