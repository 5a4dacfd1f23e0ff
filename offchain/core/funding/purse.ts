/**
 * The vehicle's side: asks for coins, believes them only with the mint's proof, keeps them and
 * chooses which to pay with. The proof is what keeps a cashier from marking somebody with a key or
 * an epoch of his own; so the parameters must come from where everybody's come from. Purses are
 * data; nothing here sends anything.
 */
import { randomBytesOf, assertProductionRng, type Rng } from "../primitives/random.ts";
import {
  type Coin,
  coinFunction,
  denominationsOf,
  isTaken,
  SERIAL_BYTES,
  totalUnits,
  unitsOf,
} from "./coin.ts";
import {
  answerFromBytes,
  type BlindedCoin,
  type MintParameters,
  requestToBytes,
} from "./formats.ts";
import { demand, FundingError } from "./fundingError.ts";

/** A coin that was asked for: what only the holder knows of it. */
export interface PendingCoin extends BlindedCoin {
  readonly serial: Uint8Array;
  readonly blind: Uint8Array;
  /** The published key for this epoch and denomination. */
  readonly tweakedKey: Uint8Array;
}

/** What has to be kept between asking and accepting; secret. */
export interface PendingCoins {
  readonly epoch: number;
  readonly coins: readonly PendingCoin[];
}

/** Coins by which an amount is paid, what comes back for them, and what stays. */
export interface ChosenCoins {
  readonly paid: readonly Coin[];
  readonly kept: readonly Coin[];
  /** For which new coins are asked in the same exchange. */
  readonly changeUnits: bigint;
}

/**
 * Asks for coins of an amount: a request to send, and what to keep until the answer. Run by the
 * vehicle.
 * @param units a multiple of COIN_UNITS, at least 0
 * @throws FundingError E_AMOUNT of `denominationsOf`; RandomError E_RNG_DETERMINISTIC outside tests
 */
export function askForCoins(
  mint: MintParameters,
  units: bigint,
  rng: Rng,
): { readonly request: Uint8Array; readonly pending: PendingCoins } {
  assertProductionRng(rng);
  const coins = denominationsOf(units).map((exponent) => blindedCoin(mint, exponent, rng));
  const pending = { epoch: mint.epoch, coins };
  return { request: requestToBytes(pending), pending };
}

/**
 * The coins of an answer, all of them proven to be of the published key. Run by the vehicle.
 * @throws FundingError of `answerFromBytes`; E_PROOF: then the cashier has marked the coins, or
 *   somebody changed them
 */
export function acceptCoins(pending: PendingCoins, answer: Uint8Array): readonly Coin[] {
  const { epoch, coins } = pending;
  const { evaluated, proofs } = answerFromBytes(
    answer,
    coins.map(({ exponent }) => exponent),
  );
  const signed = coins.map((coin, i) => ({ coin, evaluated: elementAt(evaluated, i) }));
  const batches = [...Map.groupBy(signed, ({ coin }) => coin.exponent).values()];
  return batches.flatMap((batch, i) => acceptedBatch(epoch, batch, elementAt(proofs, i)));
}

/** The coins that the mint takes in this epoch; the others have lapsed. */
export function usableCoins(coins: readonly Coin[], { epoch }: MintParameters): readonly Coin[] {
  return coins.filter((coin) => isTaken(coin.epoch, epoch));
}

/**
 * Chooses coins for an amount: the largest first, until it is reached. So a payment shows few
 * coins, of denominations that many hold; small ones are renewed at a time of their own
 * (`exchangeCoins` of an amount of 0).
 * @throws FundingError E_AMOUNT if the coins are not worth the amount
 */
export function chooseCoins(coins: readonly Coin[], amountUnits: bigint): ChosenCoins {
  const enough = amountUnits >= 0n && totalUnits(coins) >= amountUnits;
  demand(enough, "E_AMOUNT", "chooseCoins: expected coins of the amount or more, got fewer");
  const descending = coins.toSorted((a, b) => b.exponent - a.exponent);
  const count = coinsNeeded(descending, amountUnits);
  const paid = descending.slice(0, count);
  return { paid, kept: descending.slice(count), changeUnits: totalUnits(paid) - amountUnits };
}

function blindedCoin(
  { epoch, publicKey }: MintParameters,
  exponent: number,
  rng: Rng,
): PendingCoin {
  const bytes = (length = SERIAL_BYTES): Uint8Array<ArrayBuffer> =>
    new Uint8Array(randomBytesOf(rng, length));
  const serial = bytes();
  return { exponent, serial, ...coinFunction(epoch, exponent).blind(serial, publicKey, bytes) };
}

/** How many of the coins, from the first on, make up the amount. */
function coinsNeeded(coins: readonly Coin[], amountUnits: bigint): number {
  let missing = amountUnits;
  let count = 0;
  for (const { exponent } of coins) {
    if (missing <= 0n) break;
    missing -= unitsOf(exponent);
    count += 1;
  }
  return count;
}

interface SignedCoin {
  readonly coin: PendingCoin;
  readonly evaluated: Uint8Array;
}

function acceptedBatch(
  epoch: number,
  batch: readonly SignedCoin[],
  proof: Uint8Array,
): readonly Coin[] {
  const { exponent, tweakedKey } = elementAt(batch, 0).coin;
  const items = batch.map(({ coin, evaluated }) => ({
    input: coin.serial,
    blind: coin.blind,
    blinded: coin.blinded,
    evaluated,
  }));
  const outputs = finalized(() =>
    coinFunction(epoch, exponent).finalizeBatch(items, proof, tweakedKey),
  );
  return batch.map(({ coin }, i) => {
    return { epoch, exponent, serial: coin.serial, output: elementAt(outputs, i) };
  });
}

/**
 * The library's refusals have no code; its inputs have been decoded before, so what it refuses is
 * the proof.
 */
function finalized(action: () => readonly Uint8Array[]): readonly Uint8Array[] {
  try {
    return action();
  } catch (cause) {
    const error = new FundingError("E_PROOF", "acceptCoins: expected a proof of the published key");
    error.cause = cause;
    throw error;
  }
}

function elementAt<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined)
    throw new RangeError(`elementAt: expected an index below ${list.length}`);
  return element;
}
