/**
 * Money for accounts that nobody knows. A vehicle buys coins from the cashier, as itself; before a
 * slot it pays with them, as nobody, for the deposit of an account; when its session is over, what
 * the account has left goes back to the cashier and comes as coins again. The coins are blind: the
 * cashier cannot tell which purchase a payment goes back to. All accounts of an auction get the
 * same amount, in one batch and in an order that says nothing.
 */
import { getAddress, type Signer } from "ethers";
import { depositedUnits } from "../chain/funds.ts";
import type { Market } from "../chain/market.ts";
import { coinUnitsDown } from "../core/funding/coin.ts";
import { coinsToBytes } from "../core/funding/formats.ts";
import { FundingError } from "../core/funding/fundingError.ts";
import { issueCoins, publishMint } from "../core/funding/mint.ts";
import { acceptCoins, askForCoins, chooseCoins, usableCoins } from "../core/funding/purse.ts";
import type { Address } from "../core/messages/market.ts";
import {
  CashierError,
  isPaidFor,
  owedForLeftover,
  settleClaim,
  takePayment,
  type CashierDesk,
} from "../parties/cashier/desk.ts";
import { claimLeftover, returnLeftover } from "../parties/vehicle/leftover.ts";
import type { CoinExchange, PurseDesk } from "../parties/vehicle/purse.ts";
import { creditAccounts, payersTurn, requireBatch } from "./crediting.ts";
import { StepError } from "./stepError.ts";

/** A vehicle that pays for an account. */
export interface PayingVehicle extends PurseDesk {
  /** Fresh. */
  readonly account: Address;
}

/**
 * Sells a vehicle coins for money that has come in: `paidUnits` rounded down to whole coins.
 * Returns their worth in token units.
 * @throws FundingError of `issueCoins`; E_PROOF for coins that are not of the published key
 */
export async function buyCoins(
  { mint, store, rng }: CashierDesk,
  vehicle: PurseDesk,
  paidUnits: bigint,
): Promise<bigint> {
  const units = coinUnitsDown(paidUnits);
  await exchanged(vehicle, [], publishMint(mint), units, (request) =>
    issueCoins(mint, store, request, paidUnits, rng),
  );
  return units;
}

/** A vehicle whose payment has failed, by the account that it would have paid for. */
export interface FailedPayment {
  readonly account: Address;
  readonly error: unknown;
}

export interface FundedBatch {
  /** In the order in which they were credited now. */
  readonly credited: readonly Address[];
  /** Not credited, unless the cashier had taken the coins before the failure. */
  readonly failed: readonly FailedPayment[];
}

/**
 * Every vehicle pays for its account, and the cashier credits all that are paid for with the same
 * amount in one batch. A vehicle that cannot pay is left out. Can be called again after an
 * interruption: nobody pays twice, and nobody is credited twice, also where a transaction of the
 * interrupted run is still to be mined, and by two batches at once.
 * @param depositUnits of each account, in token units
 * @throws StepError, RefusedError as `payersTurn` and `creditAccounts`
 */
export async function fundBatch(
  market: Market,
  cashier: CashierDesk,
  vehicles: readonly PayingVehicle[],
  depositUnits: bigint,
): Promise<FundedBatch> {
  if (vehicles.length === 0) return { credited: [], failed: [] };
  const accounts = vehicles.map(({ account }) => getAddress(account));
  requireBatch(accounts, depositUnits);
  const failed: FailedPayment[] = [];
  for (const vehicle of vehicles) {
    const account = getAddress(vehicle.account);
    await payOnce(cashier, { ...vehicle, account }, depositUnits).catch((error: unknown) => {
      failed.push({ account, error });
    });
  }
  const { wallet, rng } = cashier;
  const turn = await payersTurn(market, wallet);
  const due = await creditsDue(market, cashier, accounts, depositUnits);
  if (due.length === 0) return { credited: [], failed };
  return { credited: await creditAccounts(market, turn, due, depositUnits, rng), failed };
}

