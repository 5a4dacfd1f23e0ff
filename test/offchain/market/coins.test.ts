/** Money for accounts that nobody knows, from the purse to the chain and back. */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { totalUnits } from "../../../offchain/core/funding/coin.ts";
import { buyCoins, emptyAccount, fundBatch } from "../../../offchain/market/coins.ts";
import { sendGas, type CashierDesk } from "../../../offchain/parties/cashier/desk.ts";
import { memoryPurse, type Purse } from "../../../offchain/parties/vehicle/purse.ts";
import { deployedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { cashierOf } from "../../support/market/office.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";

const DEPOSIT_UNITS = 15_000_000n;

describe("coins on the market", function () {
  this.timeout(60_000);

  const rng = counterRng("coins on the market");
  let connection: NetworkConnection;
  let world: MarketWorld;
  let cashier: CashierDesk;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(deployedWorld);
    cashier = cashierOf(world, "on the market", rng);
    await world.faucet(world.market, world.stranger, 10n * DEPOSIT_UNITS);
  });

  const heldIn = async (purse: Purse): Promise<bigint> => totalUnits(await purse.coins());
  const walletOf = (name: string): Wallet => new Wallet(id(name), world.market.provider);
  const fund = (
    vehicles: readonly { readonly purse: Purse; readonly account: string }[],
  ): Promise<readonly string[]> =>
    fundBatch(
      world.market,
      cashier,
      vehicles.map((vehicle) => ({ ...vehicle, rng })),
      DEPOSIT_UNITS,
    );

  it("are bought for money, rounded down to whole coins", async () => {
    const purse = memoryPurse();
    expect(await buyCoins(cashier, { purse, rng }, 7_321_999n)).to.equal(7_321_000n);
    expect(await heldIn(purse)).to.equal(7_321_000n);
    expect(await cashier.store.owedUnits()).to.equal(7_321_000n);
  });

  it("pay for a batch of accounts exactly, and come back for what is left, once", async () => {
    const purses = [memoryPurse(), memoryPurse()];
    for (const purse of purses) await buyCoins(cashier, { purse, rng }, 20_000_000n);
    const wallets = ["one", "two"].map(walletOf);
    const vehicles = purses.map((purse, i) => ({ purse, account: wallets[i]?.address ?? "" }));
    const order = await fund(vehicles);
    expect(order).to.have.members(wallets.map(({ address }) => address));
    const { escrow } = world.market.contracts;
    for (const account of order) {
      expect((await escrow.balanceOf(account)).free).to.equal(DEPOSIT_UNITS);
    }
    for (const purse of purses) expect(await heldIn(purse)).to.equal(5_000_000n);

    await sendGas(world.market, world.stranger, order, 10n ** 16n, rng);
    const [purse = memoryPurse()] = purses;
    const [wallet = walletOf("one")] = wallets;
    const back = (): ReturnType<typeof emptyAccount> =>
      emptyAccount(world.market, cashier, { purse, rng }, wallet);
    expect(await back()).to.deep.equal({ leftUnits: DEPOSIT_UNITS, coinUnits: DEPOSIT_UNITS });
    expect(await heldIn(purse)).to.equal(20_000_000n);
    expect(await asyncRefusal(back)).to.equal("CashierError E_CASHIER_CLAIM");
    expect(await heldIn(purse)).to.equal(20_000_000n);
    expect(await cashier.store.owedUnits()).to.equal(25_000_000n);
  });

  it("are claimed after an interruption, when the account is empty already", async () => {
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const wallet = walletOf("interrupted");
    await fund([{ purse, account: wallet.address }]);
    await sendGas(world.market, world.stranger, [wallet.address], 10n ** 16n, rng);
    const lost = { ...cashier.store, settle: () => Promise.reject(new Error("gone")) };
    const broken = { ...cashier, store: lost };
    const first = emptyAccount(world.market, broken, { purse, rng }, wallet);
    expect(await first.catch(String)).to.equal("Error: gone");
    expect(await heldIn(purse)).to.equal(0n);
    const second = await emptyAccount(world.market, cashier, { purse, rng }, wallet);
    expect(second).to.deep.equal({ leftUnits: 0n, coinUnits: DEPOSIT_UNITS });
    expect(await heldIn(purse)).to.equal(DEPOSIT_UNITS);
  });

  it("pay for one of two batches that want the same at once, and none is lost", async () => {
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const outcomes = await Promise.all(
      ["left", "right"].map((name) =>
        asyncRefusal(() => fund([{ purse, account: walletOf(name).address }])),
      ),
    );
    expect(outcomes).to.have.members(["accepted", "StepError E_COINS_BUSY"]);
    expect(await cashier.store.owedUnits()).to.equal(0n);
  });

  it("are refused whole where a purse was copied and has paid elsewhere", async () => {
    const [purse, copy] = [memoryPurse(), memoryPurse()];
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const coins = await purse.coins();
    await buyCoins(cashier, { purse: copy, rng }, 1_000n);
    const pending = { epoch: 0, coins: [] };
    await copy.begin({ paid: [], pending });
    await copy.finish({ paid: [], pending }, coins);
    await fund([{ purse, account: walletOf("own").address }]);
    const elsewhere = [{ purse: copy, account: walletOf("copy").address }];
    expect(await asyncRefusal(() => fund(elsewhere))).to.equal("FundingError E_SPENT");
    const { escrow } = world.market.contracts;
    expect((await escrow.balanceOf(walletOf("copy").address)).free).to.equal(0n);
    expect(await heldIn(copy)).to.equal(DEPOSIT_UNITS + 1_000n);
    expect(await cashier.store.owedUnits()).to.equal(1_000n);
  });

  it("are not needed where nobody pays, and do not pay what they are not worth", async () => {
    expect(await fund([])).to.deep.equal([]);
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, 1_000_000n);
    const poor = [{ purse, account: walletOf("poor").address }];
    expect(await asyncRefusal(() => fund(poor))).to.equal("FundingError E_AMOUNT");
    expect(await heldIn(purse)).to.equal(1_000_000n);
  });

  it("of an epoch that is over are not offered", async () => {
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const { mint } = cashier;
    const late = { ...cashier, mint: { ...mint, epoch: mint.epoch + 2 } };
    const vehicle = { purse, rng, account: walletOf("late").address };
    const paying = (): Promise<unknown> => fundBatch(world.market, late, [vehicle], DEPOSIT_UNITS);
    expect(await asyncRefusal(paying)).to.equal("FundingError E_AMOUNT");
  });
});
