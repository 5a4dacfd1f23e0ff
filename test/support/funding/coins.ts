/** A mint, and a holder who buys and pays, for tests of coins. */
import type { Coin } from "../../../offchain/core/funding/coin.ts";
import { coinsToBytes } from "../../../offchain/core/funding/formats.ts";
import {
  exchangeCoins,
  generateMintKey,
  issueCoins,
  type Mint,
  publishMint,
  signCoins,
} from "../../../offchain/core/funding/mint.ts";
import { memoryMintBook, type MintBook } from "../../../offchain/core/funding/mintBook.ts";
import { acceptCoins, askForCoins, chooseCoins } from "../../../offchain/core/funding/purse.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import { counterRng } from "../primitives/draws.ts";

export const EPOCH = 20_000;
/** The deposit of an account: 15 tokens. */
export const DEPOSIT_UNITS = 15_000_000n;

/**
 * The cashier's book, which everything that happens is entered in, and a holder's coins after
 * something happened.
 */
export interface Till {
  readonly book: MintBook;
  readonly coins: readonly Coin[];
}

export function mintOf(label: string, epoch: number = EPOCH): Mint {
  return { key: generateMintKey(counterRng(`mint ${label}`)), epoch };
}

/** Coins of a mint that no book has an entry of. */
export function coinsOf(mint: Mint, units: bigint, rng: Rng): readonly Coin[] {
  const { request, pending } = askForCoins(publishMint(mint), units, rng);
  return acceptCoins(pending, signCoins(mint, request, units, rng).answer);
}

/** Coins of a mint for money. */
export async function bought(
  mint: Mint,
  units: bigint,
  rng: Rng,
  book: MintBook = memoryMintBook(),
): Promise<Till> {
  const { request, pending } = askForCoins(publishMint(mint), units, rng);
  return { book, coins: acceptCoins(pending, await issueCoins(mint, book, request, units, rng)) };
}

/** Pays an amount out of the coins; the change is among the coins afterwards. */
export async function paid(mint: Mint, till: Till, amountUnits: bigint, rng: Rng): Promise<Till> {
  const { book } = till;
  const { paid: given, kept, changeUnits } = chooseCoins(till.coins, amountUnits);
  const { request, pending } = askForCoins(publishMint(mint), changeUnits, rng);
  const payment = { coins: coinsToBytes(given), change: request };
  const answer = await exchangeCoins(mint, book, payment, amountUnits, rng);
  return { book, coins: [...kept, ...acceptCoins(pending, answer)] };
}