/** Token units. */
export interface EmptiedAccount {
  /** Withdrawn to the cashier now. */
  readonly leftUnits: bigint;
  /** Worth of the coins that came now; what is below a coin's worth is owed on. */
  readonly coinUnits: bigint;
}

/**
 * Empties an account to the cashier, and gets coins for all that was withdrawn and not claimed yet:
 * only the holder of the account does. Can be called again, after an interruption and for what
 * becomes free later.
 * @throws RefusedError; CashierError E_CASHIER_CLAIM if the account is emptied twice at once
 */
export async function emptyAccount(
  market: Market,
  cashier: CashierDesk,
  vehicle: PurseDesk,
  account: Signer,
): Promise<EmptiedAccount> {
  const leftUnits = await returnLeftover(market, account, await cashier.wallet.getAddress());
  const owedUnits = await owedForLeftover(market, cashier, await account.getAddress());
  const coinUnits = coinUnitsDown(owedUnits);
  if (coinUnits > 0n) {
    await exchanged(vehicle, [], publishMint(cashier.mint), coinUnits, async (request) =>
      settleClaim(market, cashier, await claimLeftover(market, account, request)),
    );
  }
  return { leftUnits, coinUnits };
}

/** The cashier's store knows who has paid: after an interruption nobody is asked again. */
async function payOnce(
  cashier: CashierDesk,
  vehicle: PayingVehicle,
  depositUnits: bigint,
): Promise<void> {
  if (await isPaidFor(cashier, vehicle.account, depositUnits)) return;
  await payWithCoins(cashier, vehicle, depositUnits);
}

/** The accounts that are paid for, and that the chain shows no credit of. */
async function creditsDue(
  market: Market,
  cashier: CashierDesk,
  accounts: readonly Address[],
  depositUnits: bigint,
): Promise<readonly Address[]> {
  const payer = await cashier.wallet.getAddress();
  const due: Address[] = [];
  for (const account of accounts) {
    if ((await cashier.store.paidUnits(account)) !== depositUnits) continue;
    if ((await depositedUnits(market, account, payer)) === 0n) due.push(account);
  }
  return due;
}

/** Pays an amount exactly: what the coins are worth more comes back as new ones. */
async function payWithCoins(
  cashier: CashierDesk,
  vehicle: PayingVehicle,
  amountUnits: bigint,
): Promise<void> {
  const published = publishMint(cashier.mint);
  const held = usableCoins(await vehicle.purse.coins(), published);
  const { paid, changeUnits } = chooseCoins(held, amountUnits);
  const { account } = vehicle;
  await exchanged(vehicle, paid, published, changeUnits, (change) =>
    takePayment(cashier, { account, coins: coinsToBytes(paid), change }, amountUnits),
  );
}

/**
 * Gives coins and takes others, which are kept as asked for before the request leaves the vehicle.
 */
async function exchanged(
  { purse, rng }: PurseDesk,
  paid: CoinExchange["paid"],
  mint: Parameters<typeof askForCoins>[0],
  units: bigint,
  ask: (request: Uint8Array) => Promise<Uint8Array>,
): Promise<void> {
  const { request, pending } = askForCoins(mint, units, rng);
  const exchange = { paid, pending };
  if (!(await purse.begin(exchange))) {
    const message = "a coin of the payment is in another one by now: choose coins again";
    throw new StepError("E_COINS_BUSY", message);
  }
  const answer = await answered(purse, exchange, () => ask(request));
  await purse.finish(exchange, acceptCoins(pending, answer));
}

/** A refusal has taken nothing; after anything else (no answer came) the exchange stays open. */
async function answered(
  purse: PurseDesk["purse"],
  exchange: CoinExchange,
  ask: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof FundingError || error instanceof CashierError) await purse.undo(exchange);
    throw error;
  }
}
