import { expect } from "chai";
import fc from "fast-check";
import { generatePrimeSync } from "node:crypto";
import { decrypt } from "../../../../../offchain/core/primitives/paillier/privateKey.ts";
import {
  addPlain,
  encryptWithRandomness,
  publicKeyFromModulus,
  rerandomise,
} from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { commitmentKeyFromModulus } from "../../../../../offchain/core/primitives/proofs/commitmentKey.ts";
import {
  assertExactRange,
  committedIntegers,
  exactRangeBytes,
  exactRangeChallenge,
  exactRangeClaim,
  exactRangeFromBytes,
  type ExactRangeProof,
  type ExactRangeStatement,
  exactRangeToBytes,
  recordWeights,
  valuesTranscript,
} from "../../../../../offchain/core/primitives/proofs/exactRange.ts";
import {
  encryptRecord,
  integersOf,
  proveCommitted,
  proveExactRange,
} from "../../../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import { at } from "../../../../../offchain/core/primitives/proofs/proofBytes.ts";
import {
  type RecordForm,
  separateFields,
} from "../../../../../offchain/core/primitives/proofs/recordForm.ts";
import { uniformRandomness } from "../../../../../offchain/core/primitives/proofs/recordRandomness.ts";
import { systemRng } from "../../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey, toyKey } from "../../../../support/primitives/draws.ts";
import {
  CONTEXT,
  contextOf,
  DEALT_P,
  FALSE_NUMBERS,
  flipped,
  PACKED,
  PACKED_VALUES,
  randomnessKinds,
  recordOf,
  SEPARATE,
  SEPARATE_VALUES,
  SINGLE,
  smallCommitmentKey,
  withField,
} from "../../../../support/primitives/provenRecords.ts";

const EQUATION = "ProofError E_PROOF_EQUATION";
const RANGE = "ProofError E_PROOF_RANGE";
const STATEMENT = "ProofError E_PROOF_STATEMENT";
const WITNESS = "ProofError E_PROOF_WITNESS";

function verdict(statement: ExactRangeStatement, proof: ExactRangeProof): string {
  return refusal(() => {
    assertExactRange(statement, proof);
  });
}

