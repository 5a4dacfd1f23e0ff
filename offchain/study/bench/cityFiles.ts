/** What a growing city costs, as files and as text: `cityRound.ts` says what the numbers mean. */
import { stringify } from "csv-stringify/sync";
import { decimal, textTable } from "../figures/textTable.ts";
import { cityFigure } from "./cityFigure.ts";
import { CITY_STAGES, exponentBetween, type CityRow } from "./cityRound.ts";
import type { Machine } from "./benchReport.ts";

/** Growth from one size to the next. */
export interface CityGrowth {
  readonly from: number;
  readonly to: number;
  /**
   * Of the servers' seconds, of those of matching, of the compared pairs, of all pairs: 1 is as
   * fast as the city.
   */
  readonly seconds: number;
  readonly matching: number;
  readonly comparedPairs: number;
  readonly allPairs: number;
}

/** A row for each step between two sizes. */
export function cityGrowth(rows: readonly CityRow[]): readonly CityGrowth[] {
  return rows.slice(1).flatMap((to, k) => {
    const from = rows[k];
    if (from === undefined) return [];
    const of = (what: (row: CityRow) => number): number =>
      exponentBetween([from.count, what(from)], [to.count, what(to)]);
    return [
      {
        from: from.count,
        to: to.count,
        seconds: of(({ seconds }) => seconds),
        matching: of(({ secondsPerStage }) => secondsPerStage.matching),
        comparedPairs: of(({ comparedPairs }) => comparedPairs),
        allPairs: of(({ allPairs }) => allPairs),
      },
    ];
  });
}

/** Name → content of everything that the measurement leaves behind. */
export function cityFiles(
  machine: Machine,
  rows: readonly CityRow[],
): Readonly<Record<string, string>> {
  const content = { machine, rows, growth: cityGrowth(rows) };
  return {
    "city.json": `${JSON.stringify(content, null, 2)}\n`,
    "city.csv": cityCsv(rows),
    "city.svg": cityFigure(rows),
  };
}

/** The tables, ending with a line feed. */
export function cityText(rows: readonly CityRow[]): string {
  const cost = textTable(
    "Cost of a round, seconds of one core",
    [
      { head: "I = J" },
      ...CITY_STAGES.map((stage) => ({ head: stage })),
      { head: "servers" },
      { head: "all done", mostWide: 8 },
    ],
    rows.map(({ count, secondsPerStage, seconds, isWhole }) => [
      decimal(count, 0),
      ...CITY_STAGES.map((stage) => decimal(secondsPerStage[stage], 3)),
      decimal(seconds, 1),
      isWhole ? "yes" : "no",
    ]),
    "servers: all but owners; where not all is done, owners to opening are reckoned from what a record took",
  );
  const pairs = textTable(
    "Pairs",
    ["I = J", "buckets", "suppressed", "candidates", "compared", "of all pairs", "matches"].map(
      (head) => ({ head }),
    ),
    rows.map((row) => [
      decimal(row.count, 0),
      decimal(row.buckets, 0),
      decimal(row.suppressed, 0),
      decimal(row.candidatePairs, 0),
      decimal(row.comparedPairs, 0),
      `${decimal((100 * row.comparedPairs) / row.allPairs, 1)} %`,
      decimal(row.matches, 0),
    ]),
  );
  const growth = textTable(
    "Exponents",
    ["from", "to", "servers", "matching", "compared", "I·J"].map((head) => ({ head })),
    cityGrowth(rows).map((one) => [
      decimal(one.from, 0),
      decimal(one.to, 0),
      decimal(one.seconds, 2),
      decimal(one.matching, 2),
      decimal(one.comparedPairs, 2),
      decimal(one.allPairs, 2),
    ]),
  );
  return `${[cost, pairs, growth].join("\n\n")}\n`;
}

function cityCsv(rows: readonly CityRow[]): string {
  const header = [
    "vehicles",
    "piles",
    "side_m",
    "buckets",
    "suppressed",
    "candidate_pairs",
    "compared_pairs",
    "all_pairs",
    "matches",
    "is_whole",
    ...CITY_STAGES.map((stage) => `${stage}_s`),
    "servers_s",
  ];
  const cells = rows.map((row) => [
    row.count,
    row.count,
    row.sideM,
    row.buckets,
    row.suppressed,
    row.candidatePairs,
    row.comparedPairs,
    row.allPairs,
    row.matches,
    String(row.isWhole),
    ...CITY_STAGES.map((stage) => row.secondsPerStage[stage]),
    row.seconds,
  ]);
  return stringify([header, ...cells]);
}
