/**
 * The test files of a kind, by what they import when they run: `node scripts/testFiles.ts
 * unit|study|attacks|chain|flow`.
 * - unit: of the product; neither Hardhat nor anything that is made of the contracts is loaded, so
 *   Mocha alone runs them
 * - study: the same, of what measures and reproduces
 * - attacks: the same, of attackers that play thousands of trials
 * - flow: whole commands and processes, on built contracts
 * - chain: all others, which `hardhat test mocha` runs on built contracts too
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";

/** Packages, generated files, and the helper that starts Hardhat as a process. */
const OF_HARDHAT =
  /^(hardhat(\/|$)|@nomicfoundation\/|types\/ethers-contracts\/|artifacts\/|test\/support\/flow\/nodeProcess\.ts$)/;
/**
 * What remains of an import when types are stripped; a text that only looks like one does no harm.
 */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g;
const KINDS = ["unit", "study", "attacks", "chain", "flow"] as const;
type Kind = (typeof KINDS)[number];

const needy = new Map<string, boolean>();
const [wanted] = process.argv.slice(2);
if (!KINDS.some((kind) => kind === wanted)) {
  throw new RangeError(`expected ${KINDS.join(", ")}, got "${wanted ?? ""}"`);
}
const files = globSync("test/**/*.test.ts").toSorted();
process.stdout.write(`${files.filter((file) => kindOf(file) === wanted).join("\n")}\n`);

function kindOf(file: string): Kind {
  if (needsHardhat(file)) return /^test\/(flow|services)\//.test(file) ? "flow" : "chain";
  if (file.startsWith("test/attacks/")) return "attacks";
  return file.startsWith("test/offchain/study/") ? "study" : "unit";
}

/** Whether a file loads something of Hardhat, over any detour. */
function needsHardhat(path: string): boolean {
  if (OF_HARDHAT.test(path)) return true;
  if (!path.endsWith(".ts") || !existsSync(path)) return false;
  const known = needy.get(path);
  if (known !== undefined) return known;
  const needs = importsOf(path).some(needsHardhat);
  needy.set(path, needs);
  return needs;
}

/** Packages by name, files by their path from the project's root. */
function importsOf(path: string): readonly string[] {
  const text = stripTypeScriptTypes(readFileSync(path, "utf8"));
  return Array.from(text.matchAll(IMPORT), ([, name = ""]) =>
    name.startsWith(".") ? join(dirname(path), name) : name,
  );
}
