/** A mint, and a holder who buys and pays, for tests of coins. */
import type { Coin } from "../../../offchain/core/funding/coin.ts";
import { coinsToBytes } from "../../../offchain/core/funding/formats.ts";
import {
  EMPTY_BOOK,
  exchangeCoins,
  generateMintKey,
  issueCoins,
  type Mint,
  type MintBook,
  publishMint,
} from "../../../offchain/core/funding/mint.ts";
import { acceptCoins, askForCoins, chooseCoins } from "../../../offchain/core/funding/purse.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";
import { counterRng } from "../primitives/draws.ts";

export const EPOCH = 20_000;
/** The deposit of an account: 15 tokens. */
export const DEPOSIT_UNITS = 15_000_000n;

/** The cashier's books and a holder's coins after something happened. */
export interface Till {
  readonly book: MintBook;
  readonly coins: readonly Coin[];
}

export function mintOf(label: string, epoch: number = EPOCH): Mint {
  return { key: generateMintKey(counterRng(`mint ${label}`)), epoch };
}

/** Coins of a mint for money. */
export function bought(mint: Mint, units: bigint, rng: Rng, book: MintBook = EMPTY_BOOK): Till {
  const { request, pending } = askForCoins(publishMint(mint), units, rng);
  const issue = issueCoins(mint, book, request, units, rng);
  return { book: issue.book, coins: acceptCoins(pending, issue.answer) };
}

/** Pays an amount out of the coins; the change is among the coins afterwards. */
export function paid(mint: Mint, till: Till, amountUnits: bigint, rng: Rng): Till {
  const { paid: given, kept, changeUnits } = chooseCoins(till.coins, amountUnits);
  const { request, pending } = askForCoins(publishMint(mint), changeUnits, rng);
  const payment = { coins: coinsToBytes(given), change: request };
  const { answer, book } = exchangeCoins(mint, till.book, payment, amountUnits, rng);
  return { book, coins: [...kept, ...acceptCoins(pending, answer)] };
}
