/**
 * Money of a day's vehicles. In the morning each buys coins; before a slot those that want to
 * charge pay with them for the deposits of their accounts; after the day the accounts are emptied,
 * in an order that says nothing and to one place.
 */
import { drawsOf, shuffled } from "../../core/cloak/draws.ts";
import { generateMintKey } from "../../core/funding/mint.ts";
import { buyCoins, emptyAccount, fundBatch } from "../../market/coins.ts";
import type { CashierDesk } from "../../parties/cashier/desk.ts";
import { memoryCashierStore } from "../../parties/cashier/store.ts";
import type { MemberVehicle, SessionActor } from "./actors.ts";
import type { DayContext } from "./context.ts";
import { freshWallet } from "./freshAccounts.ts";

/** What a desk owes, and what it has to pay with; token units. */
export interface DeskBalance {
  readonly owedUnits: bigint;
  readonly heldUnits: bigint;
}

/** Opens the desk of a day. @param epoch in which its coins are issued */
export async function openCashDesk(day: DayContext, epoch: number): Promise<CashierDesk> {
  const { rng } = day;
  const wallet = freshWallet(day);
  await day.control.fundGas(wallet.address);
  const mint = { key: generateMintKey(rng), epoch };
  return { wallet, mint, store: memoryCashierStore(), rng };
}

/**
 * A vehicle pays for coins as itself, outside of the chain. The cashier has the tokens that it owes
 * for them.
 */
export async function sellCoins(
  day: DayContext,
  desk: CashierDesk,
  { purse }: MemberVehicle,
  units: bigint,
): Promise<void> {
  await day.control.faucet(day.market, desk.wallet, units);
  await buyCoins(desk, { purse, rng: day.rng }, units);
}

/** Every vehicle pays for its account; the cashier credits them all. */
export async function fundSessions(
  { market, control, rng }: DayContext,
  desk: CashierDesk,
  sessions: readonly SessionActor[],
  depositUnits: bigint,
): Promise<void> {
  for (const { wallet } of sessions) await control.fundGas(wallet.address);
  const vehicles = sessions.map(({ purse, wallet }) => ({ purse, rng, account: wallet.address }));
  const { failed } = await fundBatch(market, desk, vehicles, depositUnits);
  const [first] = failed;
  // Everybody has bought coins for all of its trips: there is nothing to leave out in a day.
  if (first !== undefined) throw first.error;
}

/** Empties the accounts of a day; their vehicles get coins for what was left. */
export async function emptyAccounts(
  { market, rng, signal }: DayContext,
  desk: CashierDesk,
  sessions: readonly SessionActor[],
): Promise<void> {
  for (const { purse, wallet } of shuffled(sessions, drawsOf(rng))) {
    signal.throwIfAborted();
    await emptyAccount(market, desk, { purse, rng }, wallet);
  }
}

/** What the desk owes to whoever holds its coins, and the tokens that it has for that. */
export async function balanceOf(
  { market }: DayContext,
  { wallet, store }: CashierDesk,
): Promise<DeskBalance> {
  const heldUnits = await market.contracts.token.balanceOf(await wallet.getAddress());
  return { owedUnits: await store.owedUnits(), heldUnits };
}
