/**
 * What can be wrong with an input file as a whole, or with what was asked of it. A single bad row
 * is no ImportError: it is listed in the world's `unusableRows`. Messages are one sentence for the
 * person who gave the file: `<file>: expected X, got Y`, with the line where there is one.
 */
export type ImportErrorCode =
  | "E_CSV_UNREADABLE"
  | "E_CSV_EMPTY"
  | "E_CSV_TOO_LARGE"
  | "E_CSV_NOT_TEXT"
  | "E_CSV_SYNTAX"
  | "E_CSV_COLUMNS"
  | "E_CSV_COLUMN_TWICE"
  | "E_IMPORT_DATE"
  | "E_IMPORT_NO_STATION"
  | "E_IMPORT_NO_SESSION"
  | "E_IMPORT_NO_TRIP";

export class ImportError extends Error {
  override readonly name = "ImportError";
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The text shortened to `most` characters, in quotes, with nothing a terminal would act on. */
export function quoted(text: string, most = 40): string {
  const shown = text.replaceAll(/\p{C}/gu, "\u{FFFD}");
  return `"${shown.length > most ? `${shown.slice(0, most)}…` : shown}"`;
}

/** Names in quotes for a message, at most 20 of them. */
export function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => quoted(name));
  return shown.join(", ") + (names.length > 20 ? ` and ${names.length - 20} more` : "");
}
