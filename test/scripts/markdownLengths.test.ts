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

describe("lengths in documents", function () {
  this.timeout(60_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-lengths-"));
    const config = {
      customRules: [join(ROOT, "scripts/markdownLengths.ts")],
      config: { default: false, lengths: true },
    };
    await writeFile(join(folder, ".markdownlint-cli2.jsonc"), JSON.stringify(config));
  });

  after(() => rm(folder, { recursive: true }));

  const findings = async (text: string): Promise<readonly string[]> => {
    await writeFile(join(folder, "text.md"), `${text}\n`);
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, [LINTER, "text.md"], { cwd: folder }, (_error, _out, err) => {
        resolve(err);
      });
    });
    return said.match(/(?:sentence|paragraph) of \d+ words/g) ?? [];
  };

  it("refuse a sentence of 41 words, and allow 40", async () => {
    expect(await findings(sentence(41))).to.deep.equal(["sentence of 41 words"]);
    expect(await findings(sentence(40))).to.deep.equal([]);
  });

  it("refuse a paragraph of 81 words, and allow 80", async () => {
    const two = `${sentence(40)}\n${sentence(40)}`;
    expect(await findings(`${two}\nOne.`)).to.deep.equal(["paragraph of 81 words"]);
    expect(await findings(two)).to.deep.equal([]);
  });

  it("hold in lists and quotations, and leave code and tables alone", async () => {
    expect(await findings(`- ${sentence(41).replaceAll("\n", " ")}`)).to.have.lengthOf(1);
    expect(await findings(`> ${sentence(41).replaceAll("\n", " ")}`)).to.have.lengthOf(1);
    const line = sentence(41).replaceAll("\n", " ");
    expect(await findings(`\`\`\`\n${line}\n\`\`\``)).to.deep.equal([]);
    expect(await findings(`| a |\n| - |\n| ${line} |`)).to.deep.equal([]);
    expect(await findings(`The \`${line}\` is one word.`)).to.deep.equal([]);
  });
});
