/** A benchmark as files: for machines, for people, and as figures. */
import { shortened } from "../figures/textTable.ts";
import { growthFigure } from "./growthFigure.ts";
import { keyLengthsFigure } from "./keyLengthsFigure.ts";
import { operationsFigure } from "./operationsFigure.ts";
import { credentialsText, operationsText } from "./operationsText.ts";
import { benchJson, type BenchReport } from "./benchReport.ts";
import { roundsFigure } from "./roundsFigure.ts";
import { keyLengthsText, roundsText } from "./roundsText.ts";

const WIDTH = 100;

/** Name → content of everything a benchmark leaves behind. */
export function benchFiles(report: BenchReport): Readonly<Record<string, string>> {
  return {
    "bench.json": benchJson(report),
    "bench.txt": benchText(report),
    "operations.svg": operationsFigure(report.operations),
    "rounds.svg": roundsFigure(report.rounds),
    "growth.svg": growthFigure(report.rounds),
    "paper.svg": keyLengthsFigure(report.keyLengths),
  };
}

/** The tables, ending with a line feed. */
export function benchText(report: BenchReport): string {
  const { operations, rounds, growth, keyLengths, credentials } = report;
  const parts = [
    headingText(report),
    operationsText(operations),
    roundsText(rounds, growth),
    keyLengthsText(keyLengths),
    credentialsText(credentials),
  ];
  return `${parts.join("\n\n")}\n`;
}

function headingText({ machine, quick }: BenchReport): string {
  const { processor, cores, node, openssl, peer } = machine;
  const versions = `Node ${node} · OpenSSL ${openssl} · peer: ${peer}${quick ? " · quick" : ""}`;
  return `${shortened(`${processor} · ${cores} cores`, WIDTH)}\n${shortened(versions, WIDTH)}`;
}
