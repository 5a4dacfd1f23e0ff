import { expect } from "chai";
import fc from "fast-check";
import { gasLedger } from "../../../offchain/chain/gasLedger.ts";

describe("gas ledger", () => {
  it("is empty at first", () => {
    expect(gasLedger().rows()).to.deep.equal([]);
  });

  it("keeps contracts and functions apart, sorted by both", () => {
    const ledger = gasLedger();
    ledger.record("PricingAuction", "request", 75_783n);
    ledger.record("Escrow", "withdraw", 60_967n);
    ledger.record("PricingAuction", "bid", 70_353n);
    ledger.record("PricingAuction", "bid", 70_366n);
    expect(ledger.rows()).to.deep.equal([
      row("Escrow", "withdraw", [1, 60_967, 60_967, 60_967]),
      row("PricingAuction", "bid", [2, 70_353, 70_360, 70_366]),
      row("PricingAuction", "request", [1, 75_783, 75_783, 75_783]),
    ]);
  });

  it("shares nothing with another ledger, and a list of rows does not grow", () => {
    const [one, two] = [gasLedger(), gasLedger()];
    const before = one.rows();
    one.record("Escrow", "deposit", 1n);
    expect(before).to.deep.equal([]);
    expect(two.rows()).to.deep.equal([]);
    expect(one.rows()).to.have.lengthOf(1);
  });

  it("counts calls, and rounds the average to whole gas between least and most", () => {
    const gas = fc.array(fc.integer({ min: 21_000, max: 2 ** 24 }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(gas, (used) => {
        const ledger = gasLedger();
        for (const one of used) ledger.record("Escrow", "deposit", BigInt(one));
        const average = Math.round(used.reduce((sum, one) => sum + one, 0) / used.length);
        const expected = [used.length, Math.min(...used), average, Math.max(...used)] as const;
        expect(ledger.rows()).to.deep.equal([row("Escrow", "deposit", expected)]);
      }),
      { numRuns: 200, seed: 0x5eed },
    );
  });
});

function row(
  contract: string,
  name: string,
  [calls, min, avg, max]: readonly [number, number, number, number],
): object {
  return { contract, function: name, calls, min, avg, max };
}
