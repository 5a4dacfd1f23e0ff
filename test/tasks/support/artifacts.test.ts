/**
 * Commands in a fresh clone: what they build themselves is there when they go on. The build is
 * played by a copy of what the compiler has made before.
 */
import { expect } from "chai";
import hre from "hardhat";
import { overrideTask } from "hardhat/config";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildContracts,
  marketArtifacts,
  requireArtifacts,
} from "../../../tasks/support/artifacts.ts";

describe("what the compiler makes", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-artifacts-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const freshClone = () => {
    const build = overrideTask("build")
      .setAction(() =>
        Promise.resolve({
          default: () => cp(hre.config.paths.artifacts, folder, { recursive: true }),
        }),
      )
      .build();
    return createHardhatRuntimeEnvironment({ paths: { artifacts: folder }, tasks: [build] });
  };

  it("is there for the command that has built it", async () => {
    const clone = await freshClone();
    await buildContracts(clone);
    expect(await clone.artifacts.artifactExists("DemoToken")).to.equal(true);
    expect(await marketArtifacts(clone)).to.have.property("Escrow");
  });

  it("is built once, if it is not there", async () => {
    const clone = await freshClone();
    await requireArtifacts(clone);
    expect(await clone.artifacts.artifactExists("DemoToken")).to.equal(true);
  });

  it("straw man: who asks first, and builds then, finds nothing", async () => {
    const clone = await freshClone();
    expect(await clone.artifacts.artifactExists("Escrow")).to.equal(false);
    await clone.tasks.getTask("build").run({ quiet: true, noTests: true });
    expect(await clone.artifacts.artifactExists("DemoToken")).to.equal(false);
  });
});
