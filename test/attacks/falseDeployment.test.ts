/**
 * A deployer that deploys something else than it says. Nothing on chain can stop it, because the
 * contracts are all its own: each lie is played until the victim's money is gone, and beside it
 * stands what `market verify` says before the victim deposits.
 */
import { expect } from "chai";
import { AbiCoder, concat, getCreateAddress, id, keccak256, toBeHex } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import {
  planMarket,
  type MarketPlan,
  type PlannedContract,
} from "../../offchain/chain/deployment/plan.ts";
import { gateAt } from "../../offchain/chain/gate.ts";
import { checksOf, create, told, wrongIn, type Told } from "../support/market/falseMarket.ts";

const FUNDS = 1_000_000_000n;

describe("a false deployment", () => {
  let connection: NetworkConnection;
  let market: Told;
  let liar: HardhatEthersSigner;
  let victim: HardhatEthersSigner;

  before(async () => {
    connection = await network.create();
    const [first, , , , , second] = await connection.ethers.getSigners();
    if (first === undefined || second === undefined) throw new Error("expected accounts");
    [liar, victim] = [first, second];
  });

  beforeEach(async () => {
    market = await connection.networkHelpers.loadFixture(told);
  });

  after(() => connection.close());

  const escrow = () => {
    return connection.ethers.getContractAt("Escrow", market.plan.addresses.escrow);
  };

  const deposit = async () => {
    const { token, plan } = market;
    await token.connect(victim).mint(victim.address, FUNDS);
    await token.connect(victim).approve(plan.addresses.escrow, FUNDS);
    await (await escrow()).connect(victim).deposit(victim.address, FUNDS);
  };

  const stolen = () => market.token.balanceOf(liar.address);

  it("names the deployer's own account as a market: gone, and told by verify", async () => {
    const markets = plannedMarkets(market);
    const own = escrowWith(market, [...markets.slice(0, 3), liar.address]);
    await create(market, { escrow: own });
    await deposit();
    await (await escrow()).connect(liar).lock(victim.address, FUNDS);
    await (await escrow()).connect(liar).pay(victim.address, liar.address, FUNDS);
    await (await escrow()).connect(liar).withdraw(liar.address, FUNDS);
    expect(await stolen()).to.equal(FUNDS);

    expect(await wrongIn(market)).to.deep.equal(["Escrow creation", "Escrow markets"]);
  });

  it("begins with a balance that nobody deposited: gone, and told by the creation code alone", async () => {
    const { provider } = connection.ethers;
    const runtime = await provider.call({ data: codeOf(market, "escrow") });
    const slot = balanceSlot(liar.address);
    await create(market, { escrow: withStorage(runtime, slot, FUNDS) });
    await deposit();
    await (await escrow()).connect(liar).withdraw(liar.address, FUNDS);
    expect(await stolen()).to.equal(FUNDS);
    await expect(
      (await escrow()).connect(victim).withdraw(victim.address, FUNDS),
    ).to.be.revertedWithCustomError(market.token, "ERC20InsufficientBalance");

    // The straw man: whoever looks at runtime code and at every view finds all as it should be.
    const checks = await checksOf(market);
    const seen = checks.filter(({ what }) => what !== "creation");
    expect(seen.filter(({ isRight }) => !isRight)).to.deep.equal([]);
    expect(await wrongIn(market)).to.deep.equal(["Escrow creation"]);
  });

  it("lets a factory lie before it is one: told by where its transaction went", async () => {
    const { ethers } = connection;
    const forger = await ethers.deployContract("Forger");
    // Before the factory comes the token that `told` deploys.
    const nonce = (await liar.getNonce()) + 1;
    const factory = getCreateAddress({ from: liar.address, nonce });
    const forged = await told(connection, factory);
    const runtime = await ethers.provider.call({ data: codeOf(forged, "escrow") });
    const { salt, creationCode } = plannedOf(forged, "escrow");
    const evil = withStorage(runtime, balanceSlot(liar.address), FUNDS);
    const hash = keccak256(creationCode);
    const call = forger.interface.encodeFunctionData("forge", [salt, evil, hash]);
    const data = delegating(await forger.getAddress(), call, forged);
    await (await liar.sendTransaction({ data })).wait();
    const others = forged.plan.contracts.filter(({ key }) => key !== "escrow");
    await create({ ...forged, plan: { ...forged.plan, contracts: others } });
    market = forged;
    await deposit();
    await (await escrow()).connect(liar).withdraw(liar.address, FUNDS);
    expect(await stolen()).to.equal(FUNDS);

    // The straw man: whoever believes the event finds the hash that the real code has.
    const real = await connection.ethers.getContractAt("Create3Factory", factory);
    const events = await real.queryFilter(real.filters.Created(liar.address, salt));
    expect(events.map(({ args }) => args.codeHash)).to.deep.equal([keccak256(creationCode)]);
    expect(await wrongIn(forged)).to.deep.equal(["Escrow creation"]);
  });

  it("stops half way, until people have deposited: gone, and told by verify", async () => {
    const { plan } = market;
    const only = (key: PlannedContract["key"]): Told => {
      return { ...market, plan: { ...plan, contracts: [plannedOf(market, key)] } };
    };
    await create(only("escrow"));
    await deposit();
    expect(await wrongIn(market)).to.include.members(["Coupons code", "ChargingSession code"]);

    const wallet = await connection.ethers.getContractFactory("Wallet1271");
    const { data } = await wallet.getDeployTransaction(liar.address);
    await create(only("coupons"), { coupons: data });
    const thief = await connection.ethers.getContractAt("Wallet1271", plan.addresses.coupons);
    const { interface: functions } = await escrow();
    const calls = [
      functions.encodeFunctionData("lock", [victim.address, FUNDS]),
      functions.encodeFunctionData("pay", [victim.address, liar.address, FUNDS]),
    ];
    for (const call of calls) {
      await thief.connect(liar).execute(plan.addresses.escrow, call);
    }
    await (await escrow()).connect(liar).withdraw(liar.address, FUNDS);
    expect(await stolen()).to.equal(FUNDS);
    expect(await wrongIn(market)).to.include.members(["Coupons code", "Coupons creation"]);
  });

  it("adds a market of its own to a later gate: gone from who let it in, and told", async () => {
    await create(market);
    await deposit();
    const plan = laterThan(market);
    const { auctions, openAuctions, sessions } = plan.addresses;
    const factory = await connection.ethers.getContractFactory("MarketGate");
    const markets: [string, string, string, string] = [
      auctions,
      openAuctions,
      sessions,
      liar.address,
    ];
    const lie = await factory.getDeployTransaction(market.plan.addresses.escrow, markets);
    await create({ ...market, plan }, { gate: lie.data });
    const gate = await connection.ethers.getContractAt("MarketGate", plan.stakes);
    // The straw man: whoever asks the gate alone is told the escrow that it trusts.
    expect(await gateAt(plan.stakes, connection.ethers.provider)).to.include({
      escrow: market.plan.addresses.escrow,
    });
    await (await escrow()).connect(victim).approveMarket(plan.stakes);
    await gate.connect(liar).lock(victim.address, FUNDS);
    await gate.connect(liar).pay(victim.address, liar.address, FUNDS);
    await (await escrow()).connect(liar).withdraw(liar.address, FUNDS);
    expect(await stolen()).to.equal(FUNDS);

    expect(await wrongIn(market), "the first market").to.deep.equal([]);
    expect(await wrongIn({ ...market, plan })).to.deep.equal([
      "MarketGate creation",
      "MarketGate markets",
    ]);
  });
});

