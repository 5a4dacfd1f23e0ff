import { expect } from "chai";
import fc from "fast-check";
import {
  groupLayout,
  packPlain,
  recordLayout,
  recordsThatFit,
  type SlotLayout,
  unpackRecords,
  unpackSigned,
} from "../../../../offchain/core/primitives/packing.ts";
import { refusal } from "../../../support/primitives/draws.ts";

const LAYOUT = "PackingError E_LAYOUT";
const COUNT = "PackingError E_SLOT_COUNT";
const RANGE = "PackingError E_SLOT_RANGE";
const TERMS = "PackingError E_TERMS";

/** The definition: Σ v_k·2^(o_k). */
const weighted = ({ slots }: SlotLayout, values: readonly bigint[]): bigint =>
  slots.reduce((sum, { offset }, k) => sum + (values[k] ?? 0n) * 2n ** BigInt(offset), 0n);

/**
 * A layout of up to eight slots and `terms` lists of values that fit it, boundary values likely.
 */
const worlds = fc
  .record({
    valueBits: fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 8 }),
    guardBits: fc.integer({ min: 0, max: 3 }),
  })
  .chain(({ valueBits, guardBits }) => {
    const values = fc.tuple(...valueBits.map(signedOf));
    return fc.record({
      layout: fc.constant(recordLayout(valueBits, guardBits)),
      lists: fc.array(values, { minLength: 1, maxLength: 2 ** guardBits }),
    });
  });

function signedOf(bits: number): fc.Arbitrary<bigint> {
  const most = 2n ** BigInt(bits) - 1n;
  return fc.oneof(fc.constantFrom(most, -most, 0n, -1n, 1n), fc.bigInt({ min: -most, max: most }));
}

