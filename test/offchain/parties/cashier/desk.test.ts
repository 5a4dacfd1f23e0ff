/**
 * The cashier on a chain of its own: fresh accounts are credited, and give back what they have
 * left.
 */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { coinUnitsDown, totalUnits } from "../../../../offchain/core/funding/coin.ts";
import { issueCoins, publishMint } from "../../../../offchain/core/funding/mint.ts";
import { acceptCoins, askForCoins } from "../../../../offchain/core/funding/purse.ts";
import type { LeftoverClaim } from "../../../../offchain/core/messages/leftoverClaim.ts";
import { creditAccounts, payersTurn } from "../../../../offchain/market/crediting.ts";
import { owedForLeftover, settleClaim } from "../../../../offchain/parties/cashier/desk.ts";
import { claimLeftover, returnLeftover } from "../../../../offchain/parties/vehicle/leftover.ts";
import { memoryCashierStore } from "../../../../offchain/parties/cashier/store.ts";
import { send } from "../../../../offchain/chain/market.ts";
import { deployedWorld, type MarketWorld } from "../../../support/market/deployed.ts";
import { bought, mintOf, paid } from "../../../support/funding/coins.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const AMOUNT_UNITS = 15_000_000n;
const GAS_WEI = 10n ** 16n;
const ACCOUNTS = [1, 2, 3, 4, 5, 6].map((n) => new Wallet(id(`fresh ${n}`)).address);
const COUNT = BigInt(ACCOUNTS.length);

