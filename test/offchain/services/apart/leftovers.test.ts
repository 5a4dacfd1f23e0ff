import { expect } from "chai";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeButFaults } from "../../../../offchain/services/apart/leftovers.ts";
import { FAULT_FILE } from "../../../../offchain/services/runService.ts";

describe("what the processes leave", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "left-"));
    for (const party of ["proxy", "cloud"]) {
      await mkdir(join(folder, party, "keys"), { recursive: true });
      await writeFile(join(folder, party, "keys.json"), "{}");
      await writeFile(join(folder, party, "keys", "one.json"), "{}");
    }
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is nothing", () => {
    removeButFaults(folder);
    expect(existsSync(folder)).to.equal(false);
    removeButFaults(folder);
  });

  it("is the description of a fault alone, where it was said to be", async () => {
    await writeFile(join(folder, "cloud", FAULT_FILE), "what happened");
    removeButFaults(folder);
    const left = await readdir(folder, { recursive: true });
    expect(left.sort()).to.deep.equal(["cloud", join("cloud", FAULT_FILE)]);
  });
});
