/** Privacy boundaries are import boundaries: the linter refuses each, and no detour leads around one. */
import { expect } from "chai";
import { ESLint, type Linter } from "eslint";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { boundaries, type Boundary } from "../../offchain/boundaries.mjs";
import { reachable, ROOT } from "../support/privacy/importGraph.ts";

const RULE = "import-x/no-restricted-paths";

/** With paths from the project's root as the import graph has them. */
const ZONES: readonly Boundary[] = boundaries.map(({ target, from, message }) => ({
  target: target.replace("./", ""),
  from: from.replace("./", ""),
  message,
}));

/** The project's own configuration, asked for one rule that needs no types. */
function linter(): ESLint {
  return new ESLint({
    cwd: ROOT,
    ruleFilter: ({ ruleId }) => ruleId === RULE,
    overrideConfig: {
      files: ["**/*.ts"],
      languageOptions: { parserOptions: { projectService: false } },
    },
  });
}

describe("import boundaries", () => {
  describe("in the linter", () => {
    const eslint = linter();

    it("is an error by the project's configuration", async () => {
      const config: unknown = await eslint.calculateConfigForFile(
        "offchain/parties/proxy/masking.ts",
      );
      expect(config).to.have.nested.property(`rules.${RULE}[0]`, 2);
    });

    it("keeps the mathematics below every other part of offchain/", () => {
      const parts = readdirSync(join(ROOT, "offchain")).filter((name) => !isConfiguration(name));
      const above = ZONES.filter(({ target }) => target === "offchain/core/primitives").map(
        ({ from }) => from,
      );
      expect(above).to.include.members(parts.map((name) => `offchain/${name}`));
    });

    it("keeps the paper's cloaking and the attackers from every file that the product cloaks with", () => {
      const files = readdirSync(join(ROOT, "offchain/core/cloak")).filter((name) =>
        name.endsWith(".ts"),
      );
      const kept = ZONES.filter(({ from }) => from === "offchain/core/cloak/study").map(
        ({ target }) => target,
      );
      expect(files).not.to.deep.equal([]);
      expect(kept).to.include.members(files.map((name) => `offchain/core/cloak/${name}`));
    });

    for (const [target, zones] of byTarget(ZONES)) {
      it(`refuses ${zones.length} zones for ${target}`, async () => {
        const file = someFileIn(target);
        const forbidden = zones.map(({ from }) => specifier(file, someFileIn(from)));
        const found = await messagesFor(
          eslint,
          file,
          forbidden.map((path) => `import "${path}";`),
        );
        for (const [k, { from, message }] of zones.entries()) {
          const texts = found.filter(({ line }) => line === k + 1).map((one) => one.message);
          expect(texts.join("\n"), `${target} imports ${from}`).to.include(message);
        }
      });
    }

    const forms = [
      'import { decrypt } from "PATH";',
      'import type { PrivateKey } from "PATH";',
      'import { type PrivateKey } from "PATH";',
      'import * as key from "PATH";',
      'export { decrypt } from "PATH";',
      'export * from "PATH";',
      'await import("PATH");',
    ];
    for (const form of forms) {
      it(`refuses the proxy the secret key: ${form.replace("PATH", "…")}`, async () => {
        const line = form.replace("PATH", "../primitives/paillier/privateKey.ts");
        const found = await messagesFor(eslint, "offchain/parties/proxy/masking.ts", [line]);
        expect(found.map(({ ruleId, severity }) => [ruleId, severity])).to.deep.equal([[RULE, 2]]);
      });
    }

    it("allows the imports that are meant to be", async () => {
      const allowed: readonly (readonly [string, string])[] = [
        ["offchain/parties/proxy/masking.ts", "../primitives/paillier/publicKey.ts"],
        ["offchain/parties/cloud/opening.ts", "../primitives/paillier/privateKey.ts"],
        ["offchain/parties/vehicle/trading.ts", "../messages/records.ts"],
        ["offchain/core/messages/upload.ts", "../primitives/bytes.ts"],
        ["offchain/parties/cashier/desk.ts", "../funding/mint.ts"],
        ["offchain/parties/vehicle/trading.ts", "../funding/purse.ts"],
        ["offchain/core/funding/purse.ts", "./coin.ts"],
        ["offchain/core/primitives/paillier/encoding.ts", "../bytes.ts"],
        ["offchain/study/day/matching.ts", "../../roles/cloud.ts"],
      ];
      for (const [file, path] of allowed) {
        expect(await messagesFor(eslint, file, [`import "${path}";`]), file).to.deep.equal([]);
      }
    });

    it("passes every real file", async () => {
      const results = await eslint.lintFiles(["offchain"]);
      expect(results.length).to.be.above(50);
      const messages = results.flatMap(({ filePath, messages: found }) =>
        found.map(({ line, message }) => `${relative(ROOT, filePath)}:${line} ${message}`),
      );
      expect(messages).to.deep.equal([]);
    });
  });

  describe("over any detour", () => {
    for (const [target, zones] of byTarget(ZONES)) {
      it(`are not crossed from ${target}`, () => {
        for (const file of filesIn(target)) {
          const reached = [...reachable(file)];
          for (const { from } of zones) {
            const crossing = reached.filter((path) => isIn(path, from) && !isIn(path, target));
            expect(crossing, `${file} reaches ${from}`).to.deep.equal([]);
          }
        }
      });
    }

    const PRIVATE_KEY = "offchain/core/primitives/paillier/privateKey.ts";
    const secrets: readonly (readonly [role: string, ...mustNotReach: string[]])[] = [
      ["proxy", PRIVATE_KEY, "offchain/core/messages/records.ts"],
      ["vehicle", PRIVATE_KEY, "offchain/core/funding/mint.ts"],
      [
        "cashier",
        PRIVATE_KEY,
        "offchain/core/messages/records.ts",
        "offchain/core/funding/purse.ts",
      ],
      ["pile", PRIVATE_KEY],
      ["proxyAdmission", PRIVATE_KEY, "offchain/core/messages/records.ts"],
      [
        "cloud",
        "offchain/core/messages/records.ts",
        "offchain/core/messages/upload.ts",
        "offchain/core/messages/sealedUpload.ts",
        "offchain/core/messages/provenRecord.ts",
      ],
    ];
    for (const [role, ...mustNotReach] of secrets) {
      it(`keep ${mustNotReach.map((path) => path.split("/").at(-1)).join(" and ")} from the ${role}`, () => {
        const reached = reachable(`offchain/parties/${role}.ts`);
        for (const path of mustNotReach) expect([...reached]).not.to.include(path);
      });
    }

    it("are seen where there is one: the round knows the key by way of the cloud", () => {
      expect([...reachable("offchain/parties/cloud/opening.ts")]).to.include(PRIVATE_KEY);
      expect([...reachable("offchain/market/round.ts")]).to.include(PRIVATE_KEY);
      expect([...reachable("offchain/parties/vehicle/trading.ts")]).to.include(
        "offchain/core/messages/records.ts",
      );
    });
  });
});

