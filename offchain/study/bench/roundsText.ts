/**
 * Rounds as tables for people: how fast, where the time goes, what passes and what is kept, and how
 * it grows.
 */
import { decimal, textTable, type TextColumn } from "../figures/textTable.ts";
import { threeDigits, times } from "./numbers.ts";
import type { GrowthRow, KeyLengthRow, RoundRow } from "./benchReport.ts";

const MODE: TextColumn = { head: "Mode", mostWide: 22 };
const SPEED_COLUMNS: readonly TextColumn[] = [
  MODE,
  ...heads("I × J", "Cores", "Pairs", "Seconds", "Pairs/s", "Ratio", "Gain", "Peak, MiB"),
];
const STAGES = ["admission", "masking", "opening", "matching", "sealing"] as const;
const STAGE_COLUMNS: readonly TextColumn[] = [
  MODE,
  ...heads("I × J", "Admission", "Masking", "Opening", "Matching", "Sealing"),
];
const COST_COLUMNS: readonly TextColumn[] = [
  MODE,
  ...heads("I × J", "Bytes/pair", "Dealt/pair", "Exchanges/buyer", "Upload", "In use, MiB"),
];
const GROWTH_COLUMNS: readonly TextColumn[] = [MODE, ...heads("Cores", "Time", "Memory")];

function heads(...names: readonly string[]): readonly TextColumn[] {
  return names.map((head) => ({ head }));
}

/** The tables, without a line feed at the end. At most 100 columns wide. */
export function roundsText(rounds: readonly RoundRow[], growth: readonly GrowthRow[]): string {
  return [
    textTable("Full rounds", SPEED_COLUMNS, rounds.map(speedCells)),
    textTable("Seconds of a stage, on one core", STAGE_COLUMNS, rounds.flatMap(stageCells)),
    textTable("What passes between the servers", COST_COLUMNS, rounds.flatMap(costCells)),
    textTable("Growth with the number of pairs, as an exponent", GROWTH_COLUMNS, growth.map(cells)),
  ].join("\n\n");
}

/** A line for every way, a column for every length. */
export function keyLengthsText(rows: readonly KeyLengthRow[]): string {
  const lengths = [...new Set(rows.map(({ bits }) => bits))];
  const columns = [
    { head: "Milliseconds", mostWide: 40 },
    ...heads(...lengths.map((bits) => `${bits} bits`)),
  ];
  const ways = Map.groupBy(rows, ({ operation, variant }) => `${operation}, ${variant}`);
  const lines = [...ways].map(([way, own]) => [
    way,
    ...lengths.map((bits) => threeDigits(own.find((row) => row.bits === bits)?.ms ?? null)),
  ]);
  return textTable("Lengths of keys", columns, lines);
}

function sizeOf({ buyers, sellers }: RoundRow): string {
  return `${buyers} × ${sellers}`;
}

function speedCells(row: RoundRow): readonly string[] {
  return [
    row.mode,
    sizeOf(row),
    String(row.cores),
    decimal(row.pairs, 0),
    threeDigits(row.seconds),
    threeDigits(row.pairsPerSecond),
    times(row.ratioToPeer),
    times(row.gain ?? null),
    decimal(row.peakMiB, 0),
  ];
}

function stageCells(row: RoundRow): readonly (readonly string[])[] {
  const { secondsPerStage } = row;
  if (secondsPerStage === undefined) return [];
  const seconds = STAGES.map((stage) => threeDigits(secondsPerStage[stage]));
  return [[row.mode, sizeOf(row), ...seconds]];
}

/** The same on any number of cores: said once. */
function costCells(row: RoundRow): readonly (readonly string[])[] {
  const { bytes, pairs, dealtBytes, exchangesPerBuyer, uploadBytes, liveMiB, cores } = row;
  if (cores > 1) return [];
  const missing = "–";
  return [
    [
      row.mode,
      sizeOf(row),
      decimal(bytes / pairs, 0),
      dealtBytes === undefined ? missing : decimal(dealtBytes / pairs, 0),
      exchangesPerBuyer === undefined ? missing : decimal(exchangesPerBuyer, 1),
      uploadBytes === undefined ? missing : decimal(uploadBytes, 0),
      liveMiB === undefined ? missing : decimal(liveMiB, 1),
    ],
  ];
}

function cells({ mode, cores, exponent, memoryExponent }: GrowthRow): readonly string[] {
  return [mode, String(cores), decimal(exponent, 3), decimal(memoryExponent, 3)];
}
