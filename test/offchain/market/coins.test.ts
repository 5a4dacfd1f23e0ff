/** Money for accounts that nobody knows, from the purse to the chain and back. */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Hex } from "../../../offchain/core/primitives/bytes.ts";
import { totalUnits } from "../../../offchain/core/funding/coin.ts";
import {
  buyCoins,
  emptyAccount,
  fundBatch,
  type FundedBatch,
} from "../../../offchain/market/coins.ts";
import { send } from "../../../offchain/chain/market.ts";
import type { CashierDesk } from "../../../offchain/parties/cashier/desk.ts";
import { memoryPurse, type Purse } from "../../../offchain/parties/vehicle/purse.ts";
import { deployedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { cashierOf } from "../../support/market/office.ts";
import { asyncRefusal, counterRng, describeError } from "../../support/primitives/draws.ts";

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
  const giveGas = (account: string): Promise<void> =>
    connection.networkHelpers.setBalance(account, 10n ** 16n);
  const freeOf = async (account: string): Promise<bigint> =>
    (await world.market.contracts.escrow.balanceOf(account)).free;
  const failuresOf = ({ failed }: FundedBatch): readonly string[] =>
    failed.map(({ error }) => describeError(error));
  const fund = (
    vehicles: readonly { readonly purse: Purse; readonly account: string }[],
    desk = cashier,
  ): Promise<FundedBatch> =>
    fundBatch(
      world.market,
      desk,
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
    const { credited, failed } = await fund(vehicles);
    expect(failed).to.deep.equal([]);
    expect(credited).to.have.members(wallets.map(({ address }) => address));
    for (const account of credited) expect(await freeOf(account)).to.equal(DEPOSIT_UNITS);
    for (const purse of purses) expect(await heldIn(purse)).to.equal(5_000_000n);

    for (const account of credited) await giveGas(account);
    const [purse = memoryPurse()] = purses;
    const [wallet = walletOf("one")] = wallets;
    const back = (): ReturnType<typeof emptyAccount> =>
      emptyAccount(world.market, cashier, { purse, rng }, wallet);
    expect(await back()).to.deep.equal({ leftUnits: DEPOSIT_UNITS, coinUnits: DEPOSIT_UNITS });
    expect(await heldIn(purse)).to.equal(20_000_000n);
    expect(await back()).to.deep.equal({ leftUnits: 0n, coinUnits: 0n });
    expect(await heldIn(purse)).to.equal(20_000_000n);
    expect(await cashier.store.owedUnits()).to.equal(25_000_000n);
  });

  it("come for what becomes free after an account was emptied, and for parts of a coin", async () => {
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const wallet = walletOf("twice");
    await fund([{ purse, account: wallet.address }]);
    await giveGas(wallet.address);
    const empty = (): ReturnType<typeof emptyAccount> =>
      emptyAccount(world.market, cashier, { purse, rng }, wallet);
    await empty();
    const freed = (units: bigint): Promise<void> =>
      world
        .faucet(world.market, world.authority, units)
        .then(() => depositFor(world, wallet.address, units));
    await freed(2_000_600n);
    expect(await empty()).to.deep.equal({ leftUnits: 2_000_600n, coinUnits: 2_000_000n });
    await freed(400n);
    expect(await empty()).to.deep.equal({ leftUnits: 400n, coinUnits: 1_000n });
    expect(await heldIn(purse)).to.equal(DEPOSIT_UNITS + 2_001_000n);
  });

  it("that were paid before an interruption are credited by the next batch, and once", async () => {
    const { token } = world.market.contracts;
    const purses = [memoryPurse(), memoryPurse()];
    for (const purse of purses) await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const accounts = ["early", "late"].map((name) => walletOf(name).address);
    const vehicles = purses.map((purse, i) => ({ purse, account: accounts[i] ?? "" }));
    // Tokens for one of the two: the first is credited, and the second deposit is refused.
    const spare = 9n * DEPOSIT_UNITS;
    await token.connect(world.stranger).transfer(world.authority.address, spare);
    expect(await asyncRefusal(() => fund(vehicles))).to.match(/^RefusedError /);
    for (const purse of purses) expect(await heldIn(purse)).to.equal(0n);
    const free = await Promise.all(accounts.map(freeOf));
    expect(free).to.have.members([0n, DEPOSIT_UNITS]);

    await token.connect(world.authority).transfer(world.stranger.address, spare);
    const missing = accounts.filter((_, i) => free[i] === 0n);
    expect(await fund(vehicles)).to.deep.equal({ credited: missing, failed: [] });
    expect(await Promise.all(accounts.map(freeOf))).to.deep.equal([DEPOSIT_UNITS, DEPOSIT_UNITS]);
    expect(await fund(vehicles)).to.deep.equal({ credited: [], failed: [] });
    expect(await cashier.store.owedUnits()).to.equal(0n);
  });

  it("credit an account once, though the run that was interrupted is mined later", async () => {
    const { escrow, token } = world.market.contracts;
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const account = walletOf("mined later").address;
    // The coins are taken, the deposit is sent, and the process ends before a block comes.
    const dead = { ...cashier, wallet: world.authority };
    expect(await asyncRefusal(() => fund([{ purse, account }], dead))).to.match(/^RefusedError /);
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    await token.connect(world.stranger).approve(await escrow.getAddress(), DEPOSIT_UNITS);
    const gasLimit = 200_000n;
    await escrow.connect(world.stranger).deposit(account, DEPOSIT_UNITS, { gasLimit });
    await connection.provider.request({ method: "evm_setAutomine", params: [true] });

    const again = (): Promise<FundedBatch> => fund([{ purse, account }]);
    expect(await asyncRefusal(again)).to.equal("StepError E_BATCH_PENDING");
    await connection.networkHelpers.mine();
    expect(await again()).to.deep.equal({ credited: [], failed: [] });
    expect(await freeOf(account)).to.equal(DEPOSIT_UNITS);
    expect(await token.balanceOf(world.stranger.address)).to.equal(9n * DEPOSIT_UNITS);
  });

  it("credit an account once, though two batches find it without a credit at once", async () => {
    const { token } = world.market.contracts;
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, 2n * DEPOSIT_UNITS);
    const accounts = ["first", "second"].map((name) => walletOf(name).address);
    const vehicles = accounts.map((account) => ({ purse, account }));
    const dead = { ...cashier, wallet: world.authority };
    expect(await asyncRefusal(() => fund(vehicles, dead))).to.match(/^RefusedError /);
    const both = (): Promise<string> => asyncRefusal(() => fund(vehicles));
    const outcomes = await Promise.all([both(), both()]);
    expect(outcomes).to.have.members(["accepted", "StepError E_BATCH_BUSY"]);
    expect(await Promise.all(accounts.map(freeOf))).to.deep.equal([DEPOSIT_UNITS, DEPOSIT_UNITS]);
    expect(await token.balanceOf(world.stranger.address)).to.equal(8n * DEPOSIT_UNITS);
    expect(await fund(vehicles)).to.deep.equal({ credited: [], failed: [] });
  });

  it("of one bad purse leave its vehicle out, and the others are funded", async () => {
    const purses = [memoryPurse(), memoryPurse(), memoryPurse()];
    for (const purse of purses) await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const broken = { ...memoryPurse(), coins: () => Promise.reject(new Error("disk gone")) };
    const accounts = ["a", "b", "c", "d"].map((name) => walletOf(name).address);
    const [first, second, ...rest] = purses;
    const all = [first, second, broken, ...rest].map((purse, i) => {
      return { purse: purse ?? broken, account: accounts[i] ?? "" };
    });
    const funded = await fund(all);
    expect(funded.failed.map(({ account }) => account)).to.deep.equal([accounts[2]]);
    expect(String(funded.failed[0]?.error)).to.equal("Error: disk gone");
    expect(funded.credited).to.have.members(accounts.filter((_, i) => i !== 2));
    expect(await freeOf(accounts[2] ?? "")).to.equal(0n);
  });

  it("pay for an account once, whatever amount another batch has", async () => {
    const account = walletOf("popular").address;
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, 2n * DEPOSIT_UNITS);
    await fund([{ purse, account }]);
    const more = await fundBatch(world.market, cashier, [{ purse, rng, account }], 1_000n);
    expect(failuresOf(more)).to.deep.equal(["CashierError E_CASHIER_PAID"]);
    expect(more.credited).to.deep.equal([]);
    expect(await freeOf(account)).to.equal(DEPOSIT_UNITS);
    expect(await heldIn(purse)).to.equal(DEPOSIT_UNITS);
  });

  it("pay for nothing in an epoch before that of the cashier's book", async () => {
    const account = walletOf("late").address;
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const { epoch } = cashier.mint;
    await cashier.store.beginEpoch(epoch + 1, epoch);
    const funded = await fund([{ purse, account }]);
    expect(failuresOf(funded)).to.deep.equal(["FundingError E_EPOCH"]);
    expect(funded.credited).to.deep.equal([]);
    expect(await cashier.store.paidUnits(account)).to.equal(0n);
    expect(await cashier.store.owedUnits()).to.equal(DEPOSIT_UNITS);
  });

  it("of two payments for one account at once are taken once", async () => {
    const account = walletOf("popular").address;
    const pay = (id: Hex): Promise<string> => {
      const { epoch } = cashier.mint;
      const coins = [{ epoch, id, units: 1_000n }];
      return cashier.store.pay({ account, units: 1_000n, epoch, coins, issued: null });
    };
    expect(await Promise.all([pay("0x01"), pay("0x02")])).to.deep.equal(["paid", "repeated"]);
    expect(await cashier.store.paidUnits(account)).to.equal(1_000n);
    expect(await cashier.store.owedUnits()).to.equal(-1_000n);
  });

  it("are claimed after an interruption, when the account is empty already", async () => {
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const wallet = walletOf("interrupted");
    await fund([{ purse, account: wallet.address }]);
    await giveGas(wallet.address);
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
      ["left", "right"].map((name) => fund([{ purse, account: walletOf(name).address }])),
    );
    expect(outcomes.map(({ credited }) => credited.length)).to.have.members([0, 1]);
    const failures = outcomes.flatMap(failuresOf);
    expect(failures).to.deep.equal(["StepError E_COINS_BUSY"]);
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
    expect(failuresOf(await fund(elsewhere))).to.deep.equal(["FundingError E_SPENT"]);
    expect(await freeOf(walletOf("copy").address)).to.equal(0n);
    expect(await heldIn(copy)).to.equal(DEPOSIT_UNITS + 1_000n);
    expect(await cashier.store.owedUnits()).to.equal(1_000n);
  });

  it("are not needed where nobody pays, and do not pay what they are not worth", async () => {
    expect(await fund([])).to.deep.equal({ credited: [], failed: [] });
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, 1_000_000n);
    const poor = [{ purse, account: walletOf("poor").address }];
    expect(failuresOf(await fund(poor))).to.deep.equal(["FundingError E_AMOUNT"]);
    expect(await heldIn(purse)).to.equal(1_000_000n);
  });

  it("of an epoch that is over are not offered", async () => {
    const purse = memoryPurse();
    await buyCoins(cashier, { purse, rng }, DEPOSIT_UNITS);
    const { mint } = cashier;
    const late = { ...cashier, mint: { ...mint, epoch: mint.epoch + 2 } };
    const vehicle = { purse, rng, account: walletOf("late").address };
    const batch = await fundBatch(world.market, late, [vehicle], DEPOSIT_UNITS);
    expect(failuresOf(batch)).to.deep.equal(["FundingError E_AMOUNT"]);
  });
});

/** The authority pays into the account of somebody, which frees as the end of a session does. */
async function depositFor(
  { market, authority }: MarketWorld,
  account: string,
  units: bigint,
): Promise<void> {
  const { escrow, token } = market.contracts;
  await send(market, token.connect(authority).approve(await escrow.getAddress(), units));
  await send(market, escrow.connect(authority).deposit(account, units));
}
