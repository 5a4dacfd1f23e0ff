/**
 * The benchmark as a process: how it refuses, and how it stops. What it measures is tested without
 * one.
 */
import { expect } from "chai";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HARDHAT, ROOT, runTask } from "../support/flow/nodeProcess.ts";

describe("bench", function () {
  this.timeout(120_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-bench-"));
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  it("refuses a folder that is a file, before it begins", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const { code, stdout, stderr } = await runTask(["bench", "--quick", "--out", file], {});
    expect(code).to.equal(1);
    expect(stdout).to.equal("");
    expect(stderr.trim()).to.match(/^--out: expected a folder that can be written, got .*file: /);
  });

  it("stops on an interrupt with one sentence, having written nothing", async () => {
    const out = join(folder, "interrupted");
    const child = spawn(process.execPath, [HARDHAT, "bench", "--quick", "--out", out], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let heard = "";
    child.stderr.on("data", (chunk: Buffer) => {
      const begun = heard.includes("2048 bits");
      heard += chunk.toString();
      if (!begun && heard.includes("2048 bits")) child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).to.equal(1);
    expect(heard.trim().split("\n").at(-1)).to.equal("interrupted: nothing was written");
    expect(await readdir(folder)).to.not.include("interrupted");
  });
});
