/**
 * Why the proof of exact ranges is made as it is: what a cheating prover does to proofs that lack
 * one of its parts, and that only who knows the factors of the commitment modulus can do the same
 * to it.
 */
import { expect } from "chai";
import { modInv, toZn } from "bigint-crypto-utils";
import { powMod } from "../../../../../offchain/core/primitives/modexp.ts";
import { decrypt } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  type Ciphertext,
  encryptWithRandomness,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import {
  blindingBits,
  commitTo,
} from "../../../../../offchain/core/primitives/proofs/commitmentKey.ts";
import {
  assertExactRange,
  exactRangeChallenge,
  type ExactRangeProof,
  type ExactRangeStatement,
  recordWeights,
  valueExponents,
  valuesTranscript,
} from "../../../../../offchain/core/primitives/proofs/exactRange.ts";
import { proveCommitted } from "../../../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { at } from "../../../../../offchain/core/primitives/proofs/proofBytes.ts";
import {
  spanOf,
  weightedPlaintext,
  weightedRelations,
} from "../../../../../offchain/core/primitives/proofs/recordForm.ts";
import { threeSquares } from "../../../../../offchain/core/primitives/proofs/threeSquares.ts";
import {
  absorbNumbers,
  challenge,
  openTranscript,
} from "../../../../../offchain/core/primitives/proofs/transcript.ts";
import { randomBits, randomUnit } from "../../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey } from "../../../../support/primitives/draws.ts";
import {
  CONTEXT,
  DEALT_P,
  DEALT_Q,
  randomnessKinds,
  SINGLE,
  smallCommitmentKey,
} from "../../../../support/primitives/provenRecords.ts";

const FIELD_BITS = 16;
const ANSWER_BITS = FIELD_BITS + 128 + 80 + 1;

/** The straw man: A = (1+n)^w·ω^n, z = w + e·m short, and nothing that makes m an integer. */
interface ShortAnswer {
  readonly announcement: bigint;
  readonly answer: bigint;
  readonly root: bigint;
}

function shortAnswerChallenge({ publicKey, value }: Ciphertext, announcement: bigint): bigint {
  const opened = openTranscript("straw-man", publicKey, CONTEXT);
  return challenge(absorbNumbers(opened, publicKey.ciphertextBytes, value, announcement));
}

function acceptsShortAnswer(ciphertext: Ciphertext, proof: ShortAnswer): boolean {
  const { n, nSquared } = ciphertext.publicKey;
  const e = shortAnswerChallenge(ciphertext, proof.announcement);
  const left = (proof.announcement * powMod(ciphertext.value, e, nSquared)) % nSquared;
  const right = ((1n + proof.answer * n) * powMod(proof.root, n, nSquared)) % nSquared;
  return proof.answer >= 0n && proof.answer >> BigInt(ANSWER_BITS) === 0n && left === right;
}

