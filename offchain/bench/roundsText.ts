/** Rounds as a table for people. */
import { decimal, textTable, type TextColumn } from "../figures/textTable.ts";
import { threeDigits, times } from "./numbers.ts";
import type { GrowthRow, RoundRow } from "./report.ts";

const ROUND_COLUMNS: readonly TextColumn[] = [
  { head: "Mode", mostWide: 30 },
  { head: "I × J" },
  { head: "Cores" },
  { head: "Pairs" },
  { head: "Seconds" },
  { head: "Pairs/s" },
  { head: "Ratio" },
  { head: "Bytes/pair" },
  { head: "Peak, MiB" },
];
const GROWTH_COLUMNS: readonly TextColumn[] = [
  { head: "Mode", mostWide: 30 },
  { head: "Cores" },
  { head: "Exponent" },
];

/** Both tables, without a line feed at the end. At most 100 columns wide. */
export function roundsText(rounds: readonly RoundRow[], growth: readonly GrowthRow[]): string {
  const cells = rounds.map((row) => [
    row.mode,
    `${row.buyers} × ${row.sellers}`,
    String(row.cores),
    String(row.pairs),
    threeDigits(row.seconds),
    threeDigits(row.pairsPerSecond),
    times(row.ratioToPeer),
    decimal(row.bytes / row.pairs, 0),
    decimal(row.peakMiB, 0),
  ]);
  const exponents = growth.map(({ mode, cores, exponent }) => [
    mode,
    String(cores),
    decimal(exponent, 3),
  ]);
  return [
    textTable("Full rounds", ROUND_COLUMNS, cells),
    textTable("Growth of time with pairs", GROWTH_COLUMNS, exponents),
  ].join("\n\n");
}
