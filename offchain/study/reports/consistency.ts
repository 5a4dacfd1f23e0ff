/** Whether a report agrees with itself. */
import type { MarketReport } from "./report.ts";

/**
 * The run contradicted itself: its numbers must not be believed. The files are written for whoever
 * looks into it.
 */
export class InconsistentRunError extends Error {
  override readonly name = "InconsistentRunError";
  readonly code = "E_INCONSISTENT_RUN";
}

/** Where the money that was brought in is: as much as that, if none is lost. */
export function accountedUnits(
  report: Pick<
    MarketReport,
    "partial" | "paidUnits" | "refundedUnits" | "forfeitedUnits" | "escrowBalanceUnits"
  >,
): number {
  const { paidUnits, refundedUnits, forfeitedUnits, escrowBalanceUnits, partial } = report;
  // What was paid and is still there is not counted twice.
  const earnedInEscrowUnits = partial?.earnedInEscrowUnits ?? 0;
  return paidUnits + refundedUnits + forfeitedUnits + escrowBalanceUnits - earnedInEscrowUnits;
}

/**
 * Money in = money out, and the encrypted matching decided as the plaintext one.
 * @throws InconsistentRunError
 */
export function assertConsistent(report: MarketReport): void {
  const { depositedUnits } = report;
  const out = accountedUnits(report);
  if (out !== depositedUnits) {
    throw new InconsistentRunError(`money is not conserved: ${depositedUnits} in, ${out} out`);
  }
  const { coinsOwedUnits, coinsHeldUnits } = report.privacy;
  if (coinsHeldUnits < coinsOwedUnits) {
    const sums = `${coinsOwedUnits} owed for coins, ${coinsHeldUnits} there`;
    throw new InconsistentRunError(`the cashier cannot pay: ${sums}`);
  }
  if (!report.oracleAgrees) {
    throw new InconsistentRunError("the encrypted matching differs from the plaintext matching");
  }
}
