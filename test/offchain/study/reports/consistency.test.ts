/** A report that contradicts itself is refused, whatever it contradicts itself in. */
import { expect } from "chai";
import { assertConsistent } from "../../../../offchain/study/reports/consistency.ts";
import type { MarketReport } from "../../../../offchain/study/reports/report.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { sampleReport } from "../../../support/figures/sample.ts";

describe("a report and itself", () => {
  const sample = sampleReport(buildScenario("hamlet", { seed: "consistency" }));
  const out =
    sample.paidUnits + sample.refundedUnits + sample.forfeitedUnits + sample.escrowBalanceUnits;
  const privacy = { ...sample.privacy, coinsOwedUnits: 5, coinsHeldUnits: 5 };
  const report: MarketReport = { ...sample, depositedUnits: out, privacy, oracleAgrees: true };

  it("agree where no unit is lost, the cashier can pay, and the oracle agrees", () => {
    expect(() => {
      assertConsistent(report);
    }).to.not.throw();
  });

  it("agree after an interrupt, where what was paid is still in the escrow, and is counted once", () => {
    const earnedInEscrowUnits = report.paidUnits;
    const escrowBalanceUnits = report.escrowBalanceUnits + earnedInEscrowUnits;
    const ofAll = { slotsDone: 1, slots: 2, tripsNotReached: 0, sessionsUnfinished: 0 };
    const interrupted = { ...report, escrowBalanceUnits };
    const check = (partial: MarketReport["partial"]) => () => {
      assertConsistent({ ...interrupted, partial });
    };
    expect(check({ ...ofAll, earnedInEscrowUnits })).to.not.throw();
    expect(check({ ...ofAll, earnedInEscrowUnits: 0 })).to.throw(/money is not conserved/);
    expect(check(null)).to.throw(/money is not conserved/);
  });

  const contradictions: readonly (readonly [string, Partial<MarketReport>, RegExp])[] = [
    ["money", { depositedUnits: out + 1 }, /money is not conserved/],
    ["coins", { privacy: { ...privacy, coinsHeldUnits: 4 } }, /5 owed for coins, 4 there/],
    ["decisions", { oracleAgrees: false }, /differs from the plaintext/],
  ];
  for (const [what, change, expected] of contradictions) {
    it(`contradict each other in ${what}`, () => {
      expect(() => {
        assertConsistent({ ...report, ...change });
      }).to.throw(expected);
    });
  }
});