describe("packing", () => {
  it("lays slots side by side: value, guard and sign", () => {
    const { slots, bits, magnitudeBits } = recordLayout([16, 1, 20], 2);
    expect(slots).to.deep.equal([
      { offset: 0, width: 19, valueBits: 16 },
      { offset: 19, width: 4, valueBits: 1 },
      { offset: 23, width: 23, valueBits: 20 },
    ]);
    expect([bits, magnitudeBits]).to.deep.equal([46, 45]);
  });

  it("packs a small example by hand and gives it back", () => {
    const layout = recordLayout([3, 3], 0);
    expect(packPlain(layout, [5n, 2n])).to.equal(37n);
    expect(packPlain(layout, [-1n, 2n])).to.equal(31n);
    expect(packPlain(layout, [7n, -1n])).to.equal(-9n);
    expect(unpackSigned(layout, 31n, 1)).to.deep.equal([-1n, 2n]);
    expect(unpackSigned(layout, -9n, 1)).to.deep.equal([7n, -1n]);
  });

  it("gives back sums of as many packed numbers as the guard announces", () => {
    fc.assert(
      fc.property(worlds, ({ layout, lists }) => {
        const packed = lists.map((values) => packPlain(layout, values));
        const sum = packed.reduce((a, b) => a + b, 0n);
        const expected = layout.slots.map((_, k) =>
          lists.reduce((total, values) => total + (values[k] ?? 0n), 0n),
        );
        expect(packed.map((one, i) => one - weighted(layout, lists[i] ?? []))).to.deep.equal(
          lists.map(() => 0n),
        );
        expect(unpackSigned(layout, sum, lists.length)).to.deep.equal(expected);
        expect(sum < 2n ** BigInt(layout.magnitudeBits)).to.equal(true);
        expect(-sum < 2n ** BigInt(layout.magnitudeBits)).to.equal(true);
      }),
      { numRuns: 300, seed: 22 },
    );
  });

  it("gives back differences at the bounds, in every combination of signs", () => {
    const layout = recordLayout([4, 1, 9], 1);
    const corner = (signs: number) =>
      [15n, 1n, 511n].map((most, k) => ((signs >> k) & 1 ? -most : most));
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        const difference = packPlain(layout, corner(a)) - packPlain(layout, corner(b));
        expect(unpackSigned(layout, difference, 2)).to.deep.equal(
          corner(a).map((value, k) => value - (corner(b)[k] ?? 0n)),
        );
      }
    }
  });

  it("refuses a value one beyond its slot, in both directions and every slot", () => {
    const layout = recordLayout([4, 1, 9], 3);
    for (const k of [0, 1, 2]) {
      for (const sign of [1n, -1n]) {
        const values = [0n, 0n, 0n];
        values[k] = sign * 2n ** BigInt(layout.slots[k]?.valueBits ?? 0);
        expect(refusal(() => packPlain(layout, values))).to.equal(RANGE);
      }
    }
  });

  it("refuses fewer and more values than slots: no slot stays empty", () => {
    const layout = recordLayout([8, 8], 0);
    for (const values of [[], [1n], [1n, 2n, 3n]]) {
      expect(refusal(() => packPlain(layout, values))).to.equal(COUNT);
    }
  });

  it("refuses a sum beyond the announced number of terms", () => {
    const layout = recordLayout([4, 4], 2);
    const most = packPlain(layout, [15n, -15n]);
    expect(unpackSigned(layout, 4n * most, 4)).to.deep.equal([60n, -60n]);
    expect(refusal(() => unpackSigned(layout, 4n * most, 3))).to.equal(RANGE);
    expect(refusal(() => unpackSigned(layout, 4n * most + 1n, 4))).to.equal(RANGE);
    expect(refusal(() => unpackSigned(layout, 5n * most, 4))).to.equal(RANGE);
  });

  it("refuses a number larger than its slots", () => {
    const layout = recordLayout([4, 4], 0);
    for (const stray of [2n ** 10n, -(2n ** 10n), 2n ** 64n]) {
      expect(refusal(() => unpackSigned(layout, stray, 1))).to.equal(RANGE);
    }
  });

  it("refuses more terms than the guard has room for", () => {
    const layout = recordLayout([4, 4], 2);
    for (const terms of [0, 5, -1, 1.5, Number.NaN]) {
      expect(refusal(() => unpackSigned(layout, 0n, terms))).to.equal(TERMS);
    }
  });

  it("refuses layouts without sense", () => {
    for (const valueBits of [[], [0], [8, -1], [1.5], [5001], [Number.NaN]]) {
      expect(refusal(() => recordLayout(valueBits, 1))).to.equal(LAYOUT);
    }
    for (const guardBits of [-1, 33, 0.5, Number.NaN]) {
      expect(refusal(() => recordLayout([8], guardBits))).to.equal(LAYOUT);
    }
    for (const count of [0, -1, 1.5, 5001, Number.NaN]) {
      expect(refusal(() => groupLayout(recordLayout([8], 0), count))).to.equal(LAYOUT);
    }
  });

  describe("groups", () => {
    const record = recordLayout([6, 3], 1);
    const group = groupLayout(record, 3);
    const records = [
      [63n, -7n],
      [-63n, 7n],
      [0n, -1n],
    ] as const;

    it("repeat the slots of a record, the first one lowest", () => {
      expect(group.bits).to.equal(3 * record.bits);
      const shifted = records.map(
        (values, k) => packPlain(record, values) << BigInt(k * record.bits),
      );
      const packed = shifted.reduce((a, b) => a + b, 0n);
      expect(packed).to.equal(packPlain(group, records.flat()));
      expect(unpackRecords(group, packed, 1)).to.deep.equal(records);
    });

    it("are as large as a number has room for, and not larger", () => {
      for (const magnitudeBits of [0, 12, 13, 25, 26, 700, 2045]) {
        const count = recordsThatFit(record, magnitudeBits);
        if (count > 0) {
          expect(groupLayout(record, count).magnitudeBits).to.be.at.most(magnitudeBits);
        }
        expect(groupLayout(record, count + 1).magnitudeBits).to.be.above(magnitudeBits);
      }
      expect(recordsThatFit(record, -900)).to.equal(0);
    });
  });
});
