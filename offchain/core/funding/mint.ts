/**
 * The cashier's side. It sells coins blindly: it sees how many of which denomination, and group
 * elements that fit any coin there will ever be. It takes each coin once. Everything is checked and
 * computed before the book is written, and the book is written in one step, so what is refused has
 * changed nothing.
 */
import { timingSafeEqual } from "node:crypto";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { bigintToBytes, bytesToBigint } from "../primitives/bytes.ts";
import { hedgedRng } from "../primitives/hedged.ts";
import { assertProductionRng, randomBytesOf, type Rng } from "../primitives/random.ts";
import {
  type Coin,
  coinFunction,
  coinId,
  coinUnitsDown,
  isTaken,
  totalUnits,
  unitsOf,
} from "./coin.ts";
import {
  answerToBytes,
  type BlindedCoin,
  type CoinRequest,
  coinsFromBytes,
  type MintParameters,
  requestFromBytes,
} from "./formats.ts";
import { demand } from "./fundingError.ts";
import type { IssuedCoins, MintBook, SpentCoin } from "./mintBook.ts";

export interface MintKeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface Mint {
  readonly key: MintKeyPair;
  /**
   * In which coins are issued; coins of the one before are still taken. It only rises: the book
   * refuses an earlier one, also after a restart.
   */
  readonly epoch: number;
}

const SEED_BYTES = 32;
const KEY_LABEL = new TextEncoder().encode("ChargeVeil/FUND-v1/mint");

/**
 * A key for one mint of one market, by the derivation of RFC 9497.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
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

/** What a request for coins is answered with, and what the book has to note with it. */
export interface SignedCoins {
  readonly answer: Uint8Array;
  readonly issued: IssuedCoins;
}

/**
 * The answer to a request for money that has come in: `paidUnits` rounded down to whole coins,
 * neither more nor less. Not to be sent before `issued` is in the book. Run by the cashier.
 * @throws FundingError of `requestFromBytes`; E_EPOCH; E_AMOUNT for a request of another value;
 *   RandomError E_RNG_DETERMINISTIC outside tests
 */
export function signCoins(
  mint: Mint,
  request: Uint8Array,
  paidUnits: bigint,
  rng: Rng,
): SignedCoins {
  const asked = requestFromBytes(request);
  const due = totalUnits(asked.coins) === coinUnitsDown(paidUnits);
  demand(due, "E_AMOUNT", "signCoins: expected a request of what was paid, got another");
  return signed(mint, asked, rng);
}

/**
 * The same, entered in the book. Returns the answer.
 * @throws FundingError as `signCoins`, and E_EPOCH if the book has been in a later epoch
 */
export async function issueCoins(
  mint: Mint,
  book: MintBook,
  request: Uint8Array,
  paidUnits: bigint,
  rng: Rng,
): Promise<Uint8Array> {
  const { answer, issued } = signCoins(mint, request, paidUnits, rng);
  demandPresent(await book.issue(issued));
  return answer;
}

/**
 * Takes coins: all of them, or none if one is bad. Returns what they are worth in token units,
 * which the cashier then pays. Run by the cashier.
 * @throws FundingError of `coinsFromBytes`; E_EPOCH, E_DUPLICATE, E_COIN, E_SPENT
 */
export async function redeemCoins(mint: Mint, book: MintBook, coins: Uint8Array): Promise<bigint> {
  const paid = goodCoins(mint, coins);
  await spend(mint, book, paid, null);
  return totalUnits(paid);
}

