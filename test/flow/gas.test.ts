/** The gas task: what it refuses before it begins. What it finds is tested without the task. */
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHere } from "../support/flow/inProcess.ts";

describe("gas", function () {
  this.timeout(120_000);

  let out: string;

  before(async () => {
    out = await mkdtemp(join(tmpdir(), "chargeveil-gas-"));
  });

  after(async () => {
    await rm(out, { recursive: true });
  });

  it("refuses to hold a world against the snapshot of another", async () => {
    const { code, stderr } = await runHere(["gas", "--check", "--seed", "other", "--out", out]);
    expect(code).to.equal(1);
    expect(stderr.trim()).to.equal(
      "--check: gas.snapshot.json is of hamlet with seed chargeveil, got hamlet with seed other",
    );
  });

  it("refuses to check and to update in one run", async () => {
    const { code, stderr } = await runHere(["gas", "--check", "--update", "--out", out]);
    expect(code).to.equal(1);
    expect(stderr.trim()).to.equal("--check and --update: expected one of the two");
  });
});
