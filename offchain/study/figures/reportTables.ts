/**
 * The report of a run as tables for people, at most 100 columns wide and without colour codes.
 * Parties are shown by the ends of their accounts. Lists that grow with the world are cut to what
 * fits a screen; the CSV files hold them whole. Tokens are exact: a table shows as many decimals as
 * its finest amount needs, at least two.
 */
import { formatUnits } from "ethers";

import type { GasRow } from "../../chain/gasLedger.ts";
import type { Address } from "../../core/messages/market.ts";
import type { MarketReport, Trade } from "../reports/report.ts";
import { accountedUnits } from "../reports/consistency.ts";
import { partialNotes } from "./partialNote.ts";
import { privacyText } from "./privacyTables.ts";
import { decimal, shortened, textTable, wrapped, type TextColumn } from "./textTable.ts";

const WIDTH = 100;
const MOST_TRADES = 12;
/** Piles shown at either end of a ranking. */
const MOST_RANKED = 5;
/** Of a short account; the ellipsis counts for two. */
const ACCOUNT_WIDTH = 12;
const TOKEN_DECIMALS = 6;
const LEAST_DECIMALS = 2;

/** The whole report, ending with a line feed. */
export function reportText(report: MarketReport): string {
  const sections = [
    headingText(report),
    overviewText(report),
    biddingText(report),
    tradesText(report.trades),
    withoutPileText(report),
    unusableText(report),
    moneyText(report),
    energyText(report),
    pilesText(report),
    privacyText(report.privacy),
    stagesText(report),
    gasTable(report.gasPerFunction),
    `Peak memory: ${decimal(report.peakMemoryMiB, 0)} MiB`,
    ...(report.attribution === null ? [] : [wrapped(report.attribution, WIDTH)]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Gas by contract and function, ending with a line feed. */
export function gasText(rows: readonly GasRow[]): string {
  return `${gasTable(rows)}\n`;
}

function headingText(report: MarketReport): string {
  const { title, date, seed, keyBits, slotHours } = report;
  const settings = `${date} · seed ${seed} · ${keyBits}-bit key · slots of ${slotHours} h`;
  return [...partialNotes(report), shortened(title, WIDTH), shortened(settings, WIDTH)].join("\n");
}

function overviewText(report: MarketReport): string {
  const { requests, matched, settled } = report;
  return textTable("Overview", KEY_AND_VALUE, [
    ["Trips of the day", whole(report.trips)],
    ["Second wishes of a vehicle in one slot, not requested", whole(report.tripsWithoutRequest)],
    ...partialRows(report),
    ["Requests", whole(requests)],
    ["Offers", whole(report.offers)],
    ["Pairs compared in ciphertext", whole(report.comparedPairs)],
    [`Matched (${share(matched, requests)} of requests)`, whole(matched)],
    [`Settled (${share(settled, matched)} of matched)`, whole(settled)],
    ["Unusable rows of the input", whole(report.unusableRows)],
    ["Rows of other days", whole(report.otherDayRows)],
    ["Encrypted matching equals plaintext matching", report.oracleAgrees ? "yes" : "NO"],
  ]);
}

function partialRows({ partial }: MarketReport): readonly string[][] {
  if (partial === null) return [];
  return [
    ["Trips of slots that were not reached", whole(partial.tripsNotReached)],
    ["Sessions that were not over", whole(partial.sessionsUnfinished)],
  ];
}

function biddingText(report: MarketReport): string {
  const { auctions, bids, improvedBids, maxRounds, decrement } = report;
  const rounds = auctions.map((auction) => auction.rounds.length);
  const converged = auctions.filter((auction) => auction.converged).length;
  const { firstMeanPricePerKwh, lastMeanPricePerKwh } = report;
  const [first = "", last = "", by = ""] = tokens([
    firstMeanPricePerKwh ?? 0,
    lastMeanPricePerKwh ?? 0,
    decrement,
  ]);
  const orNone = (price: number | null, shown: string): string => (price === null ? "–" : shown);
  return textTable("Rounds of bidding", KEY_AND_VALUE, [
    [`Rounds of a slot, mean (at most ${whole(maxRounds)})`, decimal(mean(rounds), 1)],
    [
      "Slots that ended because nobody went lower",
      `${whole(converged)} of ${whole(rounds.length)}`,
    ],
    [`Bids that went lower, by at least ${by} tokens per kWh`, whole(improvedBids)],
    ["Bids in all", whole(bids)],
    ["Mean price of who leads after round 1, tokens per kWh", orNone(firstMeanPricePerKwh, first)],
    ["Mean price of who is matched in the end, tokens per kWh", orNone(lastMeanPricePerKwh, last)],
  ]);
}

const KEY_AND_VALUE: readonly TextColumn[] = [{ head: "", mostWide: 60 }, { head: "" }];

function tradesText(trades: readonly Trade[]): string {
  const listed = trades.slice(0, MOST_TRADES);
  const prices = tokens(listed.map((trade) => trade.pricePerKwh));
  const paid = tokens(listed.map((trade) => trade.paidUnits));
  const columns = [
    { head: "Slot" },
    { head: "Vehicle", mostWide: ACCOUNT_WIDTH },
    { head: "Pile", mostWide: ACCOUNT_WIDTH },
    { head: "kWh" },
    { head: "Tokens/kWh" },
    { head: "Tokens" },
    { head: "Outcome", mostWide: 20 },
  ];
  const rows = listed.map((trade, index) => [
    whole(trade.slot),
    shortAccount(trade.vehicle),
    shortAccount(trade.pile),
    kWh(trade.energyWh),
    prices[index] ?? "",
    paid[index] ?? "",
    trade.outcome,
  ]);
  const more = trades.length - listed.length;
  const remark = more > 0 ? `and ${whole(more)} more, all in the CSV file of trades` : "";
  return textTable("Matches", columns, rows, remark);
}

function withoutPileText({ withoutPile }: MarketReport): string {
  return textTable(
    "Requests without a pile",
    [{ head: "Slot" }, { head: "Requests" }],
    withoutPile.map(({ slot, requests }) => [whole(slot), whole(requests)]),
  );
}

function unusableText({ unusableReasons }: MarketReport): string {
  return textTable(
    "Unusable rows",
    [{ head: "File", mostWide: 36 }, { head: "Reason", mostWide: 44 }, { head: "Rows" }],
    unusableReasons.map(({ file, reason, rows }) => [file, reason, whole(rows)]),
  );
}

function moneyText(report: MarketReport): string {
  const { depositedUnits, paidUnits, refundedUnits, forfeitedUnits, escrowBalanceUnits } = report;
  const outUnits = accountedUnits(report);
  const amounts: readonly (readonly [label: string, units: number])[] = [
    ["Deposited", depositedUnits],
    ["Paid for energy", paidUnits],
    ["Refunded", refundedUnits],
    ["Forfeited", forfeitedUnits],
    ["Left in escrow", escrowBalanceUnits],
    ...(report.partial === null
      ? []
      : [["Of that, earned and not taken out", report.partial.earnedInEscrowUnits] as const]),
    ["Deposited less all of these", depositedUnits - outUnits],
  ];
  const shown = tokens(amounts.map(([, units]) => units));
  return textTable(
    "Money in tokens",
    KEY_AND_VALUE,
    amounts.map(([label], index) => [label, shown[index] ?? ""]),
    depositedUnits === outUnits ? "balances to the last unit" : "DOES NOT BALANCE",
  );
}

function energyText({ energyWh, settled, paidUnits }: MarketReport): string {
  const [price = ""] = tokens([Math.round(ratio(paidUnits * 1000, energyWh))]);
  return textTable("Energy", KEY_AND_VALUE, [
    ["Energy sold, kWh", kWh(energyWh)],
    ["Energy per settled session, kWh", kWh(ratio(energyWh, settled))],
    ["Mean price paid, tokens per kWh", price],
  ]);
}

function pilesText({ pileStandings }: MarketReport): string {
  const rated = pileStandings
    .filter(({ ratings }) => ratings > 0)
    .toSorted(
      (a, b) => b.rating - a.rating || b.ratings - a.ratings || compareText(a.pile, b.pile),
    );
  return textTable(
    `Rating of piles, 0 to 3 (${whole(rated.length)} of ${whole(pileStandings.length)} rated)`,
    [{ head: "Pile", mostWide: 60 }, { head: "Rating" }, { head: "Ratings" }],
    bothEnds(
      rated.map(({ pile, rating, ratings }) => [
        shortAccount(pile),
        decimal(rating, 3),
        whole(ratings),
      ]),
    ),
  );
}

/**
 * The ends of an account, such as 0x1234…abcd: enough to tell a few apart, and to find one in a
 * list.
 */
export function shortAccount(account: Address): string {
  return `${account.slice(0, 6)}…${account.slice(-4)}`;
}

// A ranking's first and last rows, and a row that says how many lie between.
function bothEnds(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const between = rows.length - 2 * MOST_RANKED;
  if (between <= 1) return rows;
  const gap = (rows[0] ?? []).map((_, index) => (index === 0 ? `(${whole(between)} between)` : ""));
  return [...rows.slice(0, MOST_RANKED), gap, ...rows.slice(-MOST_RANKED)];
}

function stagesText({ secondsPerStage }: MarketReport): string {
  const stages = Object.entries(secondsPerStage);
  const total = sum(stages.map(([, seconds]) => seconds));
  return textTable(
    "Time per stage",
    [{ head: "Stage", mostWide: 60 }, { head: "Seconds" }, { head: "Share" }],
    [...stages, ["all", total] as const].map(([stage, seconds]) => [
      stage,
      decimal(seconds, 2),
      share(seconds, total),
    ]),
    "stages that ran side by side count both",
  );
}

function gasTable(rows: readonly GasRow[]): string {
  return textTable(
    "Gas per function",
    [
      { head: "Contract", mostWide: 20 },
      { head: "Function", mostWide: 22 },
      ...["Calls", "Min", "Avg", "Max"].map((head) => ({ head })),
    ],
    rows.map((row) => [
      row.contract,
      row.function,
      ...[row.calls, row.min, row.avg, row.max].map(whole),
    ]),
  );
}

/**
 * Token units as tokens, exactly, all with the same number of decimals: as many as the finest of
 * them needs, 2 to 6. Throws for units that are not safe integers.
 */
export function tokens(units: readonly number[]): readonly string[] {
  const parts = units.map((value) => formatUnits(value, TOKEN_DECIMALS).split("."));
  const decimals = parts.map(([, fraction = ""]) => (fraction === "0" ? 0 : fraction.length));
  const shown = Math.max(LEAST_DECIMALS, ...decimals);
  return parts.map(([integer = "", fraction = ""]) => {
    const grouped = integer.replaceAll(/\B(?=(\d{3})+$)/g, ",");
    return `${grouped}.${fraction.padEnd(shown, "0")}`;
  });
}

function kWh(energyWh: number): string {
  return decimal(energyWh / 1000, 2);
}

function whole(value: number): string {
  return decimal(value, 0);
}

function share(part: number, all: number): string {
  return `${decimal(100 * ratio(part, all), 1)} %`;
}

// Of nothing, everything is none.
function ratio(part: number, all: number): number {
  return all === 0 ? 0 : part / all;
}

function mean(values: readonly number[]): number {
  return ratio(sum(values), values.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
