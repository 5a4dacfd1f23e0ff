/**
 * Installs what runs, without what builds and tests, into a temporary folder, and loads every
 * module of a server there: `node scripts/checkProduction.ts`. Exit code 1 if one does not load.
 * Built artifacts and types come along if there are any. Without a registry in reach it says so and
 * passes: `npm run lint` holds imports to `dependencies` all the same.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["package.json", "package-lock.json", "offchain", "artifacts", "types"];
const LOADED = "offchain/{core,chain,parties,market,services}/**/*.ts";
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/;

const folder = mkdtempSync(join(tmpdir(), "chargeveil-production-"));
try {
  for (const name of COPIED.filter((one) => existsSync(join(ROOT, one)))) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  if (install()) loadAll();
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
  process.stdout.write("skipped: no registry in reach\n");
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
