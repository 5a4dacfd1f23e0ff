/** JSON as files and pipes want it: indented, with a line end. */

declare global {
  interface JSON {
    /** A value that is written as it stands; of ECMAScript, and not yet in TypeScript's library. */
    readonly rawJSON: (text: string) => object;
  }
}

/** For what is kept and read again by us; whole numbers of any size as decimal digits in text. */
export function jsonText(content: unknown): string {
  return indented(content, (value) => value.toString());
}

/**
 * For whoever reads what a command says: numbers are numbers, and whole ones have all their digits
 * at any size. Text keeps its characters, and those that a terminal would act on are escaped.
 */
export function jsonOutput(content: unknown): string {
  const text = indented(content, (value) => JSON.rawJSON(value.toString()));
  return text.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

/** Of each of its code units. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, k) => character.charCodeAt(k));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

function indented(content: unknown, shown: (value: bigint) => unknown): string {
  const replaced = (_key: string, value: unknown): unknown =>
    typeof value === "bigint" ? shown(value) : value;
  return `${JSON.stringify(content, replaced, 2)}\n`;
}
