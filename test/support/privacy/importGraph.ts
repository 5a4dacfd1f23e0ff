/**
 * Which files of the project a file imports, directly and by any detour. Type imports count: they
 * are a boundary too.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../../../..");

/** Paths from the project's root, `file` included. */
export function reachable(file: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const next of importsOf(path)) visit(next);
  };
  visit(file);
  return seen;
}

/**
 * What a file names in `import`, `export … from` and `import()`, as far as it is part of the
 * project.
 */
export function importsOf(file: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, file), "utf8"));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith(".") && !GENERATED.test(specifier))
    .map((specifier) => sourceOf(resolve(ROOT, dirname(file), specifier)));
}

/** Types of the contracts, which the build makes: they lead to nothing of the project. */
const GENERATED = /(^|\/)types\/ethers-contracts\//;

function sourceOf(path: string): string {
  if (!existsSync(path)) throw new Error(`importsOf: expected a file ${path}, got none`);
  return relative(ROOT, path);
}
