/**
 * Money for accounts that nobody knows. In the morning a vehicle buys coins from the cashier, as itself; before a slot it
 * pays with them, as nobody, for the deposit of an account; after the day what the account has left goes back to the
 * cashier and comes as coins again. The coins are blind: the cashier cannot tell which purchase a payment goes back to.
 * All accounts of a slot get the same amount, in one batch and in an order that says nothing; all are emptied to one place.
 */
import { id, Wallet } from "ethers";
import { drawsOf, shuffled } from "../../core/cloak/draws.ts";
import { coinUnitsDown, type Coin } from "../../core/funding/coin.ts";
import { coinsToBytes } from "../../core/funding/formats.ts";
import {
  EMPTY_BOOK,
  exchangeCoins,
  generateMintKey,
  issueCoins,
  owedUnits,
  publishMint,
} from "../../core/funding/mint.ts";
import { acceptCoins, askForCoins, chooseCoins } from "../../core/funding/purse.ts";
import type { Address } from "../../core/messages/market.ts";
import {
  claimedUnits,
  claimLeftover,
  fundAccounts,
  returnLeftover,
} from "../../parties/cashier/desk.ts";
import type { DayContext } from "./context.ts";
import type { CashDesk, SessionActor } from "./actors.ts";

/** What a desk owes, and what it has to pay with; token units. */
export interface DeskBalance {
  readonly owedUnits: bigint;
  readonly heldUnits: bigint;
}

/** Opens the desk of a day. @param epoch in which its coins are issued */
export async function openCashDesk(day: DayContext, epoch: number): Promise<CashDesk> {
  const label = `ChargeVeil simulated account/${day.world.seed}/cashier`;
  const wallet = new Wallet(id(label), day.market.provider);
  await day.control.fundGas(wallet.address);
  let book = EMPTY_BOOK;
  return {
    wallet,
    mint: { key: generateMintKey(day.rng), epoch },
    book: () => book,
    keep: (next) => {
      book = next;
    },
    purses: new Map(),
  };
}

/** A vehicle pays for coins as itself, outside of the chain. The cashier has the tokens that it owes for them. */
export async function buyCoins(
  day: DayContext,
  desk: CashDesk,
  vehicle: string,
  units: bigint,
): Promise<void> {
  const { rng, market } = day;
  await day.control.faucet(market, desk.wallet, units);
  const { request, pending } = askForCoins(publishMint(desk.mint), coinUnitsDown(units), rng);
  const { answer, book } = issueCoins(desk.mint, desk.book(), request, units, rng);
  desk.keep(book);
  addCoins(desk, vehicle, acceptCoins(pending, answer));
}

/** Every vehicle pays for its account; the cashier credits them all. */
export async function fundSessions(
  day: DayContext,
  desk: CashDesk,
  sessions: readonly SessionActor[],
  depositUnits: bigint,
): Promise<void> {
  if (sessions.length === 0) return;
  for (const { name, wallet } of sessions) {
    payWithCoins(day, desk, name, depositUnits);
    await day.control.fundGas(wallet.address);
  }
  const accounts = sessions.map(({ wallet }) => wallet.address);
  await fundAccounts(day.market, desk.wallet, accounts, depositUnits, day.rng);
}

/** Empties the accounts of a day, in an order that says nothing; their vehicles get coins for what was left. */
export async function emptyAccounts(
  day: DayContext,
  desk: CashDesk,
  sessions: readonly SessionActor[],
): Promise<void> {
  const settled = new Set<Address>();
  for (const { name, wallet } of shuffled(sessions, drawsOf(day.rng))) {
    day.signal.throwIfAborted();
    const left = await returnLeftover(day.market, wallet, desk.wallet.address);
    if (coinUnitsDown(left) > 0n) await claimCoins(day, desk, settled, name, wallet, left);
  }
}

/** Only who has the account gets the coins for what it had left, and once. */
async function claimCoins(
  { market, rng }: DayContext,
  desk: CashDesk,
  settled: Set<Address>,
  vehicle: string,
  wallet: Wallet,
  leftUnits: bigint,
): Promise<void> {
  const { request, pending } = askForCoins(publishMint(desk.mint), coinUnitsDown(leftUnits), rng);
  const claim = await claimLeftover(market, wallet, request);
  const due = await claimedUnits(market, desk.wallet.address, claim, settled);
  settled.add(claim.account);
  const { answer, book } = issueCoins(desk.mint, desk.book(), claim.request, due, rng);
  desk.keep(book);
  addCoins(desk, vehicle, acceptCoins(pending, answer));
}

/** What the desk owes to whoever holds its coins, and the tokens that it has for that. */
export async function balanceOf(day: DayContext, desk: CashDesk): Promise<DeskBalance> {
  const heldUnits = await day.market.contracts.token.balanceOf(desk.wallet.address);
  return { owedUnits: owedUnits(desk.book()), heldUnits };
}

/** Pays an amount exactly: what the coins are worth more comes back as new ones. */
function payWithCoins({ rng }: DayContext, desk: CashDesk, vehicle: string, units: bigint): void {
  const { paid, kept, changeUnits } = chooseCoins(desk.purses.get(vehicle) ?? [], units);
  const { request, pending } = askForCoins(publishMint(desk.mint), changeUnits, rng);
  const payment = { coins: coinsToBytes(paid), change: request };
  const { answer, book } = exchangeCoins(desk.mint, desk.book(), payment, units, rng);
  desk.keep(book);
  desk.purses.set(vehicle, kept);
  addCoins(desk, vehicle, acceptCoins(pending, answer));
}

function addCoins({ purses }: CashDesk, vehicle: string, coins: readonly Coin[]): void {
  purses.set(vehicle, [...(purses.get(vehicle) ?? []), ...coins]);
}