describe("the mathematics", () => {
  const DOMAIN_WORD =
    /^(vehicles?|ev|piles?|cp|prices?|charg\w*|buyers?|sellers?|auctions?|bids?|bidd\w*|asks?|offers?|drivers?|sessions?|deposits?|bonds?|escrow|matcher|prox(y|ies)|cloud|market|energy|meters?|kwh|wh|distances?|coordinates?)$/;

  it("has no domain word in any name or text constant", () => {
    const found = filesIn("offchain/core/primitives").flatMap((file) =>
      namesIn(file)
        .filter((name) => wordsOf(name).some((word) => DOMAIN_WORD.test(word)))
        .map((name) => `${file}: ${name}`),
    );
    expect(found).to.deep.equal([]);
  });

  it("would be caught with one", () => {
    const caught = (name: string): boolean => wordsOf(name).some((word) => DOMAIN_WORD.test(word));
    for (const name of ["pricePerKwh", "encryptBid", "MAX_PRICE", "chargingKey", "PM-v1/auction"]) {
      expect(caught(name), name).to.equal(true);
    }
    for (const name of ["forbidden", "compile", "parameter", "event", "masks"]) {
      expect(caught(name), name).to.equal(false);
    }
  });

  it("is looked at: the names of the message records are full of domain words", () => {
    const names = namesIn("offchain/core/messages/records.ts").flatMap(wordsOf);
    expect(names.filter((word) => DOMAIN_WORD.test(word))).not.to.deep.equal([]);
  });
});

function byTarget(zones: readonly Boundary[]): readonly (readonly [string, readonly Boundary[]])[] {
  return Object.entries(Object.groupBy(zones, ({ target }) => target)).map(
    ([target, group]) => [target, group ?? []] as const,
  );
}

function isConfiguration(name: string): boolean {
  return (
    name === "primitives" || name.endsWith(".mjs") || name.endsWith(".mts") || name.endsWith(".md")
  );
}

async function messagesFor(
  eslint: ESLint,
  filePath: string,
  lines: readonly string[],
): Promise<readonly Linter.LintMessage[]> {
  const results = await eslint.lintText(`${lines.join("\n")}\n`, { filePath });
  return results.flatMap(({ messages }) => messages);
}

/** Every TypeScript file at or below a path. */
function filesIn(path: string): readonly string[] {
  if (statSync(join(ROOT, path)).isFile()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(path, name))
    .toSorted();
}

function someFileIn(path: string): string {
  const [file] = path === "types" ? ["types/ethers-contracts/index.ts"] : filesIn(path);
  if (file === undefined) throw new Error(`someFileIn: expected a file in ${path}, got none`);
  return file;
}

/** As the code base writes it: generated types as `.js`. */
function specifier(importer: string, file: string): string {
  const path = relative(dirname(importer), file);
  const relativePath = path.startsWith(".") ? path : `./${path}`;
  return file.startsWith("types/") ? relativePath.replace(/\.ts$/, ".js") : relativePath;
}

function isIn(path: string, folderOrFile: string): boolean {
  return path === folderOrFile || path.startsWith(`${folderOrFile}/`);
}

/** Identifiers and the texts of string and template constants; comments are prose and left out. */
function namesIn(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const named = ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
    if (named || ts.isTemplateMiddleOrTemplateTail(node)) names.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext));
  return names;
}

/** `pricePerKwh` → price, per, kwh. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}