/**
 * Takes coins for an amount and gives new ones for what they are worth beyond it, in one step. An
 * amount of 0 renews coins: small ones to large ones, those of the last epoch to this one's.
 * Returns the answer to the request for change. Run by the cashier.
 * @param amountUnits what the cashier is paid, in token units, at least 0
 * @throws FundingError of `redeemCoins` and `requestFromBytes`; E_AMOUNT unless coins = amount +
 *   change; RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function exchangeCoins(
  mint: Mint,
  book: Pick<MintBook, "spend">,
  payment: { readonly coins: Uint8Array; readonly change: Uint8Array },
  amountUnits: bigint,
  rng: Rng,
): Promise<Uint8Array> {
  const asked = requestFromBytes(payment.change);
  const paid = goodCoins(mint, payment.coins);
  const exact = amountUnits >= 0n && totalUnits(paid) === amountUnits + totalUnits(asked.coins);
  demand(exact, "E_AMOUNT", "exchangeCoins: expected coins of the amount and the change");
  const { answer, issued } = signed(mint, asked, rng);
  await spend(mint, book, paid, issued);
  return answer;
}

/**
 * Closes the pages of which nothing is taken any more. Returns what was still owed on them in token
 * units: it has lapsed, and is the cashier's. Run by the cashier when an epoch begins.
 * @throws FundingError E_EPOCH if the book has been in a later epoch
 */
export async function closePages({ epoch }: Mint, book: MintBook): Promise<bigint> {
  const lapsed = await book.beginEpoch(epoch, epoch - 1);
  demandPresent(lapsed !== null);
  return lapsed ?? 0n;
}

function signed(mint: Mint, asked: CoinRequest, rng: Rng): SignedCoins {
  // A proof's nonce that somebody can repeat gives away the key.
  assertProductionRng(rng);
  demand(asked.epoch === mint.epoch, "E_EPOCH", "issue: expected the epoch that is issued");
  const batches = Map.groupBy(asked.coins, ({ exponent }) => exponent);
  const answers = [...batches].map(([exponent, coins]) => evaluated(mint, exponent, coins, rng));
  const answer = answerToBytes({
    evaluated: answers.flatMap((batch) => batch.evaluated),
    proofs: answers.map(({ proof }) => proof),
  });
  return { answer, issued: { epoch: asked.epoch, units: totalUnits(asked.coins) } };
}

function evaluated(
  { key, epoch }: Mint,
  exponent: number,
  coins: readonly BlindedCoin[],
  rng: Rng,
): { readonly evaluated: readonly Uint8Array[]; readonly proof: Uint8Array } {
  const blinded = coins.map((coin) => coin.blinded);
  const secret = bytesToBigint(key.secret);
  const info = [bigintToBytes(BigInt(epoch), 4), Uint8Array.of(exponent)];
  const hedged = hedgedRng(rng, "ChargeVeil/FUND-v1/nonce", [secret], ...info, ...blinded);
  const bytes = (length = SEED_BYTES): Uint8Array<ArrayBuffer> =>
    new Uint8Array(randomBytesOf(hedged, length));
  return coinFunction(epoch, exponent).blindEvaluateBatch(key.secret, blinded, bytes);
}

/**
 * Coins of this mint that are still taken, each once; whether they were spent before is the book's
 * to say.
 */
function goodCoins(mint: Mint, bytes: Uint8Array): readonly Coin[] {
  const paid = coinsFromBytes(bytes);
  for (const { epoch } of paid) assertTaken(mint, epoch);
  const distinct = new Set(paid.map((coin) => `${coin.epoch}/${coinId(coin)}`)).size;
  demand(distinct === paid.length, "E_DUPLICATE", "redeemCoins: expected each coin once");
  for (const coin of paid) assertGood(mint, coin);
  return paid;
}

function assertGood({ key }: Mint, coin: Coin): void {
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

/** @throws FundingError E_SPENT or E_EPOCH, with nothing entered */
async function spend(
  { epoch }: Mint,
  book: Pick<MintBook, "spend">,
  coins: readonly Coin[],
  issued: IssuedCoins | null,
): Promise<void> {
  const verdict = await book.spend(epoch, coins.map(spentCoin), issued);
  demandPresent(verdict !== "past");
  const isFirst = verdict === "taken";
  demand(isFirst, "E_SPENT", "redeemCoins: expected coins that are not spent, got one that is");
}

/** @throws FundingError E_EPOCH */
function demandPresent(isPresent: boolean): void {
  const message = "mint: expected the latest epoch of its book, got an earlier one: set the clock";
  demand(isPresent, "E_EPOCH", message);
}

function spentCoin(coin: Coin): SpentCoin {
  return { epoch: coin.epoch, id: coinId(coin), units: unitsOf(coin.exponent) };
}
