import { expect } from "chai";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import {
  FolderError,
  serviceFolder,
  type ServiceFolder,
} from "../../../offchain/services/folder.ts";
import { ownKeys } from "../../../offchain/services/ownKeys.ts";

describe("the folder of a service", () => {
  let root: string;
  let folder: ServiceFolder;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "service-"));
    folder = serviceFolder(join(root, "own"));
  });

  afterEach(() => rm(root, { recursive: true }));

  it("gives a name once, to one of many who ask at the same time", async () => {
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => serviceFolder(join(root, "own")).take("attempts/one")),
    );
    expect(taken.filter(Boolean)).to.have.length(1);
    expect(await folder.take("attempts/one")).to.equal(false);
    expect(await folder.take("attempts/two")).to.equal(true);
  });

  it("writes the same file for several at once, and leaves nothing beside it", async () => {
    const words = Array.from({ length: 20 }, (_none, k) => `word ${k}`);
    await Promise.all(words.map((word) => folder.write("a/b.json", word)));
    expect(await folder.read("a/b.json", z.string())).to.be.oneOf(words);
    expect(await folder.list("a")).to.deep.equal(["b.json"]);
  });

  it("keeps what is written, for its owner alone", async () => {
    const form = z.strictObject({ word: z.string() });
    expect(await folder.read("a/b.json", form)).to.equal(undefined);
    await folder.write("a/b.json", { word: "one" });
    await folder.write("a/b.json", { word: "two" });
    expect(await folder.read("a/b.json", form)).to.deep.equal({ word: "two" });
    folder.append("a/c", Uint8Array.of(1));
    folder.append("a/c", Uint8Array.of(2));
    expect([...(await readFile(join(root, "own/a/c")))]).to.deep.equal([1, 2]);
    await folder.take("d");
    for (const file of ["a/b.json", "a/c", "d"]) expect(await modeOf(file), file).to.equal(0o600);
    for (const path of ["", "a"]) expect(await modeOf(path), path).to.equal(0o700);
    await folder.remove("a/c");
    await folder.remove("a/c");
    expect(await folder.take("a/c")).to.equal(true);
  });

  it("refuses what it did not keep that way", async () => {
    await folder.write("b.json", { word: 1 });
    const form = z.strictObject({ word: z.string() });
    expect(await refusal(folder.read("b.json", form))).to.contain('at "word"');
    await writeFile(join(root, "own/b.json"), "{");
    expect(await refusal(folder.read("b.json", form))).to.contain("JSON");
  });

  it("keeps the keys of a service over its end", async () => {
    const first = await ownKeys(folder, systemRng);
    const again = await ownKeys(serviceFolder(join(root, "own")), systemRng);
    expect(again).to.deep.equal(first);
    expect(again.sealKeys.privateKey).to.deep.equal(first.sealKeys.privateKey);
    const other = await ownKeys(serviceFolder(join(root, "another")), systemRng);
    expect(other.lineKeys.publicKey).not.to.equal(first.lineKeys.publicKey);
  });

  async function modeOf(path: string): Promise<number> {
    return (await stat(join(root, "own", path))).mode & 0o777;
  }
});

async function refusal(of: Promise<unknown>): Promise<string> {
  try {
    await of;
  } catch (error) {
    if (error instanceof FolderError) return error.message;
    throw error;
  }
  throw new Error("expected a refusal");
}
