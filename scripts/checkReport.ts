/**
 * Checks a report.json from outside: `node scripts/checkReport.ts <file> <least settled sessions>`.
 * Exit code 1 if the day was interrupted, money is not conserved, the oracle disagrees, rounds of
 * bidding or requests do not add up, too little was settled, or vehicles were found more often than
 * they may be; also if the arguments are not a file and a positive whole number.
 */
import { readFileSync } from "node:fs";
import type { MarketReport } from "../offchain/study/reports/report.ts";

const { file, least } = readArguments(process.argv.slice(2));
const report = JSON.parse(readFileSync(file, "utf8")) as MarketReport;
const { depositedUnits, paidUnits, refundedUnits, forfeitedUnits, escrowBalanceUnits } = report;

const complaints: string[] = [];
if (report.partial !== null) complaints.push("the day was interrupted: the report is partial");
const earnedInEscrowUnits = report.partial?.earnedInEscrowUnits ?? 0;
const leftUnits = escrowBalanceUnits - earnedInEscrowUnits;
if (depositedUnits !== paidUnits + refundedUnits + forfeitedUnits + leftUnits) {
  complaints.push("money in is not money out");
}
if (escrowBalanceUnits !== 0) complaints.push(`${escrowBalanceUnits} units are left in the escrow`);
if (!report.oracleAgrees) complaints.push("the oracle disagrees");
if (!(report.settled >= least)) {
  complaints.push(`${report.settled} sessions settled, expected at least ${least}`);
}
const { auctions, offers, bids, improvedBids, maxRounds } = report;
const rounds = auctions.flatMap((auction) => auction.rounds);
if (bids !== offers + improvedBids || bids !== rounds.reduce((sum, one) => sum + one.newBids, 0)) {
  complaints.push("bids are not offers and improved bids, of all rounds");
}
if (maxRounds > 1 && improvedBids === 0) complaints.push("nobody went lower in any round");
for (const { slot, converged, rounds: own } of auctions) {
  const isOver = converged ? own.at(-1)?.newBids === 0 : own.length === maxRounds;
  if (!isOver) complaints.push(`bidding of slot ${slot} is not over`);
}
if (rounds.some((one) => (one.referencePricePerKwh === null) !== (one.leading === 0))) {
  complaints.push("a round has a price without leaders, or leaders without a price");
}
const withoutPile = report.withoutPile.reduce((sum, one) => sum + one.requests, 0);
if (report.requests !== report.matched + withoutPile) {
  complaints.push("requests are not those matched and those without a pile");
}
const { privacy } = report;
if (privacy.sessionAccounts !== report.requests) {
  complaints.push("there is not an account for every request");
}
if (privacy.coinsHeldUnits < privacy.coinsOwedUnits) complaints.push("the cashier cannot pay");
for (const { name, success, bound } of privacy.attacks) {
  if (success > bound) complaints.push(`${name} is right too often`);
}
// What was charged where and when links sessions, and is not promised to hide them; accounts and
// money are.
for (const { name, success, bound } of privacy.links) {
  const isPromised = name === "account" || name === "funding";
  if (isPromised && success > bound) complaints.push(`sessions are linked by ${name}`);
}
if (!(report.energyWh > 0 && paidUnits > 0)) complaints.push("no energy was sold");

const verdict = complaints.length === 0 ? "as it should be" : complaints.join("; ");
console.log(`${file}: ${report.settled} settled of ${report.requests} requests: ${verdict}`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function readArguments(given: readonly string[]): {
  readonly file: string;
  readonly least: number;
} {
  const [file, least] = given;
  if (
    given.length !== 2 ||
    file === undefined ||
    least === undefined ||
    !/^[1-9]\d*$/.test(least)
  ) {
    const got = given.length === 0 ? "nothing" : given.map((one) => `"${one}"`).join(" ");
    throw new RangeError(
      `expected <file> <least settled sessions, a positive whole number>, got ${got}`,
    );
  }
  return { file, least: Number(least) };
}
