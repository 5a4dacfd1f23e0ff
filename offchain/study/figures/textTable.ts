/**
 * Tables for a terminal or a log file: a heading, and under it columns between box-drawing lines,
 * numbers to the right and text to the left, never a colour code. Text that came from outside is
 * cut to the width its column may have, and what a terminal would take for a command is not passed
 * on.
 */
import CliTable3 from "cli-table3";

/**
 * A column: its head (empty in all columns for a table without), and for text the most columns of
 * the terminal that a cell takes.
 */
export interface TextColumn {
  readonly head: string;
  /** Undefined for numbers, which are never cut. */
  readonly mostWide?: number;
}

/** A heading, a table under it, and if there is one a remark under the table. */
export function textTable(
  heading: string,
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  remark = "",
): string {
  const body = rows.length === 0 ? "none" : boxed(columns, rows);
  return [heading, body, remark].filter((part) => part !== "").join("\n");
}

function boxed(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const table = new CliTable3({
    ...(columns.some(({ head }) => head !== "") && { head: columns.map(({ head }) => head) }),
    colAligns: columns.map(({ mostWide }) => (mostWide === undefined ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  const cell = (text: string, index: number): string =>
    shortened(text, columns[index]?.mostWide ?? Infinity);
  table.push(...rows.map((row) => row.map(cell)));
  return table.toString();
}

/**
 * The text without control and formatting characters, cut so that it is at most `mostWide` columns
 * wide; a cut ends in an ellipsis.
 */
export function shortened(text: string, mostWide: number): string {
  const characters = Array.from(text.replaceAll(/\p{C}/gu, "\ufffd"));
  if (widthOf(characters) <= mostWide) return characters.join("");
  const kept = characters.findIndex((_, end) => widthOf(characters.slice(0, end + 1)) >= mostWide);
  return `${characters.slice(0, kept).join("")}…`;
}

// No character before the Hangul Jamo is wide; many behind them are, so all are taken for wide.
function widthOf(characters: readonly string[]): number {
  return characters.reduce((width, character) => width + (character < "\u1100" ? 1 : 2), 0);
}

/** The text in lines of at most `mostWide` characters, broken between words; nothing is cut. */
export function wrapped(text: string, mostWide: number): string {
  const line = new RegExp(`(.{1,${mostWide}})(?:\\s+|$)`, "gu");
  return text.replaceAll(line, "$1\n").trimEnd();
}

/** `value` with thousands separated and exactly `decimals` decimals. */
export function decimal(value: number, decimals: number): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat("en-US", digits).format(value);
}
