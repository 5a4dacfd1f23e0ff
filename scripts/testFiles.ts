/**
 * The test files of a kind, by what they import when they run: `node scripts/testFiles.ts unit|attacks|chain`.
 * - unit: neither Hardhat nor anything that is made of the contracts is loaded, so Mocha alone runs them
 * - attacks: the same, in test/attacks: attackers that play thousands of trials
 * - chain: all others, which `hardhat test mocha` runs on built contracts
 */
import { cruise, type ICruiseResult, type IModule } from "dependency-cruiser";
import configuration from "../.dependency-cruiser.mjs";

const NEEDS_HARDHAT = /^(hardhat|@nomicfoundation\/|node_modules\/(hardhat|@nomicfoundation)\/)/;
const NEEDS_CONTRACTS = /^(types\/ethers-contracts|artifacts)\//;
/** Starts Hardhat as a process. */
const NEEDS_PROCESS = "test/support/flow/nodeProcess.ts";
const KINDS = ["unit", "attacks", "chain"] as const;
type Kind = (typeof KINDS)[number];

const modules = await runtimeModules();
const [wanted] = process.argv.slice(2);
if (!KINDS.some((kind) => kind === wanted)) {
  throw new RangeError(`expected ${KINDS.join(", ")}, got "${wanted ?? ""}"`);
}
const files = [...modules.keys()].filter((path) => path.endsWith(".test.ts"));
process.stdout.write(`${files.filter((file) => kindOf(file) === wanted).join("\n")}\n`);

/** What each file loads when it runs, by its path: imports of types are none. */
async function runtimeModules(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { output } = await cruise(["test", "offchain", "tasks"], {
    ...configuration.options,
    tsPreCompilationDeps: false,
    doNotFollow: { path: "^(node_modules|types)/" },
    exclude: { path: "^out/" },
  });
  const { modules: all } = output as ICruiseResult;
  return new Map(all.map((module) => [module.source, importsOf(module)]));
}

function importsOf({ dependencies }: IModule): readonly string[] {
  return dependencies.map(({ resolved }) => resolved);
}

function kindOf(file: string): Kind {
  if (loads(file).some((path) => isOfHardhat(path))) return "chain";
  return file.startsWith("test/attacks/") ? "attacks" : "unit";
}

function isOfHardhat(path: string): boolean {
  return NEEDS_HARDHAT.test(path) || NEEDS_CONTRACTS.test(path) || path === NEEDS_PROCESS;
}

/** All that a file loads, over any detour. */
function loads(file: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const next of modules.get(path) ?? []) visit(next);
  };
  visit(file);
  return [...seen];
}
