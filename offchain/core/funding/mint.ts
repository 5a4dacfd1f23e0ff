/**
 * The cashier's side. It sells coins blindly: it sees how many of which denomination, and group elements that fit any
 * coin there will ever be. It takes each coin once. Its book has a page an epoch, of what was issued and what came back,
 * so it can say at any time what it owes; every function returns the book as it is afterwards and leaves the old one
 * alone, so what is refused has changed nothing.
 */
import { timingSafeEqual } from "node:crypto";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import type { Hex } from "../primitives/bytes.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../primitives/random.ts";
import { type Coin, coinFunction, coinId, coinUnitsDown, isTaken, totalUnits } from "./coin.ts";
import {
  answerToBytes,
  type BlindedCoin,
  type CoinRequest,
  coinsFromBytes,
  type MintParameters,
  requestFromBytes,
} from "./formats.ts";
import { demand } from "./fundingError.ts";

export interface MintKeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface Mint {
  readonly key: MintKeyPair;
  /** In which coins are issued; coins of the one before are still taken. */
  readonly epoch: number;
}

/** What a mint knows of the coins of one epoch. */
export interface MintPage {
  readonly issuedUnits: bigint;
  readonly redeemedUnits: bigint;
  readonly spent: ReadonlySet<Hex>;
}

/** Pages by epoch. A deployment keeps them in a database that refuses a second entry of a coin. */
export type MintBook = ReadonlyMap<number, MintPage>;

/** The book of a mint that has not issued anything. */
export const EMPTY_BOOK: MintBook = new Map();

const EMPTY_PAGE: MintPage = { issuedUnits: 0n, redeemedUnits: 0n, spent: new Set() };
const SEED_BYTES = 32;
const KEY_LABEL = new TextEncoder().encode("ChargeVeil/FUND-v1/mint");

/** A key for one mint of one market, by the derivation of RFC 9497. @throws RandomError E_RNG_DETERMINISTIC outside tests */
export function generateMintKey(rng: Rng): MintKeyPair {
  assertProductionRng(rng);
  const seed = randomBytesOf(rng, SEED_BYTES);
  const { secretKey, publicKey } = ristretto255_oprf
    .poprf(new Uint8Array())
    .deriveKeyPair(seed, KEY_LABEL);
  return { secret: secretKey, publicKey };
}

/** What everybody has to know of the mint, and has to find the same. */
export function publishMint({ key, epoch }: Mint): MintParameters {
  return { publicKey: key.publicKey, epoch };
}

/** What the cashier owes to the holders of its coins, in token units: issued less redeemed, over all pages. */
export function owedUnits(book: MintBook): bigint {
  const owed = [...book.values()].map((page) => page.issuedUnits - page.redeemedUnits);
  return owed.reduce((sum, units) => sum + units, 0n);
}

/**
 * Coins for money that has come in: `paidUnits` rounded down to whole coins, neither more nor less. Run by the cashier.
 * @throws FundingError of `requestFromBytes`; E_EPOCH; E_AMOUNT for a request of another value; RandomError
 *   E_RNG_DETERMINISTIC outside tests
 */
export function issueCoins(
  mint: Mint,
  book: MintBook,
  request: Uint8Array,
  paidUnits: bigint,
  rng: Rng,
): { readonly answer: Uint8Array; readonly book: MintBook } {
  const asked = requestFromBytes(request);
  const due = totalUnits(asked.coins) === coinUnitsDown(paidUnits);
  demand(due, "E_AMOUNT", "issueCoins: expected a request of what was paid, got another");
  return issued(mint, book, asked, rng);
}

/**
 * Takes coins: all of them, or none if one is bad. Returns what they are worth, which the cashier then pays. Run by the
 * cashier.
 * @throws FundingError of `coinsFromBytes`; E_EPOCH, E_DUPLICATE, E_SPENT, E_COIN
 */
export function redeemCoins(
  mint: Mint,
  book: MintBook,
  coins: Uint8Array,
): { readonly units: bigint; readonly book: MintBook } {
  const paid = coinsFromBytes(coins);
  for (const { epoch } of paid) assertTaken(mint, epoch);
  const distinct = new Set(paid.map((coin) => `${coin.epoch}/${coinId(coin)}`)).size;
  demand(distinct === paid.length, "E_DUPLICATE", "redeemCoins: expected each coin once");
  for (const coin of paid) assertGood(mint, book, coin);
  return { units: totalUnits(paid), book: withSpent(book, paid) };
}

