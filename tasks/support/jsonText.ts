/** JSON as files and pipes want it. */

/** Indented, with a line end; whole numbers of any size as decimal digits. */
export function jsonText(content: unknown): string {
  return `${JSON.stringify(content, withBigints, 2)}\n`;
}

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
