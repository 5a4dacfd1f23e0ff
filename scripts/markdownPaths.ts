/**
 * A rule for markdownlint: a path of a source file in backticks leads to a file. It starts at the
 * document's folder, at the root or at `offchain/`; in a table whose header names a folder, also
 * there. `*` and `{a,b}` are patterns, and `<party>` is any name.
 */
import { globSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = /`([^`\s]+\.(?:ts|sol))`/g;
const FOLDER = /`([^`\s]+\/)`/;

interface Parameters {
  /** Path of the document. */
  readonly name: string;
  readonly lines: readonly string[];
}

interface Finding {
  /** Counted from 1. */
  readonly lineNumber: number;
  readonly detail: string;
}

export default {
  names: ["paths"],
  description: "Paths of source files lead to files",
  tags: ["code"],
  parser: "none",
  function: ({ name, lines }: Parameters, onError: (finding: Finding) => void): void => {
    const starts = [relative(ROOT, dirname(name)), "", "offchain"];
    let folder = "";
    for (const [place, line] of lines.entries()) {
      if (!line.startsWith("|")) folder = "";
      else if (lines[place - 1]?.startsWith("|") !== true) folder = FOLDER.exec(line)?.[1] ?? "";
      const within = [...starts, ...starts.map((start) => join(start, folder))];
      for (const [, path = ""] of line.matchAll(SOURCE)) {
        if (within.some((start) => leads(join(start, path)))) continue;
        onError({ lineNumber: place + 1, detail: `expected a file, got none: ${path}` });
      }
    }
  },
};

function leads(path: string): boolean {
  return globSync(path.replaceAll(/<\w+>/g, "*"), { cwd: ROOT }).length > 0;
}
