import { expect } from "chai";
import fc from "fast-check";
import type { GasRow } from "../../../../offchain/chain/gasLedger.ts";
import type { GasGoal } from "../../../../offchain/study/gas/gasGoals.ts";
import {
  compareGas,
  GasSnapshotError,
  parseSnapshot,
  renewedSnapshot,
  type GasSnapshot,
} from "../../../../offchain/study/gas/gasSnapshot.ts";

const WORLD = { scenario: "hamlet", seed: "chargeveil" };

describe("gas snapshot", () => {
  it("finds nothing where nothing changed", () => {
    expect(compareGas(snapshotOf({ bid: 64_000 }), rowsOf({ bid: 64_000 }), [])).to.deep.equal({
      failures: [],
      savings: [],
    });
  });

  it("lets an average grow by a hundredth, and by no gas more", () => {
    const before = snapshotOf({ bid: 64_000 });
    expect(compareGas(before, rowsOf({ bid: 64_640 }), []).failures).to.deep.equal([]);
    expect(compareGas(before, rowsOf({ bid: 64_641 }), []).failures).to.deep.equal([
      "PricingAuction.bid: 64,000 before, 64,641 now, 1 more than it may grow",
    ]);
  });

  it("lets a cheap function grow by 500, and by no gas more", () => {
    const before = snapshotOf({ decision: 2_100 });
    expect(compareGas(before, rowsOf({ decision: 2_600 }), []).failures).to.deep.equal([]);
    expect(compareGas(before, rowsOf({ decision: 2_601 }), []).failures).to.have.lengthOf(1);
  });

  it("tells what became cheaper, and does not fail for it", () => {
    const { failures, savings } = compareGas(
      snapshotOf({ bid: 64_000, open: 123_000 }),
      rowsOf({ bid: 63_359, open: 122_000 }),
      [],
    );
    expect(failures).to.deep.equal([]);
    expect(savings).to.deep.equal(["PricingAuction.bid: 64,000 before, 63,359 now"]);
  });

  it("fails for a function that is new and for one that is gone", () => {
    const { failures } = compareGas(snapshotOf({ bid: 64_000 }), rowsOf({ offer: 80_000 }), []);
    expect(failures).to.deep.equal([
      "PricingAuction.bid: 64,000 in the snapshot, not called now",
      "PricingAuction.offer: not in the snapshot, 80,000 now",
    ]);
  });

  it("has a sentence for every function that fails", () => {
    const { failures } = compareGas(
      snapshotOf({ bid: 64_000, open: 123_000 }),
      rowsOf({ bid: 70_000, open: 130_000 }),
      [],
    );
    expect(failures).to.have.lengthOf(2);
  });

  it("holds goals, also where the snapshot has given them up", () => {
    const goals: readonly GasGoal[] = [
      { contract: "PricingAuction", function: "bid", goal: 68_000 },
      { contract: "Reputation", function: "rate", goal: 120_000 },
    ];
    const reached = rowsOf({ bid: 68_000 });
    expect(compareGas(snapshotOf({ bid: 68_000 }), reached, goals).failures).to.deep.equal([
      "Reputation.rate: the goal is 120,000, not called",
    ]);
    const missed = rowsOf({ bid: 68_001 });
    expect(compareGas(snapshotOf({ bid: 68_001 }), missed, goals.slice(0, 1)).failures).to.eql([
      "PricingAuction.bid: the goal is 68,000, 68,001 now",
    ]);
  });

  describe("renewed", () => {
    it("keeps an average that differs by chance only", () => {
      const before = snapshotOf({ bid: 64_000, open: 123_000 });
      const renewed = renewedSnapshot(WORLD, rowsOf({ open: 123_124, bid: 63_936 }), before);
      expect(renewed).to.deep.equal(snapshotOf({ bid: 64_000, open: 123_124 }));
    });

    it("forgets what is not called any more, and has its names in order", () => {
      const before = snapshotOf({ bid: 64_000, settle: 126_000 });
      const renewed = renewedSnapshot(WORLD, rowsOf({ open: 123_000, bid: 64_000 }), before);
      expect(Object.keys(renewed.averages)).to.deep.equal([
        "PricingAuction.bid",
        "PricingAuction.open",
      ]);
    });

    it("passes the check that it was made from, and comes back from its file", () => {
      const gas = fc.integer({ min: 0, max: 2 ** 24 });
      fc.assert(
        fc.property(
          fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.tuple(gas, gas)),
          (functions) => {
            const pick = (which: 0 | 1): Record<string, number> =>
              Object.fromEntries(Object.entries(functions).map(([name, of]) => [name, of[which]]));
            const renewed = renewedSnapshot(WORLD, rowsOf(pick(1)), snapshotOf(pick(0)));
            expect(compareGas(renewed, rowsOf(pick(1)), []).failures).to.deep.equal([]);
            expect(parseSnapshot(JSON.stringify(renewed))).to.deep.equal(renewed);
          },
        ),
        { numRuns: 200, seed: 20_261_120 },
      );
    });
  });

  describe("read", () => {
    for (const [what, text] of [
      ["no JSON", "{"],
      ["no object", "7"],
      ["nothing", "null"],
      ["no averages", '{"scenario":"hamlet","seed":"x"}'],
      ["averages that are no whole numbers", '{"scenario":"h","seed":"x","averages":{"a":1.5}}'],
    ] as const) {
      it(`refuses ${what}`, () => {
        expect(() => parseSnapshot(text))
          .to.throw(GasSnapshotError)
          .with.property("code", "E_GAS_SNAPSHOT");
      });
    }
  });
});

function snapshotOf(averages: Readonly<Record<string, number>>): GasSnapshot {
  const named = Object.entries(averages).map(([name, avg]) => [`PricingAuction.${name}`, avg]);
  return { ...WORLD, averages: Object.fromEntries(named) as Record<string, number> };
}

function rowsOf(averages: Readonly<Record<string, number>>): readonly GasRow[] {
  return Object.entries(averages).map(([name, avg]) => ({
    contract: "PricingAuction",
    function: name,
    calls: 1,
    min: avg,
    avg,
    max: avg,
  }));
}
