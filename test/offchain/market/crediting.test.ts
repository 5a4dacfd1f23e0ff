/** Deposits that one account pays for many, on a chain of their own. */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { ACCOUNTS, batchWorld, COUNT, credited } from "../../support/market/batch.ts";
import type { MarketWorld } from "../../support/market/deployed.ts";
import { asyncRefusal, underNodeEnv } from "../../support/primitives/draws.ts";
import { DEPOSIT_UNITS } from "../../support/funding/coins.ts";

describe("deposits of a batch", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await batchWorld(connection);
  });

  it("credits every account with the same amount, and with nothing else", async () => {
    await credited(world, ACCOUNTS, DEPOSIT_UNITS);
    const { escrow, token } = world.market.contracts;
    for (const account of ACCOUNTS) {
      expect((await escrow.balanceOf(account)).free).to.equal(DEPOSIT_UNITS);
    }
    expect(await token.balanceOf(world.stranger.address)).to.equal(0n);
    expect(await token.allowance(world.stranger.address, await escrow.getAddress())).to.equal(0n);
  });

  it("credits them in the order of its generator, not in the order of those who asked", async () => {
    const order = await credited(world, ACCOUNTS, DEPOSIT_UNITS);
    const { escrow } = world.market.contracts;
    const seen = await escrow.queryFilter(escrow.filters.Deposited());
    expect(seen.map(({ args }) => args.account)).to.deep.equal(order);
    expect(new Set(seen.map(({ args }) => args.from))).to.deep.equal(
      new Set([world.stranger.address]),
    );
    expect(order).not.to.deep.equal(ACCOUNTS);
    expect(order.toSorted()).to.deep.equal(ACCOUNTS.toSorted());
    await world.faucet(world.market, world.stranger, COUNT);
    const sorted = await credited(world, ACCOUNTS.toSorted(), 1n);
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
      expect(await asyncRefusal(() => credited(world, accounts, units))).to.equal(expected);
    }
    const repeatable = (): Promise<string> => asyncRefusal(() => credited(world, ACCOUNTS, 1n));
    expect(await underNodeEnv("production", repeatable)).to.equal(
      "RandomError E_RNG_DETERMINISTIC",
    );
  });
});