/**
 * Takes coins for an amount and gives new ones for what they are worth beyond it, in one step. An amount of 0 renews
 * coins: small ones to large ones, those of the last epoch to this one's. Run by the cashier.
 * @param amountUnits what the cashier is paid, in token units, at least 0
 * @throws FundingError of `redeemCoins` and `requestFromBytes`; E_AMOUNT unless coins = amount + change; RandomError
 *   E_RNG_DETERMINISTIC outside tests
 */
export function exchangeCoins(
  mint: Mint,
  book: MintBook,
  payment: { readonly coins: Uint8Array; readonly change: Uint8Array },
  amountUnits: bigint,
  rng: Rng,
): { readonly answer: Uint8Array; readonly book: MintBook } {
  const asked = requestFromBytes(payment.change);
  const redeemed = redeemCoins(mint, book, payment.coins);
  const exact = amountUnits >= 0n && redeemed.units === amountUnits + totalUnits(asked.coins);
  demand(exact, "E_AMOUNT", "exchangeCoins: expected coins of the amount and the change");
  return issued(mint, redeemed.book, asked, rng);
}

/**
 * The book without the pages of which nothing is taken any more. What was still owed on them has lapsed, and is the
 * cashier's. Run by the cashier when an epoch begins.
 */
export function closePages(
  mint: Mint,
  book: MintBook,
): { readonly lapsedUnits: bigint; readonly book: MintBook } {
  const open = new Map([...book].filter(([epoch]) => isTaken(epoch, mint.epoch)));
  return { lapsedUnits: owedUnits(book) - owedUnits(open), book: open };
}

function issued(
  mint: Mint,
  book: MintBook,
  asked: CoinRequest,
  rng: Rng,
): { readonly answer: Uint8Array; readonly book: MintBook } {
  // A proof's nonce that somebody can repeat gives away the key.
  assertProductionRng(rng);
  demand(asked.epoch === mint.epoch, "E_EPOCH", "issue: expected the epoch that is issued");
  const batches = Map.groupBy(asked.coins, ({ exponent }) => exponent);
  const signed = [...batches].map(([exponent, coins]) => evaluated(mint, exponent, coins, rng));
  const answer = answerToBytes({
    evaluated: signed.flatMap((batch) => batch.evaluated),
    proofs: signed.map(({ proof }) => proof),
  });
  return { answer, book: withIssued(book, asked) };
}

function evaluated(
  { key, epoch }: Mint,
  exponent: number,
  coins: readonly BlindedCoin[],
  rng: Rng,
): { readonly evaluated: readonly Uint8Array[]; readonly proof: Uint8Array } {
  const blinded = coins.map((coin) => coin.blinded);
  const bytes = (length = SEED_BYTES): Uint8Array<ArrayBuffer> =>
    new Uint8Array(randomBytesOf(rng, length));
  return coinFunction(epoch, exponent).blindEvaluateBatch(key.secret, blinded, bytes);
}

function assertGood({ key }: Mint, book: MintBook, coin: Coin): void {
  const spent = pageOf(book, coin.epoch).spent.has(coinId(coin));
  demand(!spent, "E_SPENT", "redeemCoins: expected a coin that is not spent");
  const output = coinFunction(coin.epoch, coin.exponent).evaluate(key.secret, coin.serial);
  demand(
    timingSafeEqual(output, coin.output),
    "E_COIN",
    "redeemCoins: expected a coin of this mint",
  );
}

function assertTaken(mint: Mint, epoch: number): void {
  const taken = isTaken(epoch, mint.epoch);
  demand(taken, "E_EPOCH", "redeemCoins: expected this epoch or the last one");
}

function withSpent(book: MintBook, coins: readonly Coin[]): MintBook {
  const byEpoch = Map.groupBy(coins, ({ epoch }) => epoch);
  const pages = [...byEpoch].map(
    ([epoch, paid]) => [epoch, spentOn(pageOf(book, epoch), paid)] as const,
  );
  return new Map([...book, ...pages]);
}

function spentOn(page: MintPage, coins: readonly Coin[]): MintPage {
  const redeemedUnits = page.redeemedUnits + totalUnits(coins);
  return { ...page, redeemedUnits, spent: new Set([...page.spent, ...coins.map(coinId)]) };
}

function withIssued(book: MintBook, { epoch, coins }: CoinRequest): MintBook {
  const page = pageOf(book, epoch);
  const issuedUnits = page.issuedUnits + totalUnits(coins);
  return new Map(book).set(epoch, { ...page, issuedUnits });
}

function pageOf(book: MintBook, epoch: number): MintPage {
  return book.get(epoch) ?? EMPTY_PAGE;
}
