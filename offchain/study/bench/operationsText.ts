/**
 * The operations as tables for people, one for each size of key, and under them what was measured.
 */
import { decimal, textTable, wrapped, type TextColumn } from "../figures/textTable.ts";
import { threeDigits, times } from "./numbers.ts";
import type { CredentialRow, OperationRow } from "./benchReport.ts";

const WIDTH = 100;
/** Of the second line of a paragraph and those after it. */
const INDENT = "  ";
const COLUMNS: readonly TextColumn[] = [
  { head: "Operation", mostWide: 30 },
  { head: "Ours, ms" },
  { head: "Peer, ms" },
  { head: "Ratio" },
  { head: "Limit, ms" },
  { head: "Ours/limit" },
];

const CREDENTIAL_COLUMNS: readonly TextColumn[] = [
  { head: "Operation", mostWide: 30 },
  { head: "Ours, ms" },
  { head: "Limit, ms" },
  { head: "Ours/limit" },
  { head: "Bytes" },
];

/** The tables and their key, without a line feed at the end. At most 100 columns wide. */
export function operationsText(rows: readonly OperationRow[]): string {
  const sizes = [...Map.groupBy(rows, ({ bits }) => bits)];
  const tables = sizes.map(([bits, own]) =>
    textTable(`Operations with keys of ${bits} bits`, COLUMNS, own.map(cells)),
  );
  return [...tables, ...keyOf(rows)].join("\n\n");
}

/** The same of credentials, where there is no peer, but something to send. */
export function credentialsText(rows: readonly CredentialRow[]): string {
  const title = "Operations of credentials and coins, on BLS12-381 and ristretto255";
  const table = textTable(title, CREDENTIAL_COLUMNS, rows.map(credentialCells));
  return [table, ...keyOf(rows)].join("\n\n");
}

function credentialCells({ operation, oursMs, limitMs, bytes }: CredentialRow): readonly string[] {
  const above = limitMs === null ? "–" : decimal(oursMs / limitMs, 2);
  const size = bytes === null ? "–" : decimal(bytes, 0);
  return [operation, threeDigits(oursMs), threeDigits(limitMs), above, size];
}

function cells({ operation, oursMs, peerMs, ratio, limitMs }: OperationRow): readonly string[] {
  const above = limitMs === null ? "–" : decimal(oursMs / limitMs, 2);
  return [
    operation,
    threeDigits(oursMs),
    threeDigits(peerMs),
    times(ratio),
    threeDigits(limitMs),
    above,
  ];
}

/** A paragraph for every operation: how it was done and what its limit consists of. */
function keyOf(
  rows: readonly Pick<OperationRow, "operation" | "how" | "unavoidable">[],
): readonly string[] {
  const lines = [...Map.groupBy(rows, ({ operation }) => operation)].map(([operation, own]) => {
    const hows = [...new Set(own.map(({ how }) => how))].join("; ");
    const [limit = ""] = own.map(({ unavoidable }) => unavoidable);
    const words = wrapped(`${operation}: ${hows}. Limit: ${limit}.`, WIDTH - INDENT.length);
    return words.replaceAll("\n", `\n${INDENT}`);
  });
  return lines.length === 0 ? [] : [lines.join("\n")];
}