/** As people are told of it: beside the first, on the same terms. */
function laterThan({ codes, plan }: Told): MarketPlan {
  const origin = { ...plan.origin, salt: id("a later market") };
  return planMarket(codes, origin, plan.terms, plan.addresses);
}

function plannedOf({ plan }: Told, key: PlannedContract["key"]): PlannedContract {
  const planned = plan.contracts.find((one) => one.key === key);
  if (planned === undefined) throw new Error(`plannedOf: no ${key}`);
  return planned;
}

function codeOf(market: Told, key: PlannedContract["key"]): string {
  return plannedOf(market, key).creationCode;
}

function plannedMarkets({ plan }: Told): readonly string[] {
  const { auctions, openAuctions, sessions, coupons } = plan.addresses;
  return [auctions, openAuctions, sessions, coupons];
}

function escrowWith({ codes, plan }: Told, markets: readonly string[]): string {
  const args = AbiCoder.defaultAbiCoder().encode(
    ["address", "address[4]"],
    [plan.terms.token, markets],
  );
  return concat([codes.Escrow.bytecode, args]);
}

/**
 * Of `Escrow._balances`, which stands behind name, version and nonces of signed calls: what is free
 * in the lower half, what is locked in the upper.
 */
function balanceSlot(account: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [account, 3]));
}

/** Creation code that writes one slot and leaves `runtime` behind. */
function withStorage(runtime: string, slot: string, value: bigint): string {
  const length = (runtime.length - 2) / 2;
  const header = [
    ...["0x7f", toBeHex(value, 32), "0x7f", slot, "0x55"],
    // The length twice, from behind these 79 bytes to memory 0; returned from there.
    ...["0x63", toBeHex(length, 4), "0x80", "0x604f", "0x5f", "0x39", "0x5f", "0xf3"],
  ];
  return concat([...header, runtime]);
}

/** Creation code that delegates one call, and leaves the real factory's runtime code behind. */
function delegating(to: string, call: string, { codes }: Told): string {
  const runtime = codes.Create3Factory.deployedBytecode;
  const [length, calldata] = [runtime, call].map((hex) => (hex.length - 2) / 2);
  if (length === undefined || calldata === undefined) throw new Error("delegating: no code");
  const header = [
    // What is called with lies behind these 59 bytes and the runtime code.
    ...["0x63", toBeHex(calldata, 4), "0x63", toBeHex(59 + length, 4), "0x5f", "0x39"],
    ...["0x5f5f", "0x63", toBeHex(calldata, 4), "0x5f", "0x73", to, "0x5af450"],
    ...["0x63", toBeHex(length, 4), "0x80", "0x63", toBeHex(59, 4), "0x5f395ff3"],
  ];
  return concat([...header, runtime, call]);
}
