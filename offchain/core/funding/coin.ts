/**
 * A coin: 32 random bytes and what the mint's keyed function makes of them, for one denomination in
 * one epoch. The function is the POPRF of RFC 9497 over ristretto255 with SHA-512: the mint
 * computes it on blinded bytes and proves that it took its one published key; with the bytes in
 * clear it can compute it again, which is how it knows its own coins. Denomination and epoch are
 * the function's public input, so a coin is worth what it was issued as. [ours]
 */
import type { OPRF } from "@noble/curves/abstract/oprf.js";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { bigintToBytes, bytesToHex, concatBytes, type Hex } from "../primitives/bytes.ts";
import { demand } from "./fundingError.ts";

/** The smallest coin, in token units: a thousandth of a token. */
export const COIN_UNITS = 1_000n;
/** Coins are worth 2^0 to 2^24 times COIN_UNITS. */
export const MAX_EXPONENT = 24;
/** Most coins of one request, and of one payment. */
export const MAX_COINS = 64;
const MAX_EPOCH = 2 ** 32 - 1;
export const SERIAL_BYTES = 32;
export const OUTPUT_BYTES = 64;

const INFO_LABEL = "ChargeVeil/FUND-v1/coin";

export interface Coin {
  readonly epoch: number;
  /** Worth 2^exponent × COIN_UNITS. */
  readonly exponent: number;
  /** Known to the holder alone until the coin is redeemed. */
  readonly serial: Uint8Array;
  readonly output: Uint8Array;
}

/** What a coin of this denomination is worth, in token units. @throws FundingError E_FIELD */
export function unitsOf(exponent: number): bigint {
  assertExponent(exponent);
  return COIN_UNITS << BigInt(exponent);
}

/** What coins are worth together, in token units. */
export function totalUnits(coins: readonly Pick<Coin, "exponent">[]): bigint {
  return coins.reduce((sum, { exponent }) => sum + unitsOf(exponent), 0n);
}

/**
 * The largest amount of coins in an amount of token units; what is left over is below COIN_UNITS.
 */
export function coinUnitsDown(units: bigint): bigint {
  demand(units >= 0n, "E_AMOUNT", "coinUnitsDown: expected at least 0 units, got fewer");
  return units - (units % COIN_UNITS);
}

/**
 * The denominations of an amount, ascending: its binary digits, and as many of the largest as it
 * takes. Everybody who asks for an amount asks for the same coins.
 * @throws FundingError E_AMOUNT unless `units` is a multiple of COIN_UNITS, at least 0, of at most
 *   MAX_COINS coins
 */
export function denominationsOf(units: bigint): readonly number[] {
  const whole = units >= 0n && units % COIN_UNITS === 0n;
  demand(
    whole,
    "E_AMOUNT",
    `denominationsOf: expected a multiple of ${COIN_UNITS} units, got none`,
  );
  const coins = units / COIN_UNITS;
  const largest = coins >> BigInt(MAX_EXPONENT);
  const small = exponents(MAX_EXPONENT).filter((e) => ((coins >> BigInt(e)) & 1n) === 1n);
  const count = BigInt(small.length) + largest;
  demand(count <= MAX_COINS, "E_AMOUNT", `denominationsOf: expected at most ${MAX_COINS} coins`);
  return [...small, ...exponents(Number(largest)).map(() => MAX_EXPONENT)];
}

/**
 * The POPRF of one epoch and denomination: `label ‖ 0x00 ‖ u32 epoch ‖ u8 exponent` is its public
 * input.
 */
export function coinFunction(epoch: number, exponent: number): ReturnType<OPRF["poprf"]> {
  assertEpoch(epoch);
  assertExponent(exponent);
  const label = new TextEncoder().encode(`${INFO_LABEL}\0`);
  const fields = [bigintToBytes(BigInt(epoch), 4), Uint8Array.of(exponent)];
  return ristretto255_oprf.poprf(concatBytes(label, ...fields));
}

/** Whether coins of an epoch are taken in another: in their own and in the next one. */
export function isTaken(coinEpoch: number, epoch: number): boolean {
  return coinEpoch === epoch || coinEpoch === epoch - 1;
}

/** What a coin is remembered by once it is spent. */
export function coinId({ exponent, serial }: Coin): Hex {
  return bytesToHex(concatBytes(Uint8Array.of(exponent), serial));
}

/** @throws FundingError E_FIELD */
function assertEpoch(epoch: number): void {
  const fits = Number.isInteger(epoch) && epoch >= 0 && epoch <= MAX_EPOCH;
  demand(fits, "E_FIELD", `epoch: expected a number of 32 bits, got ${epoch}`);
}

function assertExponent(exponent: number): void {
  const fits = Number.isInteger(exponent) && exponent >= 0 && exponent <= MAX_EXPONENT;
  demand(fits, "E_FIELD", `denomination: expected 0..${MAX_EXPONENT}, got ${exponent}`);
}

function exponents(count: number): readonly number[] {
  return Array.from({ length: count }, (_, exponent) => exponent);
}