describe("proof of exact ranges", () => {
  const privateKey = smallKey();
  const { n } = privateKey.publicKey;

  for (const [kind, randomness] of Object.entries(randomnessKinds())) {
    describe(`with ${kind} randomness`, () => {
      const rng = counterRng(`exact range ${kind}`);
      const { statement, witness } = recordOf(SEPARATE, SEPARATE_VALUES, randomness, rng);
      const proof = proveExactRange(statement, witness, rng);

      it("encrypts what it says", () => {
        const plaintexts = statement.ciphertexts.map((c) => decrypt(privateKey, c));
        expect(plaintexts).to.deep.equal([300n, 90_000n, 1n, n - 7n]);
        const packed = recordOf(PACKED, PACKED_VALUES, randomness, rng);
        const [first = 0n, second = 0n] = packed.statement.ciphertexts.map((c) =>
          decrypt(privateKey, c),
        );
        expect(first).to.equal(255n - 8n * 256n + 5n * 4096n);
        expect(second).to.equal(1n << 83n);
      });

      it("convinces of separate fields with squares and a bit", () => {
        expect(verdict(statement, proof)).to.equal("accepted");
      });

      it("convinces of packed fields at both ends of their intervals", () => {
        for (const values of [
          PACKED_VALUES,
          [0n, 7n, 5n, 0n],
          [255n, -8n, 5n, 1n],
          [7n, 0n, 5n, 9n],
        ]) {
          const own = recordOf(PACKED, values, randomness, rng);
          const made = proveExactRange(own.statement, own.witness, rng);
          expect(verdict(own.statement, made)).to.equal("accepted");
        }
      });

      it("convinces of random values in random intervals", () => {
        const interval = fc
          .tuple(
            fc.bigInt({ min: -(1n << 70n), max: 1n << 70n }),
            fc.integer({ min: 0, max: 70 }),
            fc.nat(100),
          )
          .map(([minimum, bits, percent]) => {
            const span = (1n << BigInt(bits)) - 1n;
            return {
              minimum,
              maximum: minimum + span,
              value: minimum + (span * BigInt(percent)) / 100n,
            };
          });
        fc.assert(
          fc.property(fc.array(interval, { minLength: 1, maxLength: 4 }), (intervals) => {
            const form = { fields: separateFields(intervals), squareSums: [] };
            const values = intervals.map(({ value }) => value);
            const own = recordOf(form, values, randomness, rng);
            const made = proveExactRange(own.statement, own.witness, rng);
            expect(verdict(own.statement, made)).to.equal("accepted");
          }),
          { numRuns: 12, seed: 39 },
        );
      });

      it("is refused for the same values under secrets that are not the ciphertexts'", () => {
        const secrets = witness.secrets.map((secret, i) => (i === 2 ? secret + 1n : secret));
        const made = proveExactRange(statement, { ...witness, secrets }, rng);
        expect(verdict(statement, made)).to.equal(EQUATION);
      });

      it("refuses an answer for the randomness outside its range", () => {
        const limit = 1n << BigInt(8 * randomness.answerBytes(4));
        for (const randomnessAnswer of [-1n, limit, limit + proof.randomnessAnswer]) {
          expect(verdict(statement, { ...proof, randomnessAnswer })).to.equal(RANGE);
        }
      });

      it("is refused with a bit flipped in any number", () => {
        const bytes = exactRangeToBytes(statement, proof);
        const widths = [64, 64, 64, 64, 128];
        const lastBytes = widths.map((_, i) => widths.slice(0, i + 1).reduce((a, b) => a + b) - 1);
        const others = Array.from({ length: Math.floor(bytes.length / 11) }, (_, i) => 11 * i + 10);
        for (const position of [...lastBytes, ...others, bytes.length - 1]) {
          const altered = exactRangeFromBytes(statement, flipped(bytes, position));
          expect(verdict(statement, altered), `byte ${position}`).to.be.oneOf(FALSE_NUMBERS);
        }
      });

      it("comes back from its bytes, and from no others", () => {
        const bytes = exactRangeToBytes(statement, proof);
        expect(bytes.length).to.equal(exactRangeBytes(statement));
        expect(exactRangeFromBytes(statement, bytes)).to.deep.equal(proof);
        for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
          expect(refusal(() => exactRangeFromBytes(statement, wrong))).to.equal(
            "ProofError E_PROOF_LENGTH",
          );
        }
      });
    });
  }

  describe("about false statements", () => {
    const rng = counterRng("exact range, false");
    const { uniform } = randomnessKinds();
    const inForm = (form: RecordForm, values: readonly bigint[]) =>
      recordOf(form, values, uniform, rng);
    const interval = { minimum: 0n, maximum: 65535n };
    const bit = withField(SINGLE, 0, { maximum: 1n });
    const narrow = withField(SINGLE, 0, { maximum: 999n });
    const beyondSlack = 1n << (16n + 209n);
    const cases: Readonly<Record<string, readonly [RecordForm, bigint]>> = {
      "a bit of 2": [bit, 2n],
      "a bit of −1": [bit, -1n],
      "a number of −5": [SINGLE, -5n],
      "the maximum and 1": [SINGLE, 65536n],
      "a maximum that is no power of two, and 1": [narrow, 1000n],
      "twice the maximum": [SINGLE, 131070n],
      "a number within the slack of a shorter proof": [SINGLE, beyondSlack - 1n],
      "a number beyond that slack": [SINGLE, beyondSlack + 1n],
      "a number next to n": [SINGLE, n - 1n],
    };

    for (const [name, [form, value]] of Object.entries(cases)) {
      it(`is not made for ${name}`, () => {
        const { statement, witness } = inForm(form, [value]);
        expect(refusal(() => proveExactRange(statement, witness, rng))).to.equal(WITNESS);
      });

      it(`does not convince of ${name}, whatever the prover commits to`, () => {
        const { statement, witness } = inForm(form, [value]);
        const field = at(form.fields, 0);
        const committed = [
          [value, 0n, 0n, 0n],
          [value, 1n, 0n, 0n],
          [value, value, value, value],
          integersOf(field, field.maximum),
          integersOf(field, 0n),
        ];
        for (const integers of committed) {
          const proof = proveCommitted(statement, integers, witness.secrets, rng);
          expect(verdict(statement, proof)).to.be.oneOf(FALSE_NUMBERS);
        }
      });
    }

    it("does not convince of a false sum of squares, and is not made for one", () => {
      for (const values of [
        [300n, 90_001n, 1n, -7n],
        [301n, 90_000n, 1n, -7n],
        [0n, 65535n ** 2n, 1n, -7n],
      ]) {
        const { statement, witness } = inForm(SEPARATE, values);
        const integers = SEPARATE.fields.flatMap((field, i) => integersOf(field, at(values, i)));
        const proof = proveCommitted(statement, integers, witness.secrets, rng);
        expect(verdict(statement, proof)).to.equal(EQUATION);
        expect(refusal(() => proveExactRange(statement, witness, rng))).to.equal(WITNESS);
      }
    });

    it("does not convince of two plaintexts whose errors cancel without weights", () => {
      const values = [300n, 90_000n, 1n, -7n];
      for (const shift of [1n, 1n << 64n]) {
        const { statement, witness } = inForm(SEPARATE, values);
        const integers = SEPARATE.fields.flatMap((field, i) => integersOf(field, at(values, i)));
        const ciphertexts = statement.ciphertexts.map((c, j) =>
          j < 2 ? addPlain(c, j === 0 ? shift : n - shift) : c,
        );
        const shifted = { ...statement, ciphertexts };
        const proof = proveCommitted(shifted, integers, witness.secrets, rng);
        expect(verdict(shifted, proof)).to.equal(EQUATION);
      }
    });

    it("does not convince of two relations whose errors cancel without weights", () => {
      const twice = { fields: separateFields([interval, interval]), squareSums: [] };
      const { statement, witness } = inForm(twice, [0n, 0n]);
      const [more, exact, less] = [
        [0n, 1n, 1n, 0n],
        [0n, 1n, 0n, 0n],
        [0n, 0n, 0n, 0n],
      ];
      const made = (...integers: readonly (readonly bigint[])[]) =>
        verdict(statement, proveCommitted(statement, integers.flat(), witness.secrets, rng));
      expect(made(exact, exact)).to.equal("accepted");
      expect(made(more, less)).to.equal(EQUATION);
      expect(made(less, more)).to.equal(EQUATION);
    });

    it("knows one way only to cut a packed number: a field cannot borrow from its neighbour", () => {
      const cut = [10n, 3n, 5n, 77n];
      const borrowed = [10n + 256n, 3n - 1n, 5n, 77n];
      const { statement, witness } = inForm(PACKED, borrowed);
      expect(refusal(() => proveExactRange(statement, witness, rng))).to.equal(WITNESS);
      const proof = proveExactRange(statement, { ...witness, values: cut }, rng);
      expect(verdict(statement, proof)).to.equal("accepted");
    });
  });

  describe("is bound", () => {
    const rng = counterRng("exact range, bound");
    const { uniform, short } = randomnessKinds();
    const { statement, witness } = recordOf(SEPARATE, SEPARATE_VALUES, uniform, rng);
    const proof = proveExactRange(statement, witness, rng);
    const variants: Readonly<Record<string, () => Partial<ExactRangeStatement>>> = {
      "its scope": () => ({ context: contextOf("scope 2", "prover 1") }),
      "its prover": () => ({ context: contextOf("scope 1", "prover 2") }),
      "every ciphertext": () => ({
        ciphertexts: statement.ciphertexts.map((c, j) => (j === 3 ? rerandomise(c, rng) : c)),
      }),
      "the order of ciphertexts": () => ({ ciphertexts: statement.ciphertexts.toReversed() }),
      "the intervals": () => ({ form: withField(SEPARATE, 0, { maximum: 65536n + 1n }) }),
      "the sums of squares": () => ({
        form: { ...SEPARATE, squareSums: SEPARATE.squareSums.slice(1) },
      }),
      "the commitment key": () => ({
        commitmentKey: commitmentKeyFromModulus(
          smallCommitmentKey().modulus + 2n,
          committedIntegers(8),
        ),
      }),
    };

    for (const [name, change] of Object.entries(variants)) {
      it(`to ${name}`, () => {
        expect(verdict({ ...statement, ...change() }, proof)).to.be.oneOf(FALSE_NUMBERS);
      });
    }

    it("by challenges that hear everything said before", () => {
      const opened = valuesTranscript(statement, proof.valueCommitment);
      const others = [
        valuesTranscript(statement, proof.valueCommitment + 1n),
        ...Object.values(variants).map((change) =>
          valuesTranscript({ ...statement, ...change() }, proof.valueCommitment),
        ),
        valuesTranscript({ ...statement, randomness: short }, proof.valueCommitment),
      ];
      const firstWeights = [opened, ...others].map((t) => recordWeights(statement, t).relations[0]);
      expect(new Set(firstWeights).size).to.equal(others.length + 1);

      const said = [
        proof,
        { ...proof, maskCommitment: proof.maskCommitment + 1n },
        { ...proof, slopeCommitment: proof.slopeCommitment + 1n },
        { ...proof, constantCommitment: proof.constantCommitment + 1n },
        { ...proof, announcement: proof.announcement + 1n },
      ].map((announcements) => exactRangeChallenge(statement, opened, announcements));
      const elsewhere = others.map((t) => exactRangeChallenge(statement, t, proof));
      expect(new Set([...said, ...elsewhere]).size).to.equal(said.length + elsewhere.length);
    });

    it("to the kind of randomness", () => {
      expect(verdict({ ...statement, randomness: short }, proof)).to.equal(EQUATION);
    });
  });

  describe("refuses", () => {
    const rng = counterRng("exact range, refused");
    const { uniform } = randomnessKinds();
    const { statement, witness } = recordOf(SINGLE, [500n], uniform, rng);
    const proof = proveExactRange(statement, witness, rng);
    const { modulus } = statement.commitmentKey;

    it("commitments and announcements outside their ranges", () => {
      const names = [
        "valueCommitment",
        "maskCommitment",
        "slopeCommitment",
        "constantCommitment",
      ] as const;
      for (const name of names) {
        for (const value of [0n, -1n, modulus, modulus + proof[name]]) {
          expect(verdict(statement, { ...proof, [name]: value }), name).to.equal(RANGE);
        }
      }
      const { nSquared } = privateKey.publicKey;
      for (const announcement of [0n, nSquared, nSquared + proof.announcement]) {
        expect(verdict(statement, { ...proof, announcement })).to.equal(RANGE);
      }
    });

    it("answers outside their ranges", () => {
      const limit = 1n << (16n + 209n);
      for (let index = 0; index < 4; index++) {
        for (const wrong of [-1n, limit, limit << 1n]) {
          const answers = proof.answers.map((z, i) => (i === index ? wrong : z));
          expect(verdict(statement, { ...proof, answers })).to.equal(RANGE);
        }
      }
      const blinding = 1n << BigInt(512 + 80 + 209);
      for (const wrong of [-1n, blinding]) {
        expect(verdict(statement, { ...proof, valueBlinding: wrong })).to.equal(RANGE);
        expect(verdict(statement, { ...proof, relationBlinding: wrong })).to.equal(RANGE);
      }
    });

    it("commitments, announcements and answers that are no units", () => {
      const { p } = privateKey;
      expect(verdict(statement, { ...proof, announcement: p * p })).to.equal(EQUATION);
      const zero = { ...proof, announcement: p * p, randomnessAnswer: p };
      expect(verdict(statement, zero)).to.be.oneOf(FALSE_NUMBERS);
      expect(modulus % DEALT_P).to.equal(0n);
      expect(verdict(statement, { ...proof, maskCommitment: DEALT_P })).to.equal(EQUATION);
      expect(verdict(statement, { ...proof, valueCommitment: DEALT_P })).to.equal(EQUATION);
    });

    it("another number of answers", () => {
      for (const answers of [proof.answers.slice(1), [...proof.answers, 0n], []]) {
        expect(verdict(statement, { ...proof, answers })).to.equal("ProofError E_PROOF_LENGTH");
      }
    });

    it("answers that are the masks, as for a challenge of 0, and others for a challenge of 1", () => {
      const [y = 0n, ...roots] = proof.answers;
      expect(verdict(statement, { ...proof, answers: [y - 500n, ...roots] })).to.equal(EQUATION);
      const constant = {
        ...proof,
        maskCommitment: proof.valueCommitment,
        constantCommitment: proof.slopeCommitment,
      };
      expect(verdict(statement, constant)).to.equal(EQUATION);
    });

    it("a statement without ciphertexts, of two keys, or with too few bases", () => {
      expect(verdict({ ...statement, ciphertexts: [] }, proof)).to.equal(STATEMENT);
      const foreign = encryptWithRandomness(toyKey().publicKey, 1n, 2n);
      expect(verdict({ ...statement, ciphertexts: [foreign] }, proof)).to.equal(
        "PaillierError E_KEY_MISMATCH",
      );
      const keyFor = (integers: number) => commitmentKeyFromModulus(modulus, integers);
      expect(verdict({ ...statement, commitmentKey: keyFor(4) }, proof)).to.equal(
        "ProofError E_PROOF_PARAMETERS",
      );
      expect(verdict({ ...statement, commitmentKey: keyFor(5) }, proof)).to.equal("accepted");
      const bare = { ...statement, ciphertexts: [] };
      expect(refusal(() => proveExactRange(bare, witness, rng))).to.equal(STATEMENT);
    });

    it("to prove with another number of values or secrets", () => {
      for (const wrong of [
        { ...witness, values: [] },
        { ...witness, values: [500n, 500n] },
        { ...witness, secrets: [] },
      ]) {
        expect(refusal(() => proveExactRange(statement, wrong, rng))).to.equal(WITNESS);
      }
    });
  });

  it("works at full size", () => {
    const prime = () => generatePrimeSync(1024, { bigint: true });
    const publicKey = publicKeyFromModulus(prime() * prime());
    const randomness = uniformRandomness(publicKey);
    const commitmentKey = commitmentKeyFromModulus(prime() * prime(), committedIntegers(6));
    const bits = [16, 16, 24, 34, 24, 24];
    const intervals = bits.map((size) => ({ minimum: 0n, maximum: (1n << BigInt(size)) - 1n }));
    const form = { fields: separateFields(intervals), squareSums: [] };
    const values = intervals.map(({ maximum }) => maximum);
    const { ciphertexts, witness } = encryptRecord(form, 6, values, randomness, systemRng);
    const statement = { form, ciphertexts, randomness, commitmentKey, context: CONTEXT };
    const proof = proveExactRange(statement, witness, systemRng);
    expect(verdict(statement, proof)).to.equal("accepted");
    expect(exactRangeToBytes(statement, proof).length).to.equal(3094);
    expect(exactRangeClaim(statement, proof).residues.length).to.equal(1);
  });
});
