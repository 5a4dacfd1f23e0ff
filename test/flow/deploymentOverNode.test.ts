/**
 * A market over `hardhat node` before anybody trades: what a deployment is checked for, and a later
 * version beside it on the same balances.
 */
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploymentSchema, stateIn, type Deployment } from "../../tasks/stores/state.ts";
import { commandLine } from "../support/flow/commandLine.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

describe("a deployment over a node", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let state: string;
  let laterState: string;

  before(async () => {
    node = await startNode();
    state = await mkdtemp(join(tmpdir(), "chargeveil-deployment-"));
    laterState = await mkdtemp(join(tmpdir(), "chargeveil-later-"));
  });

  after(async () => {
    await node.stop();
    await rm(state, { recursive: true });
    await rm(laterState, { recursive: true });
  });

  const { run, done, refused } = commandLine(
    () => node,
    () => state,
  );
  const later = commandLine(
    () => node,
    () => laterState,
  );

  const deployed = (): Promise<Deployment> => {
    return stateIn(state).read("deployment.json", deploymentSchema);
  };

  it("is refused on what no market can stand on", async () => {
    const zero = `0x${"0".repeat(40)}`;
    await refused(/--authority: .* not zero/, "market", "deploy", "--authority", zero);
    await refused(
      /--token: there is no contract/,
      "market",
      "deploy",
      "--token",
      `0x${"1".repeat(40)}`,
    );
    await refused(/holds no deployment.json/, "market", "verify");
  });

  it("is trusted as it was deployed, in one table and one sentence", async () => {
    const made = await done("market", "deploy");
    expect(made).to.include({ gate: null, beside: null, tokenIsDemo: true });
    const { code, stdout } = await run("market", "verify");
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/Escrow .* creation .* right/)
      .and.match(/\nThis market can be trusted: /);
    const verified = await done("market", "verify");
    expect(verified).to.include({ trusted: true });
    expect(verified.checks).to.be.an("array").that.has.length.greaterThan(40);
  });

  it("is not trusted where people are told other terms, or not by whom it was made", async () => {
    const deployment = await deployed();
    if (deployment.terms === null) throw new Error("expected the terms of the market");
    const terms = { ...deployment.terms, disputeSeconds: 86_400 };
    await stateIn(state).write("deployment.json", { ...deployment, terms });
    const { code, stdout, stderr } = await run("market", "verify");
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /^Do not trust this market: ChargingSession, creation and 1 more .*\n$/,
    );
    expect(stdout).to.match(/windows .* WRONG: expected 900/);
    await stateIn(state).write("deployment.json", { ...deployment, origin: null });
    await refused(/does not say by whom .*market deploy/, "market", "verify");
    await stateIn(state).write("deployment.json", deployment);
  });

  it("has a later market beside it, on its escrow and among its people", async () => {
    const first = await deployed();
    const beside = ["market", "deploy", "--beside", state] as const;
    await later.refused(/--court: with --beside/, ...beside, "--court", first.sessions);
    const made = await later.done(...beside);
    expect(made).to.include({ escrow: first.escrow, identities: first.identities });
    expect(made.beside).to.equal(first.sessions);
    expect(made.sessions).not.to.equal(first.sessions);
    expect(await later.done("market", "verify")).to.include({ trusted: true });
    expect(await done("market", "verify")).to.include({ trusted: true });
  });

  it("lets an account into the later market by its gate, and out again", async () => {
    const { gate, sessions } = await stateIn(laterState).read("deployment.json", deploymentSchema);
    await done("identity", "enrol", "--as", "eva", "--kind", "vehicle");
    const approve = ["escrow", "approve-market", "--as", "eva", "--market"] as const;
    await refused(/--market: expected an address, 0x and/, ...approve, "eva");
    await refused(
      /there is no gate of a later market at 0x.*deployment.json/,
      ...approve,
      sessions,
    );
    expect(await done(...approve, gate ?? "")).to.include({ approved: true, lockedUnits: 0 });
    expect(await done(...approve, gate ?? "", "--revoke")).to.include({ approved: false });
    await refused(/has not approved 0x.* nothing to revoke/, ...approve, gate ?? "", "--revoke");
  });
});
