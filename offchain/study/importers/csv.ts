/**
 * From a path to rows with names and line numbers. The parsing of CSV itself is csv-parse's; this
 * file adds what real files need: a byte order mark, any of the three line ends, quotes inside
 * unquoted text, unnamed and repeated columns, the line on which a row starts, and one clear
 * ImportError for everything that is no such table. Columns are found by name, without regard to
 * case and surrounding blanks, and never by position. A row whose number of fields differs from the
 * header's is not guessed at: it is handed back as unusable.
 */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";

import { CsvError, parse } from "csv-parse/sync";

import { ImportError, quoted, quotedList } from "./importError.ts";
import type { UnusableRow } from "../worlds/world.ts";

/** Larger files are refused before they are read (bytes); a year of Dundee is under half of it. */
export const MAX_FILE_BYTES = 32 * 2 ** 20;
/** A longer row is a fault, such as a quote that never closes (bytes). */
export const MAX_ROW_BYTES = 64 * 2 ** 10;

export interface CsvRow {
  /** Line on which the row starts, the header being line 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface CsvTable {
  readonly path: string;
  /** Name of the file without its folders. */
  readonly file: string;
  /** As in the header, trimmed; may hold empty and repeated names. */
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/** The columns by which a layout is recognised, and those it uses when they are there. */
export interface CsvLayout {
  readonly name: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** A row seen through a layout. */
export interface CsvRecord {
  readonly line: number;
  /** The trimmed cell of a column of the layout; "" where the file lacks an optional column. */
  readonly cell: (column: string) => string;
}

/**
 * Reads a CSV file. Throws ImportError: E_CSV_UNREADABLE (no file, or not a regular one),
 * E_CSV_TOO_LARGE, and all that `parseCsv` throws. Run by the importer.
 */
export function readCsv(path: string): CsvTable {
  return parseCsv(path, readBytes(path));
}

/**
 * Parses the bytes of a CSV file; `path` only names it. Throws ImportError: E_CSV_EMPTY (nothing in
 * it), E_CSV_NOT_TEXT (not UTF-8, or with zero bytes), E_CSV_SYNTAX (a quote that never closes, a
 * row of more than MAX_ROW_BYTES).
 */
export function parseCsv(path: string, bytes: Uint8Array): CsvTable {
  const [header, ...rows] = parseRows(path, textOf(path, bytes));
  if (!header) throw new ImportError("E_CSV_EMPTY", `${path}: expected a header row, got no text`);
  const columns = header.fields.map((name) => name.trim());
  return { path, file: basename(path), columns, rows };
}

/**
 * The first layout all of whose required columns the table has. Throws ImportError E_CSV_COLUMNS,
 * which says what the table has, what every layout needs and what it misses of it, and
 * E_CSV_COLUMN_TWICE when a column of the layout stands in the header more than once.
 */
export function layoutOf<L extends CsvLayout>(table: CsvTable, layouts: readonly L[]): L {
  const found = layouts.find((layout) => missingColumns(table, layout).length === 0);
  if (!found) throw new ImportError("E_CSV_COLUMNS", describeMissing(table, layouts));
  refuseRepeated(table, found);
  return found;
}

/** The rows of a table as records of a layout; blank rows and rows of another width as unusable. */
export function recordsOf(
  table: CsvTable,
  layout: CsvLayout,
): { readonly records: readonly CsvRecord[]; readonly unusable: readonly UnusableRow[] } {
  const indexOf = columnIndex(table, layout);
  const whole = table.rows.filter((row) => faultOf(table, row) === null);
  return {
    records: whole.map((row) => ({
      line: row.line,
      cell: (column) => row.fields[indexOf(column)]?.trim() ?? "",
    })),
    unusable: table.rows.flatMap((row) => faultOf(table, row) ?? []),
  };
}

function readBytes(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new ImportError("E_CSV_UNREADABLE", notAFile(path));
    refuseLarge(path, stats.size);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(
      "E_CSV_UNREADABLE",
      `${path}: expected a readable file, got ${why(error)}`,
    );
  }
}

function refuseLarge(path: string, size: number): void {
  if (size <= MAX_FILE_BYTES) return;
  const most = `at most ${MAX_FILE_BYTES} bytes`;
  throw new ImportError("E_CSV_TOO_LARGE", `${path}: expected ${most}, got ${size}`);
}

function notAFile(path: string): string {
  return `${path}: expected a file, got a folder or a device`;
}

function why(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  return code === "ENOENT" ? "no such file" : code === "EACCES" ? "permission denied" : code;
}

function textOf(path: string, bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === null || text.includes("\0")) {
    throw new ImportError("E_CSV_NOT_TEXT", `${path}: expected CSV as UTF-8 text, got other bytes`);
  }
  return text;
}

