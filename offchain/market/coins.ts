/**
 * Money for accounts that nobody knows. A vehicle buys coins from the cashier, as itself; before a
 * slot it pays with them, as nobody, for the deposit of an account; when its session is over, what
 * the account has left goes back to the cashier and comes as coins again. The coins are blind: the
 * cashier cannot tell which purchase a payment goes back to. All accounts of an auction get the
 * same amount, in one batch and in an order that says nothing.
 */
import type { Signer } from "ethers";
import type { Market } from "../chain/market.ts";
import { coinUnitsDown } from "../core/funding/coin.ts";
import { coinsToBytes } from "../core/funding/formats.ts";
import { FundingError } from "../core/funding/fundingError.ts";
import { exchangeCoins, issueCoins, publishMint } from "../core/funding/mint.ts";
import { acceptCoins, askForCoins, chooseCoins, usableCoins } from "../core/funding/purse.ts";
import type { Address } from "../core/messages/market.ts";
import {
  CashierError,
  claimLeftover,
  fundAccounts,
  returnedUnits,
  returnLeftover,
  settleClaim,
  type CashierDesk,
} from "../parties/cashier/desk.ts";
import type { CoinExchange, PurseDesk } from "../parties/vehicle/purse.ts";
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

/**
 * Every vehicle pays for its account, and the cashier credits them all with the same amount in one
 * batch. Returns the accounts in the order in which they were credited; none for nobody.
 * @param depositUnits of each account, in token units
 * @throws StepError E_COINS_BUSY if another payment has taken one of the coins; FundingError
 *   E_AMOUNT if a purse holds less, and of `exchangeCoins`; as `fundAccounts`
 */
export async function fundBatch(
  market: Market,
  cashier: CashierDesk,
  vehicles: readonly PayingVehicle[],
  depositUnits: bigint,
): Promise<readonly Address[]> {
  if (vehicles.length === 0) return [];
  for (const vehicle of vehicles) await payWithCoins(cashier, vehicle, depositUnits);
  const accounts = vehicles.map(({ account }) => account);
  return fundAccounts(market, cashier.wallet, accounts, depositUnits, cashier.rng);
}

/** Token units. */
export interface EmptiedAccount {
  /** Withdrawn to the cashier now. */
  readonly leftUnits: bigint;
  /** Worth of the coins that came for it; what is below a coin's worth stays with the cashier. */
  readonly coinUnits: bigint;
}

/**
 * Empties an account to the cashier, and gets coins for all that was withdrawn: only the holder of
 * the account does, and once. Can be called again after an interruption.
 * @throws RefusedError; CashierError E_CASHIER_CLAIM for an account that has had its coins
 */
export async function emptyAccount(
  market: Market,
  cashier: CashierDesk,
  vehicle: PurseDesk,
  account: Signer,
): Promise<EmptiedAccount> {
  const receiver = await cashier.wallet.getAddress();
  const leftUnits = await returnLeftover(market, account, receiver);
  const returned = await returnedUnits(market, await account.getAddress(), receiver);
  const coinUnits = coinUnitsDown(returned);
  if (coinUnits > 0n) {
    await exchanged(vehicle, [], publishMint(cashier.mint), coinUnits, async (request) =>
      settleClaim(market, cashier, await claimLeftover(market, account, request)),
    );
  }
  return { leftUnits, coinUnits };
}

/** Pays an amount exactly: what the coins are worth more comes back as new ones. */
async function payWithCoins(
  { mint, store, rng }: CashierDesk,
  vehicle: PurseDesk,
  amountUnits: bigint,
): Promise<void> {
  const published = publishMint(mint);
  const held = usableCoins(await vehicle.purse.coins(), published);
  const { paid, changeUnits } = chooseCoins(held, amountUnits);
  await exchanged(vehicle, paid, published, changeUnits, (change) =>
    exchangeCoins(mint, store, { coins: coinsToBytes(paid), change }, amountUnits, rng),
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
