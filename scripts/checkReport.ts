/**
 * Checks a report.json from outside: `node scripts/checkReport.ts <file> <least settled sessions>`.
 * Exit code 1 if money is not conserved, the oracle disagrees, or too little was settled.
 */
import { readFileSync } from "node:fs";
import type { MarketReport } from "../offchain/simulation/report.ts";

const [file = "", least = ""] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, "utf8")) as MarketReport;
const { depositedUnits, paidUnits, refundedUnits, forfeitedUnits, escrowBalanceUnits } = report;

const complaints: string[] = [];
if (depositedUnits !== paidUnits + refundedUnits + forfeitedUnits + escrowBalanceUnits) {
  complaints.push("money in is not money out");
}
if (escrowBalanceUnits !== 0) complaints.push(`${escrowBalanceUnits} units are left in the escrow`);
if (!report.oracleAgrees) complaints.push("the oracle disagrees");
if (!(report.settled >= Number(least))) {
  complaints.push(`${report.settled} sessions settled, expected at least ${least}`);
}
if (!(report.energyWh > 0 && paidUnits > 0)) complaints.push("no energy was sold");

const verdict = complaints.length === 0 ? "as it should be" : complaints.join("; ");
console.log(`${file}: ${report.settled} settled of ${report.requests} requests: ${verdict}`);
process.exitCode = complaints.length === 0 ? 0 : 1;