// The decoder drops a byte order mark.
function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parseRows(path: string, text: string): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  // csv-parse counts a CRLF inside quotes as two lines, so lines are counted here.
  let line = 1;
  const take = (fields: string[]): null => {
    if (fields.length > 1 || fields[0]?.trim()) rows.push({ line, fields });
    line += 1 + fields.reduce((breaks, field) => breaks + countBreaks(field), 0);
    return null;
  };
  try {
    parse(text, { ...CSV_OPTIONS, on_record: take });
  } catch (error) {
    throw syntaxError(path, line, error);
  }
  return rows;
}

const CSV_OPTIONS = {
  record_delimiter: ["\r\n", "\n", "\r"],
  relax_column_count: true,
  relax_quotes: true,
  max_record_size: MAX_ROW_BYTES,
};

function countBreaks(field: string): number {
  return field.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function syntaxError(path: string, line: number, error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const fault =
    error.code === "CSV_QUOTE_NOT_CLOSED"
      ? "a quote that never closes"
      : error.code === "CSV_MAX_RECORD_SIZE"
        ? `a row of more than ${MAX_ROW_BYTES} bytes`
        : error.code;
  return new ImportError("E_CSV_SYNTAX", `${path}, line ${line}: expected a CSV row, got ${fault}`);
}

function faultOf(table: CsvTable, row: CsvRow): UnusableRow | null {
  const { file } = table;
  const { line, fields } = row;
  if (fields.every((field) => field.trim() === "")) {
    return { file, line, reason: "blank row", value: "" };
  }
  if (fields.length === table.columns.length) return null;
  const value = `${fields.length} instead of ${table.columns.length}`;
  return { file, line, reason: "wrong number of fields", value };
}

function sameColumn(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function missingColumns(table: CsvTable, layout: CsvLayout): readonly string[] {
  return layout.required.filter((name) => !table.columns.some((found) => sameColumn(found, name)));
}

function describeMissing(table: CsvTable, layouts: readonly CsvLayout[]): string {
  const needs = layouts.map((layout) => {
    const missing = quotedList(missingColumns(table, layout));
    return `the ${layout.name} layout needs ${quotedList(layout.required)} (missing: ${missing})`;
  });
  const found = quotedList(table.columns.filter((name) => name !== ""));
  const head = `${table.path}: expected the columns of a known layout, got ${found || "no names"}`;
  return [`${head}${otherSeparator(table)}`, ...needs].join("; ");
}

/** Names another separator than the comma, where the header shows one. */
function otherSeparator({ columns }: CsvTable): string {
  const [only = ""] = columns;
  const found =
    columns.length > 1 ? undefined : [";", "\t", "|"].find((mark) => only.includes(mark));
  if (found === undefined) return "";
  const example = only.split(found).slice(0, 3).join(",");
  const shown = found === "\t" ? "a tab" : `"${found}"`;
  return `, separated by ${shown} on line 1: expected commas, like ${quoted(example)}`;
}

function refuseRepeated(table: CsvTable, layout: CsvLayout): void {
  const count = (name: string): number =>
    table.columns.filter((found) => sameColumn(found, name)).length;
  const repeated = [...layout.required, ...layout.optional].filter((name) => count(name) > 1);
  if (repeated.length === 0) return;
  throw new ImportError(
    "E_CSV_COLUMN_TWICE",
    `${table.path}: expected each column once, got more than one ${quotedList(repeated)}`,
  );
}

function columnIndex(table: CsvTable, layout: CsvLayout): (column: string) => number {
  const names = [...layout.required, ...layout.optional];
  const at = new Map(
    names.map((name) => [name, table.columns.findIndex((found) => sameColumn(found, name))]),
  );
  return (column) => at.get(column) ?? -1;
}
