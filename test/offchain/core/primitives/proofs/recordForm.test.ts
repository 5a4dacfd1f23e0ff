import { expect } from "chai";
import fc from "fast-check";
import { publicKeyFromModulus } from "../../../../../offchain/core/primitives/paillier/publicKey.ts";
import { integersOf } from "../../../../../offchain/core/primitives/proofs/exactRangeProver.ts";
import {
  assertForm,
  describeForm,
  integerBits,
  type RecordField,
  type RecordForm,
  relationCount,
  separateFields,
  weightedPlaintext,
  weightedRelations,
} from "../../../../../offchain/core/primitives/proofs/recordForm.ts";
import { bitLength } from "../../../../../offchain/core/primitives/bytes.ts";
import { refusal, smallKey } from "../../../../support/primitives/draws.ts";
import {
  PACKED,
  PACKED_VALUES,
  SEPARATE,
  SEPARATE_VALUES,
  SINGLE,
  withField,
} from "../../../../support/primitives/provenRecords.ts";

const STATEMENT = "ProofError E_PROOF_STATEMENT";

function integersFor({ fields }: RecordForm, values: readonly bigint[]): readonly bigint[] {
  return fields.flatMap((field, i) => integersOf(field, values[i] ?? 0n));
}

describe("form of a record", () => {
  const { publicKey } = smallKey();
  const verdict = (form: RecordForm, ciphertexts: number) =>
    refusal(() => {
      assertForm(publicKey, form, ciphertexts);
    });

  it("accepts separate and packed fields", () => {
    expect(verdict(SEPARATE, 4)).to.equal("accepted");
    expect(verdict(PACKED, 2)).to.equal("accepted");
  });

  it("refuses fields that reach into one another, and accepts those that just do not", () => {
    for (const [index, offset] of [
      [1, 7],
      [2, 11],
      [0, 8],
    ] as const) {
      expect(verdict(withField(PACKED, index, { offset }), 2), `${index}`).to.equal(STATEMENT);
    }
    expect(verdict(withField(PACKED, 0, { maximum: 256n }), 2)).to.equal(STATEMENT);
    expect(verdict(withField(PACKED, 1, { maximum: 8n }), 2)).to.equal(STATEMENT);
    expect(verdict(withField(PACKED, 2, { maximum: 1n << 400n }), 2)).to.equal("accepted");
  });

  it("refuses fields that reach around n", () => {
    const { n } = publicKey;
    const fits = withField(SINGLE, 0, { minimum: -5n, maximum: n - 6n });
    expect(verdict(fits, 1)).to.equal("accepted");
    expect(verdict(withField(fits, 0, { maximum: n - 5n }), 1)).to.equal(STATEMENT);
    expect(verdict(withField(SINGLE, 0, { offset: 511 }), 1)).to.equal(STATEMENT);
  });

  it("refuses empty intervals and accepts a single number", () => {
    expect(verdict(withField(SINGLE, 0, { minimum: 1n, maximum: 0n }), 1)).to.equal(STATEMENT);
    expect(verdict(withField(SINGLE, 0, { minimum: 1n, maximum: 1n }), 1)).to.equal("accepted");
  });

  it("refuses ciphertexts without a field and fields without a ciphertext", () => {
    expect(verdict(SEPARATE, 5)).to.equal(STATEMENT);
    expect(verdict(SEPARATE, 3)).to.equal(STATEMENT);
    for (const ciphertext of [-1, 1, 0.5, Number.NaN]) {
      expect(verdict(withField(SINGLE, 0, { ciphertext }), 1)).to.equal(STATEMENT);
    }
    for (const offset of [-1, 0.5, Number.NaN, 5000]) {
      expect(verdict(withField(SINGLE, 0, { offset }), 1)).to.equal(STATEMENT);
    }
  });

  it("refuses sums of squares of fields that do not exist, and of none", () => {
    for (const squareSum of [
      { sum: 4, terms: [0] },
      { sum: 0, terms: [4] },
      { sum: 0, terms: [-1] },
      { sum: 0, terms: [] },
    ]) {
      expect(verdict({ ...SEPARATE, squareSums: [squareSum] }, 4)).to.equal(STATEMENT);
    }
  });

  it("gives a text of its own to every form", () => {
    const forms = [
      SEPARATE,
      PACKED,
      SINGLE,
      withField(SINGLE, 0, { minimum: 1n }),
      withField(SINGLE, 0, { maximum: 1n }),
      withField(SINGLE, 0, { offset: 1 }),
      withField(SINGLE, 0, { ciphertext: 1 }),
      { ...SINGLE, squareSums: [{ sum: 0, terms: [0] }] },
      { ...SEPARATE, squareSums: [{ sum: 1, terms: [0, 2] }] },
      { ...SEPARATE, squareSums: [{ sum: 1, terms: [2, 0] }] },
      { ...SEPARATE, squareSums: [] },
    ];
    expect(new Set(forms.map(describeForm)).size).to.equal(forms.length);
  });

  it("states how long the integers of a field are", () => {
    expect(integerBits(PACKED)).to.deep.equal([8, 8, 8, 8, 4, 4, 4, 4, 1, 1, 1, 1, 81, 81, 81, 81]);
    for (const [form, values] of [
      [SEPARATE, SEPARATE_VALUES],
      [PACKED, PACKED_VALUES],
    ] as const) {
      const limits = integerBits(form);
      for (const [i, integer] of integersFor(form, values).entries()) {
        expect(integer).to.satisfy((value: bigint) => value >= 0n);
        expect(bitLength(integer)).to.be.at.most(limits[i] ?? 0);
      }
    }
  });

  it("adds up the plaintexts of all ciphertexts by weight", () => {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = PACKED_VALUES;
    const integers = integersFor(PACKED, PACKED_VALUES);
    const first = a + b * 256n + c * 4096n;
    expect(weightedPlaintext(PACKED, [1n, 10n], integers, 1n)).to.equal(first + 80n * d);
    expect(weightedPlaintext(PACKED, [7n, 0n], integers, 1n)).to.equal(7n * first);
  });

  describe("as polynomials in the challenge", () => {
    const masks = integerBits(SEPARATE).map((_, i) => 10n ** 9n + BigInt(i) ** 5n);
    const weights = [3n, 5n, 7n, 11n, 13n, 17n];
    const relationAt = (integers: readonly bigint[], e: bigint) =>
      weightedRelations(
        SEPARATE,
        weights,
        masks.map((mask, i) => mask + e * (integers[i] ?? 0n)),
        e,
      );
    /** f(2) − 2·f(1) + f(0), twice the coefficient of e². */
    const secondDifference = (integers: readonly bigint[]) =>
      relationAt(integers, 2n) - 2n * relationAt(integers, 1n) + relationAt(integers, 0n);

    it("has one relation a field and one a sum", () => {
      expect(relationCount(SEPARATE)).to.equal(weights.length);
    });

    it("loses e² for values that satisfy the form", () => {
      const value = fc.bigInt({ min: 0n, max: 65535n });
      const negative = fc.bigInt({ min: -1000n, max: -1n });
      fc.assert(
        fc.property(value, fc.constantFrom(0n, 1n), negative, (x, bit, y) => {
          const integers = integersFor(SEPARATE, [x, x * x, bit, y]);
          expect(secondDifference(integers)).to.equal(0n);
          expect(weightedRelations(SEPARATE, weights, integers, 1n)).to.equal(0n);
        }),
        { numRuns: 50, seed: 37 },
      );
    });

    it("keeps e² if any one of the integers is another", () => {
      const integers = integersFor(SEPARATE, SEPARATE_VALUES);
      for (const [index] of integers.entries()) {
        for (const change of [77n, 1000n, 1n << 90n]) {
          const changed = integers.map((integer, i) => (i === index ? integer + change : integer));
          expect(secondDifference(changed), `integer ${index}`).to.not.equal(0n);
        }
      }
    });
  });

  it("is linear in plaintexts: mask and value apart, then together", () => {
    const fields: readonly RecordField[] = separateFields([
      { minimum: -3n, maximum: 9n },
      { minimum: 2n, maximum: 2n },
    ]);
    const form = { fields, squareSums: [] };
    const integer = fc.bigInt({ min: 0n, max: 1n << 64n });
    const vector = fc.array(integer, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(vector, vector, integer, (w, v, e) => {
        const z = w.map((mask, i) => mask + e * (v[i] ?? 0n));
        const at = (answers: readonly bigint[], c: bigint) =>
          weightedPlaintext(form, [5n, 9n], answers, c);
        expect(at(z, e)).to.equal(at(w, 0n) + e * at(v, 1n));
      }),
      { numRuns: 50, seed: 38 },
    );
  });

  it("holds under a key of its own size only", () => {
    const tiny = publicKeyFromModulus((1n << 16n) - 1n);
    expect(
      refusal(() => {
        assertForm(tiny, SINGLE, 1);
      }),
    ).to.equal(STATEMENT);
    expect(
      refusal(() => {
        assertForm(publicKeyFromModulus((1n << 16n) + 1n), SINGLE, 1);
      }),
    ).to.equal("accepted");
  });
});
