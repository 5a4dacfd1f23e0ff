/** Deposits that one account pays for many, on a chain of their own. */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { creditAccounts, payersTurn } from "../../../offchain/market/crediting.ts";
import { deployedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { asyncRefusal, counterRng, underNodeEnv } from "../../support/primitives/draws.ts";

const AMOUNT_UNITS = 15_000_000n;
const ACCOUNTS = [1, 2, 3, 4, 5, 6].map((n) => new Wallet(id(`fresh ${n}`)).address);
const COUNT = BigInt(ACCOUNTS.length);

describe("deposits of a batch", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(deployedWorld);
    await world.faucet(world.market, world.stranger, AMOUNT_UNITS * COUNT);
  });

  const fund = async (
    accounts: readonly string[],
    units: bigint,
    label = "batch",
  ): Promise<readonly string[]> => {
    const turn = await payersTurn(world.market, world.stranger);
    return creditAccounts(world.market, turn, accounts, units, counterRng(label));
  };

  it("credits every account with the same amount, and with nothing else", async () => {
    await fund(ACCOUNTS, AMOUNT_UNITS);
    const { escrow, token } = world.market.contracts;
    for (const account of ACCOUNTS) {
      expect((await escrow.balanceOf(account)).free).to.equal(AMOUNT_UNITS);
    }
    expect(await token.balanceOf(world.stranger.address)).to.equal(0n);
    expect(await token.allowance(world.stranger.address, await escrow.getAddress())).to.equal(0n);
  });

  it("credits them in the order of its generator, not in the order of those who asked", async () => {
    const order = await fund(ACCOUNTS, AMOUNT_UNITS);
    const { escrow } = world.market.contracts;
    const seen = await escrow.queryFilter(escrow.filters.Deposited());
    expect(seen.map(({ args }) => args.account)).to.deep.equal(order);
    expect(new Set(seen.map(({ args }) => args.from))).to.deep.equal(
      new Set([world.stranger.address]),
    );
    expect(order).not.to.deep.equal(ACCOUNTS);
    expect(order.toSorted()).to.deep.equal(ACCOUNTS.toSorted());
    await world.faucet(world.market, world.stranger, COUNT);
    const sorted = await fund(ACCOUNTS.toSorted(), 1n);
    expect(sorted, "the same draws on another order").not.to.deep.equal(order);
  });

  it("refuses accounts that come twice, none at all, amounts below 1 and draws that repeat", async () => {
    const [first = ""] = ACCOUNTS;
    const twice = [...ACCOUNTS, first.toLowerCase()];
    const cases: readonly (readonly [readonly string[], bigint, string])[] = [
      [twice, 1n, "StepError E_BATCH_ACCOUNTS"],
      [[], 1n, "StepError E_BATCH_ACCOUNTS"],
      [ACCOUNTS, 0n, "StepError E_BATCH_AMOUNT"],
    ];
    for (const [accounts, units, expected] of cases) {
      expect(await asyncRefusal(() => fund(accounts, units))).to.equal(expected);
    }
    const repeatable = (): Promise<string> => asyncRefusal(() => fund(ACCOUNTS, 1n));
    expect(await underNodeEnv("production", repeatable)).to.equal(
      "RandomError E_RNG_DETERMINISTIC",
    );
  });
});
