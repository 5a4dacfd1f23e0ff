/**
 * Privacy boundaries are import boundaries. Every rule of `.dependency-cruiser.mjs` is shown to
 * refuse: in a tree of empty files under the names of real ones, one file imports what the rule
 * keeps from it, at once or over a detour.
 */
import { expect } from "chai";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import configuration, { type Boundary } from "../../.dependency-cruiser.mjs";

const RULES: readonly Boundary[] = configuration.forbidden;
const FILES: readonly string[] = globSync("{offchain,tasks,scripts,plugins,ignition}/**/*.ts", {
  cwd: fileURLToPath(new URL("../..", import.meta.url)),
});

/** A file of the project's own that imports, and one that it must not import. */
interface Trespass {
  readonly from: string;
  readonly to: string;
}

describe("import boundaries", () => {
  let tree: string;

  before(async () => {
    tree = await realpath(await mkdtemp(join(tmpdir(), "boundaries-")));
  });

  after(() => rm(tree, { recursive: true, force: true }));

  const forms = [
    'import { x } from "PATH";',
    'import type { X } from "PATH";',
    'import { type X } from "PATH";',
    'import * as all from "PATH";',
    'export { x } from "PATH";',
    'export * from "PATH";',
    'await import("PATH");',
  ];
  for (const form of forms) {
    it(`refuse the proxy the private key: ${form.replace("PATH", "…")}`, async () => {
      const trespass = {
        from: "offchain/parties/proxy/masking.ts",
        to: "offchain/core/primitives/paillier/privateKey.ts",
      };
      expect(await broken(tree, trespass, form)).to.include("the-private-key-is-the-clouds");
    });
  }

  for (const rule of RULES.filter(({ to }) => to.path !== undefined)) {
    it(`refuse ${rule.name}`, async () => {
      const trespass = trespassOf(rule);
      expect(await broken(tree, trespass)).to.include(rule.name);
      // Whoever may be imported may bring along what the rule keeps away.
      if (rule.to.reachable !== true) return;
      expect(await brokenByDetour(tree, trespass), "over a detour").to.include(rule.name);
    });
  }

  // A name that is no longer a file's would hold nobody back.
  for (const { name, from, to } of RULES) {
    it(`name real files alone: ${name}`, () => {
      const patterns = [from.path, from.pathNot, to.path, to.pathNot].map(alternatives);
      const named = patterns.flatMap(eachAlternative).filter((one) => !OUTSIDE.test(one));
      for (const one of named)
        expect(
          FILES.some((path) => matches(path, one)),
          one,
        ).to.equal(true);
    });
  }

  it("refuse circles, of types as well", async () => {
    const [from, to] = ["offchain/core/messages/a.ts", "offchain/core/messages/b.ts"];
    await writeTree(
      tree,
      new Map([
        [from, importing(from, to, TYPES)],
        [to, importing(to, from, TYPES)],
      ]),
    );
    expect(await brokenIn(tree)).to.include("no-circles");
  });

  for (const [form, expected] of [
    ['import "tool";', ["what-runs-is-installed"]],
    ['import type { X } from "tool";', []],
    ['import "library";', []],
  ] as const) {
    it(`know what is installed where it runs: ${form}`, async () => {
      await writeTree(
        tree,
        new Map([
          [
            "package.json",
            '{ "dependencies": { "library": "1" }, "devDependencies": { "tool": "1" } }',
          ],
          ["node_modules/library/index.js", ""],
          ["node_modules/tool/index.js", ""],
          ["offchain/market/a.ts", `${form}\n`],
        ]),
      );
      expect(await brokenIn(tree)).to.deep.equal(expected);
    });
  }

  it("refuse what leads nowhere", async () => {
    await writeTree(tree, new Map([["offchain/core/messages/a.ts", 'import "./nowhere.ts";\n']]));
    expect(await brokenIn(tree)).to.include("everything-resolves");
  });

  it("allow what is meant to be", async () => {
    const allowed: readonly Trespass[] = [
      {
        from: "offchain/parties/cloud/opening.ts",
        to: "offchain/core/primitives/paillier/privateKey.ts",
      },
      { from: "offchain/parties/vehicle/cloaking.ts", to: "offchain/core/messages/records.ts" },
      { from: "offchain/parties/cashier/desk.ts", to: "offchain/core/funding/mint.ts" },
      { from: "offchain/study/day/cast.ts", to: "offchain/parties/cloud/opening.ts" },
      { from: "tasks/actions/bench.ts", to: "offchain/study/bench/measure.ts" },
    ];
    for (const one of allowed) expect(await broken(tree, one), one.from).to.deep.equal([]);
  });
});

