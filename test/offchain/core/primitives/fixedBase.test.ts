import { expect } from "chai";
import fc from "fast-check";
import { inspect } from "node:util";
import {
  fixedBaseTable,
  MAX_WINDOW_BITS,
  powFixedBase,
  tableBytes,
} from "../../../../offchain/core/primitives/fixedBase.ts";
import { powModReference } from "../../../../offchain/core/primitives/modexp.ts";
import { randomBits } from "../../../../offchain/core/primitives/random.ts";
import { counterRng, refusal, smallKey } from "../../../support/primitives/draws.ts";

const rng = counterRng("fixed base");

describe("fixed base", () => {
  const { publicKey, p } = smallKey();
  const { n, nSquared } = publicKey;
  const base = randomBits(rng, 1100);

  it("gives every power of every unit modulo the squares of small numbers, at every window", () => {
    for (const [root, windowBits] of [
      [15n, 1],
      [15n, 3],
      [9n, 2],
      [187n, 4],
      [7n, 7],
    ] as const) {
      const units = [1n, 2n, root - 1n, root + 1n, root * root - 1n, root * root - 2n];
      for (const unit of units.filter((x) => coprime(x, root))) {
        const table = fixedBaseTable(unit, root, 7, windowBits);
        for (let exponent = 0n; exponent < 128n; exponent++) {
          const expected = powModReference(unit, exponent, root * root);
          expect(powFixedBase(table, exponent), `${unit}^${exponent} mod ${root}²`).to.equal(
            expected,
          );
        }
      }
    }
  });

  for (const windowBits of [1, 2, 5, 8]) {
    it(`agrees with the reference at windows of ${windowBits} bits`, () => {
      for (const exponentBits of [1, 63, 64, 65, 200]) {
        const table = fixedBaseTable(base, n, exponentBits, windowBits);
        const highest = (1n << BigInt(exponentBits)) - 1n;
        const drawn = Array.from({ length: 8 }, () => randomBits(rng, exponentBits));
        for (const exponent of [0n, 1n, highest, highest >> 1n, ...drawn]) {
          expect(powFixedBase(table, exponent)).to.equal(powModReference(base, exponent, nSquared));
        }
      }
    });
  }

  it("agrees with the reference for any exponent", () => {
    const table = fixedBaseTable(base, n, 512, 6);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 512n) - 1n }), (exponent) => {
        expect(powFixedBase(table, exponent)).to.equal(powModReference(base, exponent, nSquared));
      }),
      { numRuns: 100, seed: 21 },
    );
  });

  it("takes digits of 0 through the same number of look-ups as any other", () => {
    const table = fixedBaseTable(base, n, 60, 5);
    const look = (exponent: bigint) => {
      const seen: string[] = [];
      const watched = (entries: readonly bigint[], name: string) =>
        new Proxy(entries, {
          get: (target, key, receiver): unknown => {
            seen.push(`${name} ${String(key) === "length" ? "length" : "entry"}`);
            return Reflect.get(target, key, receiver);
          },
        });
      const rows = table.rows.map((row) => ({
        units: watched(row.units, "unit"),
        logs: watched(row.logs, "log"),
      }));
      const { root, modulus, exponentBits, windowBits, bytes } = table;
      powFixedBase({ root, modulus, exponentBits, windowBits, bytes, rows }, exponent);
      return seen;
    };
    expect(look(0n)).to.deep.equal(look((1n << 60n) - 1n));
    expect(look(0n).length).to.equal(24);
    for (const { units } of table.rows) expect(units.includes(1n)).to.equal(false);
  });

  it("reduces a base that is too large or negative", () => {
    for (const same of [base + nSquared, (base % nSquared) - 3n * nSquared]) {
      const table = fixedBaseTable(same, n, 7, 3);
      for (const exponent of [0n, 1n, 76n, 77n]) {
        expect(powFixedBase(table, exponent)).to.equal(powModReference(base, exponent, nSquared));
      }
    }
  });

  it("refuses exponents out of range", () => {
    const table = fixedBaseTable(base, n, 20, 4);
    for (const exponent of [-1n, 1n << 20n, 1n << 64n]) {
      expect(refusal(() => powFixedBase(table, exponent))).to.equal("FixedBaseError E_EXPONENT");
    }
  });

  it("refuses bases that are no units, even, tiny and oversized roots, and sizes without sense", () => {
    for (const nonUnit of [0n, n, p, 5n * p, nSquared]) {
      expect(refusal(() => fixedBaseTable(nonUnit, n, 8, 4))).to.equal("FixedBaseError E_BASE");
    }
    for (const root of [-15n, 0n, 1n, 2n, 16n, n + 1n, (1n << 5000n) + 1n]) {
      expect(refusal(() => fixedBaseTable(3n, root, 8, 4))).to.equal("FixedBaseError E_ROOT");
    }
    for (const [exponentBits, windowBits] of [
      [0, 4],
      [-5, 4],
      [8.5, 4],
      [Number.NaN, 4],
      [8, 0],
      [8, MAX_WINDOW_BITS + 1],
      [8, 2.5],
    ] as const) {
      expect(refusal(() => fixedBaseTable(base, n, exponentBits, windowBits))).to.equal(
        "FixedBaseError E_TABLE_SIZE",
      );
    }
  });

  it("refuses a table with an entry missing", () => {
    const { root, modulus, exponentBits, windowBits, bytes } = fixedBaseTable(base, n, 8, 4);
    const rows = [{ units: [], logs: [] }];
    const broken = { root, modulus, exponentBits, windowBits, bytes, rows };
    expect(refusal(() => powFixedBase(broken, 3n))).to.equal("FixedBaseError E_TABLE");
  });

  it("states its memory: two numbers below the root an entry", () => {
    const table = fixedBaseTable(base, n, 100, 8);
    const entries = table.rows.reduce((sum, { units }) => sum + units.length, 0);
    expect(entries).to.equal(12 * 256 + 16);
    expect(table.bytes).to.equal(entries * 2 * (64 + 24));
    expect(fixedBaseTable(2n, (1n << 5000n) - 1n, 1, 1).bytes).to.equal(2 * 2 * (632 + 24));
    expect(tableBytes(1n + (1n << 2047n), 1024, 8)).to.equal(128 * 256 * 2 * 280);
  });

  it("lists sizes alone: under a secret root the entries are secret", () => {
    const table = fixedBaseTable(base, p, 16, 4);
    expect(Object.keys(table)).to.deep.equal(["exponentBits", "windowBits", "bytes"]);
    expect(inspect(table, { depth: null })).to.not.include(p.toString());
  });
});

function coprime(a: bigint, b: bigint): boolean {
  return b === 0n ? a === 1n : coprime(b, a % b);
}
