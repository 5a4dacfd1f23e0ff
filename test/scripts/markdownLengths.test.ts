/** The rule for markdown, on documents that break it by one word and on such as do not. */
import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LINTER = join(ROOT, "node_modules/.bin/markdownlint-cli2");

const words = (count: number): string => Array.from({ length: count }, () => "word").join("\n");
const sentence = (count: number): string => `The ${words(count - 1)}.`;
const TWO_OF_40 = `${sentence(40)}\n${sentence(40)}`;
const LINE_OF_41 = sentence(41).replaceAll("\n", " ");

const DOCUMENTS = {
  sentenceOf41: sentence(41),
  sentenceOf40: sentence(40),
  paragraphOf81: `${TWO_OF_40}\nOne.`,
  paragraphOf80: TWO_OF_40,
  list: `- ${LINE_OF_41}`,
  quotation: `> ${LINE_OF_41}`,
  codeBlock: `\`\`\`\n${LINE_OF_41}\n\`\`\``,
  table: `| a |\n| - |\n| ${LINE_OF_41} |`,
  code: `The \`${LINE_OF_41}\` is one word.`,
};
type Name = keyof typeof DOCUMENTS;

describe("lengths in documents", function () {
  this.timeout(60_000);

  let folder: string;
  let said: string;

  // One process for all: starting the linter takes longer than reading the documents.
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-lengths-"));
    const config = {
      customRules: [join(ROOT, "scripts/markdownLengths.ts")],
      config: { default: false, lengths: true },
    };
    await writeFile(join(folder, ".markdownlint-cli2.jsonc"), JSON.stringify(config));
    for (const [name, text] of Object.entries(DOCUMENTS)) {
      await writeFile(join(folder, `${name}.md`), `${text}\n`);
    }
    said = await new Promise<string>((resolve) => {
      execFile(process.execPath, [LINTER, "*.md"], { cwd: folder }, (_error, _out, err) => {
        resolve(err);
      });
    });
  });

  after(() => rm(folder, { recursive: true }));

  const findings = (name: Name): readonly string[] =>
    said
      .split("\n")
      .filter((line) => line.startsWith(`${name}.md:`))
      .flatMap((line) => line.match(/(?:sentence|paragraph) of \d+ words/g) ?? []);

  it("refuse a sentence of 41 words, and allow 40", () => {
    expect(findings("sentenceOf41")).to.deep.equal(["sentence of 41 words"]);
    expect(findings("sentenceOf40")).to.deep.equal([]);
  });

  it("refuse a paragraph of 81 words, and allow 80", () => {
    expect(findings("paragraphOf81")).to.deep.equal(["paragraph of 81 words"]);
    expect(findings("paragraphOf80")).to.deep.equal([]);
  });

  it("hold in lists and quotations, and leave code and tables alone", () => {
    expect(findings("list")).to.have.lengthOf(1);
    expect(findings("quotation")).to.have.lengthOf(1);
    for (const name of ["codeBlock", "table", "code"] as const) {
      expect(findings(name), name).to.deep.equal([]);
    }
  });
});