describe("the cashier on chain", () => {
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

  const giveGas = (account: string): Promise<void> =>
    connection.networkHelpers.setBalance(account, GAS_WEI);

  it("gets back what is left of a session", async () => {
    const { market, stranger: cashier } = world;
    const wallet = new Wallet(id("fresh 1"), market.provider);
    await fund(ACCOUNTS, AMOUNT_UNITS);
    await giveGas(wallet.address);
    const { escrow, token } = market.contracts;
    expect(await returnLeftover(market, wallet, cashier.address)).to.equal(AMOUNT_UNITS);
    expect((await escrow.balanceOf(wallet.address)).free).to.equal(0n);
    expect(await token.balanceOf(cashier.address)).to.equal(AMOUNT_UNITS);
    expect(await returnLeftover(market, wallet, cashier.address)).to.equal(0n);
  });

  it("owes coins for what an account has withdrawn to it, to who holds the account, once", async () => {
    const { market, stranger: cashier, authority } = world;
    const wallet = new Wallet(id("fresh 1"), market.provider);
    const { request } = askForCoins(
      publishMint(mintOf("leftovers")),
      AMOUNT_UNITS,
      counterRng("c"),
    );
    const claim = await claimLeftover(market, wallet, request);
    const [mint, rng] = [mintOf("leftovers"), counterRng("settling")];
    const desk = { wallet: cashier, mint, store: memoryCashierStore(), rng };
    const settled = (changed: Partial<LeftoverClaim>, receiver = cashier): Promise<string> =>
      asyncRefusal(() =>
        settleClaim(market, { ...desk, wallet: receiver }, { ...claim, ...changed }),
      );
    const owed = (): Promise<bigint> => owedForLeftover(market, desk, wallet.address);
    const refused = "CashierError E_CASHIER_CLAIM";
    await fund(ACCOUNTS, AMOUNT_UNITS);
    await giveGas(wallet.address);
    expect(await settled({}), "before").to.equal(refused);
    await returnLeftover(market, wallet, cashier.address);
    expect(await owed()).to.equal(AMOUNT_UNITS);

    const other = await claimLeftover(market, new Wallet(id("fresh 2")), request);
    const changes: readonly Partial<LeftoverClaim>[] = [
      { request: request.slice(1) },
      { signature: other.signature },
      { signature: "0x00" },
      { account: other.account },
      other,
    ];
    for (const change of changes) expect(await settled(change)).to.equal(refused);
    expect(await settled({}, authority), "to somebody else").to.equal(refused);

    const less = askForCoins(publishMint(mint), AMOUNT_UNITS - 1_000n, rng);
    const claimLess = await claimLeftover(market, wallet, less.request);
    expect(await settled(claimLess)).to.equal("FundingError E_AMOUNT");
    const atOnce = await Promise.all([settled({}), settled({})]);
    expect(atOnce).to.have.members(["accepted", refused]);
    expect(await settled({})).to.equal(refused);
    expect(await owed()).to.equal(0n);
    expect(await desk.store.owedUnits()).to.equal(AMOUNT_UNITS);
  });

  it("gives no coins in an epoch before its book's, and owes them on", async () => {
    const { market, stranger: cashier } = world;
    const wallet = new Wallet(id("fresh 1"), market.provider);
    await fund(ACCOUNTS, AMOUNT_UNITS);
    await giveGas(wallet.address);
    await returnLeftover(market, wallet, cashier.address);
    const [mint, rng] = [mintOf("leftovers"), counterRng("late")];
    const desk = { wallet: cashier, mint, store: memoryCashierStore(), rng };
    const settledIn = async (epoch: number): Promise<string> => {
      const now = { ...mint, epoch };
      const { request } = askForCoins(publishMint(now), AMOUNT_UNITS, rng);
      const claim = await claimLeftover(market, wallet, request);
      return asyncRefusal(() => settleClaim(market, { ...desk, mint: now }, claim));
    };
    await desk.store.beginEpoch(mint.epoch + 1, mint.epoch);
    expect(await settledIn(mint.epoch)).to.equal("FundingError E_EPOCH");
    expect(await owedForLeftover(market, desk, wallet.address)).to.equal(AMOUNT_UNITS);
    expect(await settledIn(mint.epoch + 1)).to.equal("accepted");
    expect(await owedForLeftover(market, desk, wallet.address)).to.equal(0n);
  });

  it("names the account and what it is owed in a refused claim", async () => {
    const { market, stranger: cashier } = world;
    const wallet = new Wallet(id("fresh 1"), market.provider);
    const [mint, rng] = [mintOf("leftovers"), counterRng("naming")];
    const desk = { wallet: cashier, mint, store: memoryCashierStore(), rng };
    const { request } = askForCoins(publishMint(mint), AMOUNT_UNITS, rng);
    const claim = await claimLeftover(market, wallet, request);
    const message = await settleClaim(market, desk, claim).then(() => "", String);
    expect(message).to.contain(`${wallet.address} is owed 0 units`);
    const forged = settleClaim(market, desk, { ...claim, signature: "0x00" });
    expect(await forged.then(() => "", String)).to.contain(`${wallet.address} did not sign`);
  });

  it("leads from money to a session and what is left back to coins, and owes what is held", async () => {
    const { market, stranger: cashier, authority } = world;
    const { token, escrow } = market.contracts;
    const [mint, rng] = [mintOf("all of it"), counterRng("all of it")];
    const bank = 2n * AMOUNT_UNITS;
    const sold = await bought(mint, bank, rng);
    const wallet = new Wallet(id("fresh 1"), market.provider);

    const afterwards = await paid(mint, sold, AMOUNT_UNITS, rng);
    await fund([wallet.address], AMOUNT_UNITS);
    await giveGas(wallet.address);
    const spentUnits = 4_321_987n;
    await send(market, escrow.connect(wallet).withdraw(authority.address, spentUnits));
    await returnLeftover(market, wallet, cashier.address);

    const leftUnits = coinUnitsDown(AMOUNT_UNITS - spentUnits);
    const { request, pending } = askForCoins(publishMint(mint), leftUnits, rng);
    const claim = await claimLeftover(market, wallet, request);
    const desk = { wallet: cashier, mint, store: memoryCashierStore(), rng };
    const units = await owedForLeftover(market, desk, wallet.address);
    const answer = await issueCoins(mint, afterwards.book, claim.request, units, rng);
    const held = [...afterwards.coins, ...acceptCoins(pending, answer)];

    expect(units).to.equal(AMOUNT_UNITS - spentUnits);
    expect(totalUnits(held)).to.equal(bank - AMOUNT_UNITS + leftUnits);
    expect(await sold.book.owedUnits()).to.equal(totalUnits(held));
    // What it had for six accounts, less what the session cost; 13 units of it are below a coin.
    const has = await token.balanceOf(cashier.address);
    expect(has).to.equal(AMOUNT_UNITS * COUNT - spentUnits);
    expect(units - leftUnits).to.equal(13n);
  });
});
