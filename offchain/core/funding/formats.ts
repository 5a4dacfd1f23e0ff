/**
 * What vehicle and cashier send each other, byte for byte: the mint's parameters, a request for
 * coins, its answer, and coins that are paid. Every format has one length, given by its count;
 * numbers are unsigned and big-endian. Nothing is believed here but the form.
 */
import { ristretto255 } from "@noble/curves/ed25519.js";
import { bigintToBytes, bytesToBigint, concatBytes } from "../primitives/bytes.ts";
import { type Coin, MAX_COINS, MAX_EXPONENT, OUTPUT_BYTES, SERIAL_BYTES } from "./coin.ts";
import { demand, FundingError } from "./fundingError.ts";

const POINT_BYTES = 32;
const PROOF_BYTES = 64;

const EPOCH_BYTES = 4;
const COUNT_BYTES = 2;
const EXPONENT_BYTES = 1;
const COIN_BYTES = EPOCH_BYTES + EXPONENT_BYTES + SERIAL_BYTES + OUTPUT_BYTES;
const ENTRY_BYTES = EXPONENT_BYTES + POINT_BYTES;

/**
 * What is published of a mint, one for everybody. A holder takes it from where everybody does,
 * never from an answer.
 */
export interface MintParameters {
  readonly publicKey: Uint8Array;
  /** The epoch in which coins are issued. */
  readonly epoch: number;
}

export interface BlindedCoin {
  readonly exponent: number;
  readonly blinded: Uint8Array;
}

export interface CoinRequest {
  readonly epoch: number;
  /** Denominations ascending. */
  readonly coins: readonly BlindedCoin[];
}

export interface CoinAnswer {
  /** One for each coin of the request, in its order. */
  readonly evaluated: readonly Uint8Array[];
  /** One for each denomination of the request, ascending. */
  readonly proofs: readonly Uint8Array[];
}

/** publicKey(32) ‖ epoch(4) */
export function parametersToBytes({ publicKey, epoch }: MintParameters): Uint8Array {
  return concatBytes(publicKey, number(epoch, EPOCH_BYTES));
}

/** @throws FundingError E_LENGTH, E_POINT */
export function parametersFromBytes(bytes: Uint8Array): MintParameters {
  assertLength("parameters", bytes, POINT_BYTES + EPOCH_BYTES);
  const publicKey = bytes.slice(0, POINT_BYTES);
  assertPoint("parameters", publicKey);
  return { publicKey, epoch: numberAt(bytes, POINT_BYTES, EPOCH_BYTES) };
}

/** epoch(4) ‖ count(2) ‖ count × (exponent(1) ‖ element(32)) */
export function requestToBytes({ epoch, coins }: CoinRequest): Uint8Array {
  const entries = coins.flatMap(({ exponent, blinded }) => [Uint8Array.of(exponent), blinded]);
  const head = [number(epoch, EPOCH_BYTES), number(coins.length, COUNT_BYTES)];
  return concatBytes(...head, ...entries);
}

/**
 * @throws FundingError E_LENGTH, E_FIELD, E_POINT; E_ORDER if a denomination is below the one
 *   before it
 */
export function requestFromBytes(bytes: Uint8Array): CoinRequest {
  const entries = entriesOf("request", bytes, EPOCH_BYTES, ENTRY_BYTES);
  const coins = entries.map((entry) => ({
    exponent: exponentIn("request", entry[0]),
    blinded: entry.subarray(EXPONENT_BYTES),
  }));
  const ascending = coins.every(({ exponent }, i) => exponent >= (coins[i - 1]?.exponent ?? 0));
  demand(ascending, "E_ORDER", "request: expected ascending denominations, got others");
  for (const { blinded } of coins) assertPoint("request", blinded);
  return { epoch: numberAt(bytes, 0, EPOCH_BYTES), coins };
}

