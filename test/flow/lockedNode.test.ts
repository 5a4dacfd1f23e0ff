/**
 * The command line on nodes as most are: they sign for nobody, and some ask nothing for gas. Keys
 * come from the environment, and reading asks for none.
 */
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import ethersPlugin from "@nomicfoundation/hardhat-ethers";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { commandLine } from "../support/flow/commandLine.ts";
import { lockedNode, type LockedNode } from "../support/flow/lockedNode.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

/** The first account of every `hardhat node`. */
const FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const HOUR_SECONDS = "3600";

describe("nodes that sign for nobody", function () {
  this.timeout(300_000);

  let node: RunningNode;
  let locked: LockedNode;
  let free: LockedNode;
  let folder: string;
  let state: string;
  let url: string;

  before(async () => {
    node = await startNode();
    locked = await lockedNode(node.url);
    free = await lockedNode(node.url, true);
    folder = await mkdtemp(join(tmpdir(), "chargeveil-locked-"));
    at(locked, "locked");
  });
  after(async () => {
    await Promise.all([locked.stop(), free.stop()]);
    await node.stop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    delete process.env.CHARGEVEIL_KEY_OPERATOR;
  });

  const at = (way: LockedNode, name: string): void => {
    url = way.url;
    state = join(folder, name);
  };
  const { done, refused } = commandLine(
    () => ({ ...node, url }),
    () => state,
  );
  const openAuction = [
    ...["auction", "open", "--as", "mia", "--key-bits", "2048", "--max-rounds", "1"],
    ...["--bidding-seconds", HOUR_SECONDS, "--matching-seconds", HOUR_SECONDS],
    ...["--slot-seconds", HOUR_SECONDS],
  ];

  it("deploy for whoever has the operator's key, and for nobody else", async () => {
    await refused(
      /^network pilot signs for nobody: set the operator's key CHARGEVEIL_KEY_OPERATOR/,
      ...["market", "deploy"],
    );
    process.env.CHARGEVEIL_KEY_OPERATOR = "0xac09";
    await refused(
      /^CHARGEVEIL_KEY_OPERATOR: expected a private key, 0x and 64 hexadecimal digits$/,
      ...["market", "deploy"],
    );
    process.env.CHARGEVEIL_KEY_OPERATOR = FIRST_KEY;
    const { court } = await done("market", "deploy");
    expect(court).to.equal(new Wallet(FIRST_KEY).address);
  });

  it("show everything to whoever has no key", async () => {
    const { chainId } = await done("market", "status");
    expect(chainId).to.equal(31_337);
    const { address: account } = Wallet.createRandom();
    const { kind } = await done("identity", "show", "--account", account);
    expect(kind).to.equal("none");
  });

  it("certify for whoever has the operator's key, and for nobody else", async () => {
    const enrol = ["identity", "enrol", "--as", "mia", "--kind", "matcher"];
    await refused(/does not sign for the authority .* CHARGEVEIL_KEY_AUTHORITY, in/, ...enrol);
    process.env.CHARGEVEIL_KEY_OPERATOR = FIRST_KEY;
    await done(...enrol);
  });

  it("take what people sign with their own keys", async () => {
    await done(...openAuction);
    const { account } = await done("identity", "show", "--as", "mia");
    expect(await node.rpc("eth_getTransactionCount", [account, "latest"])).to.equal("0x1");
  });

  it("ask for no money where gas is free", async () => {
    at(free, "free");
    await node.rpc("hardhat_setNextBlockBaseFeePerGas", ["0x0"]);
    await node.rpc("evm_mine", []);
    const poor = Wallet.createRandom();
    process.env.CHARGEVEIL_KEY_OPERATOR = poor.privateKey;
    await done("market", "deploy");
    await done("identity", "enrol", "--as", "mia", "--kind", "matcher");
    await done(...openAuction);

    const { account } = await done("identity", "show", "--as", "mia");
    for (const one of [poor.address, account]) {
      expect(await node.rpc("eth_getBalance", [one, "latest"])).to.equal("0x0");
    }
  });

  it("straw man: elsewhere a gwei is offered that nobody asks for", async () => {
    const networks = { pilot: { type: "http", url: free.url } } as const;
    const elsewhere = await createHardhatRuntimeEnvironment({ plugins: [ethersPlugin], networks });
    const connection = await elsewhere.network.create("pilot");
    const { maxFeePerGas } = await connection.ethers.provider.getFeeData();
    await connection.close();
    expect(maxFeePerGas).to.equal(10n ** 9n);
  });
});
