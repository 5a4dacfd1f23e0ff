/** Folders that cannot be written, found out before anything is at stake. */
import { expect } from "chai";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireKeeping } from "../../../tasks/stores/keeping.ts";
import { requireWritable } from "../../../tasks/support/files.ts";
import { whyNotWritable } from "../../../tasks/support/writable.ts";
import { longFolder } from "../../support/flow/longFolder.ts";

describe("a folder to be written", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "writable-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const sentenceOf = (refused: Promise<void>): Promise<string> =>
    refused.then(
      () => "",
      (error: unknown) => String(error),
    );

  it("is tried as deep as it will be written, and nothing of that stays", async () => {
    expect(await whyNotWritable(join(folder, "a/b/c"), "deep/er")).to.equal(null);
    expect(await whyNotWritable(folder, "deep/er")).to.equal(null);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("keeps what is in it", async () => {
    await writeFile(join(folder, "mine"), "mine");
    await requireKeeping(folder);
    await requireWritable(folder);
    expect(await readdir(folder)).to.deep.equal(["mine"]);
  });

  it("is refused where a file or a link that goes round is in the way", async () => {
    await writeFile(join(folder, "file"), "");
    await symlink("loop", join(folder, "loop"));
    for (const name of ["file", "file/in", "loop", "loop/in"]) {
      const reason = await whyNotWritable(join(folder, name), "probe");
      expect(reason, name).to.match(/in the way|in a circle/);
    }
    expect(await readdir(folder)).to.have.members(["file", "loop"]);
  });

  it("is refused if a name or the whole path is too long, and nothing of it is made", async () => {
    const long = join(folder, "a/b", "x".repeat(256));
    expect(await whyNotWritable(long, "probe")).to.equal("the path is too long");
    const whole = await longFolder(join(folder, "whole"), 4_000);
    expect(await whyNotWritable(whole, "probe")).to.equal(null);
    expect(await sentenceOf(requireKeeping(whole))).to.match(
      /^StateError: --state: nothing can be kept in .*: the path is too long; name another folder$/,
    );
    expect(await readdir(folder)).to.deep.equal(["whole"]);
  });

  it("is refused under /proc, which says that everybody may write, in no time", async function () {
    if (!existsSync("/proc/self")) this.skip();
    for (const path of ["/proc/chargeveil", "/proc/charge/veil", "/proc"]) {
      expect(await sentenceOf(requireKeeping(path))).to.match(/nothing can be created there/);
      expect(await sentenceOf(requireWritable(path))).to.match(
        /^InputError: --out: expected a folder that can be written, got \/proc.*: nothing can be/,
      );
    }
  });

  it("is refused as a state folder if a file lies where one of its folders belongs", async () => {
    await mkdir(join(folder, "people"));
    await requireKeeping(folder);
    await writeFile(join(folder, "auctions"), "");
    expect(await sentenceOf(requireKeeping(folder))).to.match(
      /nothing can be kept in .*: auctions in it is a file and not a folder/,
    );
  });
});