/** evaluated elements(32 each) ‖ proofs(64 each) */
export function answerToBytes({ evaluated, proofs }: CoinAnswer): Uint8Array {
  return concatBytes(...evaluated, ...proofs);
}

/**
 * The answer to a request for coins of these denominations.
 * @throws FundingError E_LENGTH, E_POINT
 */
export function answerFromBytes(bytes: Uint8Array, exponents: readonly number[]): CoinAnswer {
  const [count, proofs] = [exponents.length, new Set(exponents).size];
  const elementsEnd = count * POINT_BYTES;
  assertLength("answer", bytes, elementsEnd + proofs * PROOF_BYTES);
  const evaluated = cut(bytes.subarray(0, elementsEnd), POINT_BYTES);
  for (const element of evaluated) assertPoint("answer", element);
  return { evaluated, proofs: cut(bytes.subarray(elementsEnd), PROOF_BYTES) };
}

/** count(2) ‖ count × (epoch(4) ‖ exponent(1) ‖ serial(32) ‖ output(64)) */
export function coinsToBytes(coins: readonly Coin[]): Uint8Array {
  const entries = coins.map(({ epoch, exponent, serial, output }) =>
    concatBytes(number(epoch, EPOCH_BYTES), Uint8Array.of(exponent), serial, output),
  );
  return concatBytes(number(coins.length, COUNT_BYTES), ...entries);
}

/** @throws FundingError E_LENGTH, E_FIELD */
export function coinsFromBytes(bytes: Uint8Array): readonly Coin[] {
  const serialAt = EPOCH_BYTES + EXPONENT_BYTES;
  return entriesOf("coins", bytes, 0, COIN_BYTES).map((entry) => ({
    epoch: numberAt(entry, 0, EPOCH_BYTES),
    exponent: exponentIn("coins", entry[EPOCH_BYTES]),
    serial: entry.subarray(serialAt, serialAt + SERIAL_BYTES),
    output: entry.subarray(serialAt + SERIAL_BYTES),
  }));
}

/** What follows a count at `countAt`, in pieces of its own. */
function entriesOf(
  what: string,
  bytes: Uint8Array,
  countAt: number,
  entryBytes: number,
): readonly Uint8Array[] {
  const headBytes = countAt + COUNT_BYTES;
  if (bytes.length < headBytes) assertLength(what, bytes, headBytes);
  const count = numberAt(bytes, countAt, COUNT_BYTES);
  demand(count <= MAX_COINS, "E_FIELD", `${what}: expected at most ${MAX_COINS}, got ${count}`);
  assertLength(what, bytes, headBytes + count * entryBytes);
  return cut(bytes.subarray(headBytes), entryBytes);
}

function cut(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  const count = bytes.length / width;
  return Array.from({ length: count }, (_, i) => bytes.slice(i * width, (i + 1) * width));
}

/** The library decodes again where it computes; here a wrong element gets a name. */
function assertPoint(what: string, bytes: Uint8Array): void {
  demand(isPoint(bytes), "E_POINT", `${what}: expected an element other than the identity`);
}

function isPoint(bytes: Uint8Array): boolean {
  try {
    return !ristretto255.Point.fromBytes(bytes).equals(ristretto255.Point.ZERO);
  } catch {
    return false;
  }
}

function assertLength(what: string, bytes: Uint8Array, expected: number): void {
  const sizes = `expected ${expected} bytes, got ${bytes.length}`;
  demand(bytes.length === expected, "E_LENGTH", `${what}: ${sizes}`);
}

function exponentIn(what: string, exponent: number | undefined): number {
  if (exponent !== undefined && exponent <= MAX_EXPONENT) return exponent;
  throw new FundingError("E_FIELD", `${what}: expected a denomination of 0..${MAX_EXPONENT}`);
}

function number(value: number, width: number): Uint8Array {
  return bigintToBytes(BigInt(value), width);
}

function numberAt(bytes: Uint8Array, start: number, width: number): number {
  return Number(bytesToBigint(bytes.subarray(start, start + width)));
}
