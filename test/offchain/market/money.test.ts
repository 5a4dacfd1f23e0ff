/** Stakes: what is deposited for an obligation, from which tokens, and by which signature. */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { depositTokens, withdrawFree } from "../../../offchain/chain/funds.ts";
import { pendingSeconds, chainSeconds } from "../../../offchain/chain/market.ts";
import { ensureFree } from "../../../offchain/market/money.ts";
import { refusalIn, sentBy } from "../../support/market/charging.ts";
import { deployedWorld, type MarketWorld } from "../../support/market/deployed.ts";

const UNITS = 5_000_000n;
const HALF_A_DAY_SECONDS = 43_200;

describe("a stake", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(deployedWorld);
  });

  const freeUnits = async (): Promise<bigint> => {
    const { address } = world.stranger;
    return (await world.market.contracts.escrow.balanceOf(address)).free;
  };
  const ensure = (units: bigint, faucet = world.faucet): Promise<bigint> =>
    ensureFree(world.market, { wallet: world.stranger, faucet }, units);
  const ensureOwn = (units: bigint): Promise<bigint> =>
    ensureFree(world.market, { wallet: world.stranger, faucet: null }, units);

  it("is what is missing, and nothing if it is there", async () => {
    expect(await ensure(UNITS)).to.equal(UNITS);
    expect(await ensure(UNITS + 3n)).to.equal(3n);
    const sent = await sentBy(world, world.stranger);
    expect(await ensure(UNITS)).to.equal(0n);
    expect(await sentBy(world, world.stranger)).to.equal(sent);
    expect(await freeUnits()).to.equal(UNITS + 3n);
  });

  it("comes from the account's own tokens where there is no faucet, or is refused", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    expect(await refusalIn(() => ensureOwn(UNITS + 1n))).to.equal("E_STAKE");
    expect(await freeUnits()).to.equal(0n);
    expect(await ensureOwn(UNITS)).to.equal(UNITS);
    await withdrawFree(world.market, world.stranger);
    expect(await world.market.contracts.token.balanceOf(world.stranger.address)).to.equal(UNITS);
  });

  it("is permitted by a signature: one transaction, and no approval is left", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    const sent = await sentBy(world, world.stranger);
    await depositTokens(world.market, world.stranger, UNITS);
    expect(await sentBy(world, world.stranger)).to.equal(sent + 1);
  });

  it("is permitted in time on a chain that has mined nothing for half a day", async () => {
    await world.faucet(world.market, world.stranger, UNITS);
    const latest = await chainSeconds(world.market);
    await connection.networkHelpers.time.setNextBlockTimestamp(latest + HALF_A_DAY_SECONDS);
    expect(await pendingSeconds(world.market)).to.equal(latest + HALF_A_DAY_SECONDS);
    await depositTokens(world.market, world.stranger, UNITS);
    expect(await freeUnits()).to.equal(UNITS);
  });
});