describe("soundness of the proof of exact ranges", () => {
  const privateKey = smallKey();
  const { publicKey } = privateKey;
  const { n, nSquared } = publicKey;
  const { uniform } = randomnessKinds();
  const commitmentKey = smallCommitmentKey();
  const rng = counterRng("soundness");
  const field = at(SINGLE.fields, 0);
  const rho = randomUnit(rng, n);
  const third = modInv(3n, n);
  const verdict = (statement: ExactRangeStatement, proof: ExactRangeProof) =>
    refusal(() => {
      assertExactRange(statement, proof);
    });
  const statementOf = (ciphertext: Ciphertext): ExactRangeStatement => ({
    form: SINGLE,
    ciphertexts: [ciphertext],
    randomness: uniform,
    commitmentKey,
    context: CONTEXT,
  });

  /** z = w + (e/denominator)·numerator, tried until the denominator divides the challenge. */
  const answerShortly = (
    ciphertext: Ciphertext,
    numerator: bigint,
    denominator: bigint,
  ): ShortAnswer => {
    for (;;) {
      const mask = randomBits(rng, ANSWER_BITS - 1);
      const omega = randomUnit(rng, n);
      const announcement = ((1n + mask * n) * powMod(omega, n, nSquared)) % nSquared;
      const e = shortAnswerChallenge(ciphertext, announcement);
      if (e % denominator !== 0n) continue;
      const answer = mask + (e / denominator) * numerator;
      return { announcement, answer, root: (omega * powMod(rho, e, n)) % n };
    }
  };

  describe("a short answer without a commitment", () => {
    it("convinces of a number in the range", () => {
      const ciphertext = encryptWithRandomness(publicKey, 500n, rho);
      expect(acceptsShortAnswer(ciphertext, answerShortly(ciphertext, 500n, 1n))).to.equal(true);
    });

    it("does not convince of a large integer", () => {
      const ciphertext = encryptWithRandomness(publicKey, 1n << 300n, rho);
      expect(acceptsShortAnswer(ciphertext, answerShortly(ciphertext, 1n << 300n, 1n))).to.equal(
        false,
      );
    });

    it("convinces of 1/3, 2/5 and 1/64, which are enormous", () => {
      for (const [numerator, denominator] of [
        [1n, 3n],
        [2n, 5n],
        [1n, 64n],
      ] as const) {
        const plaintext = toZn(numerator * modInv(denominator, n), n);
        const ciphertext = encryptWithRandomness(publicKey, plaintext, rho);
        const proof = answerShortly(ciphertext, numerator, denominator);
        expect(acceptsShortAnswer(ciphertext, proof)).to.equal(true);
        const opened = decrypt(privateKey, ciphertext);
        expect(opened < n - opened ? opened : n - opened).to.be.at.least(1n << 500n);
      }
    });

    it("convinces of −5 and of a bit of 2: that is its slack", () => {
      for (const value of [-5n, 2n, 70_000n]) {
        const ciphertext = encryptWithRandomness(publicKey, toZn(value, n), rho);
        expect(acceptsShortAnswer(ciphertext, answerShortly(ciphertext, value, 1n))).to.equal(true);
      }
    });
  });

  describe("with the commitment", () => {
    it("nobody proves 1/3 by integers, nor by residues modulo n", () => {
      const statement = statementOf(encryptWithRandomness(publicKey, third, rho));
      for (const y of [0n, 1n, 3n, 21845n, third, third - n]) {
        const proof = proveCommitted(statement, [y, 1n, 0n, 0n], [rho], rng);
        expect(verdict(statement, proof), `${y}`).to.not.equal("accepted");
      }
    });

    it("nobody proves 1/3 by answering for the ciphertext with other integers than committed", () => {
      const statement = statementOf(encryptWithRandomness(publicKey, third, rho));
      for (let run = 0; run < 6; run++) {
        const proof = proveCommitted(statement, [0n, 1n, 0n, 0n], [rho], rng);
        const opened = valuesTranscript(statement, proof.valueCommitment);
        const e = exactRangeChallenge(statement, opened, proof);
        const answers = proof.answers.map((z, i) => (i === 0 ? z + e / 3n : z));
        expect(verdict(statement, { ...proof, answers })).to.equal("ProofError E_PROOF_EQUATION");
      }
    });

    it("only who knows the factors of the modulus proves 1/3, so they have to be forgotten", () => {
      const statement = statementOf(encryptWithRandomness(publicKey, third, rho));
      const order = ((DEALT_P - 1n) / 2n) * ((DEALT_Q - 1n) / 2n);
      const proof = proveThird(statement, order);
      expect(verdict(statement, proof)).to.equal("accepted");
      expect(decrypt(privateKey, at(statement.ciphertexts, 0))).to.equal(third);

      const guessed = proveThird(statement, order + 4n);
      expect(verdict(statement, guessed)).to.equal("ProofError E_PROOF_EQUATION");
    });
  });

  /**
   * The proof for y = 1/3 with a = a′/3 …, 4·y·(B − y) + 1 = (12·B + 5)/9: exponents are divided by
   * 3 modulo the order of the group, answers are integers as soon as 3 divides the challenge.
   */
  function proveThird(statement: ExactRangeStatement, order: bigint): ExactRangeProof {
    const { form } = statement;
    const inverse = modInv(3n, order);
    const thirds = [1n, ...threeSquares(12n * spanOf(field) + 5n)];
    const exponents = thirds.map((numerator) => (numerator * inverse) % order);
    const hiding = blindingBits(commitmentKey);
    const blinding = randomBits(rng, hiding);
    const valueCommitment = commitTo(commitmentKey, valueExponents(blinding, exponents));
    const opened = valuesTranscript(statement, valueCommitment);
    const weights = recordWeights(statement, opened);
    for (;;) {
      const masks = thirds.map(() => randomBits(rng, ANSWER_BITS - 1));
      const atThree = masks.map((mask, i) => mask + at(thirds, i));
      const constant = weightedRelations(form, weights.relations, masks, 0n);
      const slopeThirds = weightedRelations(form, weights.relations, atThree, 3n) - constant;
      const slope = toZn(slopeThirds * inverse, order);
      const omega = randomUnit(rng, n);
      const mask = weightedPlaintext(form, weights.ciphertexts, masks, 0n);
      const said = {
        maskCommitment: commitTo(commitmentKey, valueExponents(1n, masks)),
        slopeCommitment: commitTo(commitmentKey, [1n, slope]),
        constantCommitment: commitTo(commitmentKey, [1n, constant]),
        announcement: ((1n + toZn(mask, n) * n) * uniform.zero(omega)) % nSquared,
      };
      const e = exactRangeChallenge(statement, opened, said);
      if (e % 3n !== 0n) continue;
      return {
        valueCommitment,
        ...said,
        answers: masks.map((w, i) => w + (e / 3n) * at(thirds, i)),
        valueBlinding: 1n + e * blinding,
        relationBlinding: 1n + e,
        randomnessAnswer: uniform.answer(omega, [rho], weights.ciphertexts, e),
      };
    }
  }
});