/** Generated or installed, or whatever another part of the rule has matched. */
const OUTSIDE = /types\/|node_modules|\$1/;
const TYPES = 'import type { X } from "PATH";';

/** Real files on both sides of a rule: one that has none on either side holds nobody back. */
function trespassOf({ name, from, to }: Boundary): Trespass {
  const importers = FILES.filter(
    (path) => matches(path, from.path) && !excluded(path, from.pathNot),
  );
  for (const importer of importers) {
    const group = new RegExp(alternatives(from.path)).exec(importer)?.[1] ?? "";
    const filled = (pattern: string): string => pattern.replaceAll("$1", group);
    const kept = FILES.find(
      (path) =>
        path !== importer &&
        new RegExp(filled(alternatives(to.path))).test(path) &&
        (to.pathNot === undefined || !new RegExp(filled(alternatives(to.pathNot))).test(path)),
    );
    if (kept !== undefined) return { from: importer, to: kept };
  }
  throw new Error(`${name}: expected real files on both sides of the rule, got none`);
}

function matches(path: string, pattern: string | string[] | undefined): boolean {
  return new RegExp(alternatives(pattern)).test(path);
}

function excluded(path: string, pattern: string | string[] | undefined): boolean {
  return pattern !== undefined && matches(path, pattern);
}

function alternatives(pattern: string | string[] | undefined): string {
  return typeof pattern === "string" ? pattern : (pattern ?? []).join("|");
}

/**
 * What a pattern offers to choose from, each with all that surrounds it: of `a/(b|c)` that is `a/b`
 * and `a/c`. A name that is excepted, `(?!(?:b)/)`, counts like any other.
 */
function eachAlternative(pattern: string): readonly string[] {
  const [group, inner] = /\((?:\?[:!])?([^()]*)\)/.exec(pattern) ?? [];
  if (group === undefined || inner === undefined) return pattern.split("|").filter(Boolean);
  return inner.split("|").flatMap((one) => eachAlternative(pattern.replace(group, () => one)));
}

/** Names of the rules that are broken if one file imports the other. */
async function broken(
  tree: string,
  { from, to }: Trespass,
  form = 'import "PATH";',
): Promise<readonly string[]> {
  await writeTree(
    tree,
    new Map([
      [from, importing(from, to, form)],
      [to, "export const x = 1;\n"],
    ]),
  );
  return brokenIn(tree);
}

/** The same if a file that anybody may import stands between them. */
async function brokenByDetour(tree: string, { from, to }: Trespass): Promise<readonly string[]> {
  const between = join(dirname(from), "detour.ts");
  await writeTree(
    tree,
    new Map([
      [from, importing(from, between, 'import "PATH";')],
      [between, importing(between, to, 'import "PATH";')],
      [to, "export const x = 1;\n"],
    ]),
  );
  const { violations } = await cruised(tree);
  return violations.filter((one) => one.from === from).map(({ rule }) => rule.name);
}

function importing(from: string, to: string, form: string): string {
  const path = relative(dirname(from), to);
  return `${form.replace("PATH", path.startsWith(".") ? path : `./${path}`)}\n`;
}

async function writeTree(tree: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const name of await readdir(tree)) await rm(join(tree, name), { recursive: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
}

async function brokenIn(tree: string): Promise<readonly string[]> {
  const { violations } = await cruised(tree);
  return [...new Set(violations.map(({ rule }) => rule.name))];
}

async function cruised(tree: string): Promise<ICruiseResult["summary"]> {
  const options = { ...configuration.options };
  delete options.tsConfig;
  const { output } = await cruise(["."], {
    ...options,
    ruleSet: { forbidden: [...RULES] },
    validate: true,
    baseDir: tree,
  });
  return (output as ICruiseResult).summary;
}
