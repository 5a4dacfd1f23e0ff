/**
 * Installs what runs, without what builds and tests, into a temporary folder, and loads every
 * module of a server there: `node scripts/checkProduction.ts`. Exit code 1 if one does not load.
 * Built artifacts and types come along if there are any. Without a registry in reach nothing is
 * checked, and the exit code is 75.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["package.json", "package-lock.json", "offchain", "artifacts", "types"];
const LOADED = "offchain/{core,chain,parties,market,services}/**/*.ts";
/** EX_TEMPFAIL: neither passed nor failed. `.ci/run` counts it as skipped. */
const SKIPPED_EXIT_CODE = 75;
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/;

const folder = mkdtempSync(join(tmpdir(), "chargeveil-production-"));
try {
  for (const name of COPIED.filter((one) => existsSync(join(ROOT, one)))) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  if (install()) loadAll();
  else process.exitCode = SKIPPED_EXIT_CODE;
} finally {
  rmSync(folder, { recursive: true });
}

/** Whether it could be installed. */
function install(): boolean {
  const options = ["--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  const { status, stderr } = spawnSync("npm", ["ci", ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status === 0) return true;
  if (!UNREACHABLE.test(stderr)) throw new Error(`npm ci --omit=dev: ${stderr}`);
  process.stdout.write("no registry in reach\n");
  return false;
}

function loadAll(): void {
  const modules = globSync(LOADED, { cwd: folder });
  // Entry points of processes take a folder and wait for work: whoever loads them ends.
  const load = `for (const path of ${JSON.stringify(modules)}) await import("./" + path); process.exit();`;
  const service = ["service", join(folder, "service")];
  execFileSync(process.execPath, ["--input-type=module", "--eval", load, ...service], {
    cwd: folder,
    stdio: "inherit",
  });
  process.stdout.write(`${modules.length} modules load without what builds and tests\n`);
}
