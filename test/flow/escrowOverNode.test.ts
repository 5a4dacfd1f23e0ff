/**
 * Tokens of several kinds into the escrow and out again over `hardhat node`, as somebody who has
 * them does it; and what is refused on the way.
 */
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, type Facts } from "../support/flow/commandLine.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

const UNITS = 5_000_000;
/** The mock's way to tell its version by ERC-5267. */
const DOMAIN = 2;

describe("the escrow over a node, step by step", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let connection: NetworkConnection;
  let folder: string;
  let state = "";
  let token = "";
  let eva = "";
  let escrow = "";

  before(async () => {
    node = await startNode();
    connection = await network.create({ network: "localhost", override: { url: node.url } });
    folder = await mkdtemp(join(tmpdir(), "chargeveil-escrow-"));
  });
  after(async () => {
    await connection.close();
    await node.stop();
    await rm(folder, { recursive: true });
  });

  const { run, done, refused } = commandLine(
    () => node,
    () => state,
  );

  /** A market that is paid in such a token, of which eva has `UNITS`. */
  const startWith = async (contract: string, ...args: readonly unknown[]): Promise<void> => {
    const deployed = await connection.ethers.deployContract(contract, [...args]);
    token = await deployed.getAddress();
    state = join(folder, token);
    const market = await done("market", "deploy", "--token", token);
    escrow = String(market.escrow);
    eva = String((await done("identity", "enrol", "--as", "eva")).account);
    await deployed.getFunction("mint")(eva, UNITS);
  };

  /** What is printed, and what is said beside it. */
  const deposit = async (): Promise<readonly [Facts, string]> => {
    const args = ["escrow", "deposit", "--as", "eva", "--amount", String(UNITS), "--json"];
    const { code, stdout, stderr } = await run(...args);
    expect(code, stderr).to.equal(0);
    return [JSON.parse(stdout) as Facts, stderr];
  };
  const sent = async (): Promise<bigint> =>
    BigInt(String(await node.rpc("eth_getTransactionCount", [eva, "latest"])));
  const IN = { depositedUnits: UNITS, freeUnits: UNITS, lockedUnits: 0, tokenUnits: 0 };

  it("takes a token like USDC, whose permits have version 2, in one transaction", async () => {
    await startWith("VersionedToken", "2", DOMAIN);
    const [facts, said] = await deposit();
    expect(facts).to.deep.equal({ account: eva, by: "permit", ...IN });
    expect(said).to.equal("");
    expect(await sent()).to.equal(1n);
  });

  it("pays to another account, and to none where tokens are lost", async () => {
    const withdraw = ["escrow", "withdraw", "--as", "eva", "--to"];
    await refused(/cannot withdraw to 0x0{40}, the zero address/, ...withdraw, ZeroAddress);
    await refused(/the market's Escrow, where tokens are lost: name an/, ...withdraw, escrow);
    await refused(/the market's Token, where tokens are lost/, ...withdraw, token.toLowerCase());
    await refused(/--to: expected an address, 0x and .*, got "eva"/, ...withdraw, "eva");
    await refused(/is mistyped, its capitals/, ...withdraw, swappedCase(eva));
    const receiver = await connection.ethers.provider.getSigner(5).then((one) => one.getAddress());
    const paid = await done(...withdraw, receiver);
    expect(paid).to.include({ account: eva, receiver, withdrawnUnits: UNITS, freeUnits: 0 });
    const erc20 = await connection.ethers.getContractAt("DemoToken", token);
    expect(await erc20.balanceOf(receiver)).to.equal(BigInt(UNITS));
  });

  it("takes DAI on an approval, and says so", async () => {
    await startWith("DaiToken");
    const [facts, said] = await deposit();
    expect(facts).to.deep.equal({ account: eva, by: "approval", ...IN });
    expect(said).to.match(/permits are those of DAI.*: 0x.* approved the escrow first and paid/);
    expect(await sent()).to.equal(2n);
  });

  it("takes a token without permits on an approval, and says so", async () => {
    await startWith("NoReturnToken");
    const [facts, said] = await deposit();
    expect(facts).to.deep.equal({ account: eva, by: "approval", ...IN });
    expect(said).to.match(/^the token has no permits: 0x/);
  });

  it("refuses amounts that are none, or that are not there", async () => {
    const amount = ["escrow", "deposit", "--as", "eva", "--amount"];
    await refused(/--amount: expected 1 to 340282\d+ token units, got 0/, ...amount, "0");
    await refused(/cannot deposit 7 token units, it holds 0: send it tokens/, ...amount, "7");
  });

  it("tells an account that has nothing left to pay gas with", async () => {
    await done("escrow", "withdraw", "--as", "eva");
    await node.rpc("hardhat_setBalance", [eva, "0x0"]);
    const args = ["escrow", "deposit", "--as", "eva", "--amount", "7"];
    await refused(/cannot pay its gas: give it some of the chain's own coin first/, ...args);
    await node.rpc("hardhat_setBalance", [eva, "0xde0b6b3a7640000"]);
    expect(await done(...args)).to.include({ depositedUnits: 7 });
  });
});

/** The address with the other capitals. */
function swappedCase(address: string): string {
  const swapped = address
    .slice(2)
    .replace(/[a-f]/gi, (digit) =>
      digit === digit.toLowerCase() ? digit.toUpperCase() : digit.toLowerCase(),
    );
  return `0x${swapped}`;
}
