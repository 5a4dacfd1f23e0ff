/**
 * The attacker of P1: a user who looks through everything it was given in a round for a number that
 * is as good as the round's secret key, and with it opens what it captured of others. It tries
 * every number as a multiple of λ, as a prime of n and as a multiple of one; whoever holds one of
 * these holds the key.
 */
import { gcd, lcm, modInv } from "bigint-crypto-utils";
import { powMod } from "../../../offchain/core/primitives/modexp.ts";
import type {
  Ciphertext,
  PublicKey,
} from "../../../offchain/core/primitives/paillier/publicKey.ts";

/** Units that show a multiple of λ: a power of it is 1 modulo n². */
const PROBES = [2n, 3n, 5n];

/**
 * A multiple of λ among the numbers or derived from one of them; null if none of them is of use.
 */
export function openingExponentAmong(
  publicKey: PublicKey,
  numbers: readonly bigint[],
): bigint | null {
  const candidates = numbers.flatMap((number) => [number, orderFromDivisor(publicKey, number)]);
  return candidates.find((candidate) => isMultipleOfLambda(publicKey, candidate)) ?? null;
}

/** L(c^e mod n²)·e⁻¹ mod n, for any multiple e of λ that has an inverse modulo n. */
export function openCaptured(exponent: bigint, { publicKey, value }: Ciphertext): bigint {
  const { n, nSquared } = publicKey;
  const quotient = (powMod(value, exponent, nSquared) - 1n) / n;
  return (quotient * modInv(exponent, n)) % n;
}

function isMultipleOfLambda({ n, nSquared }: PublicKey, candidate: bigint): boolean {
  if (candidate < 1n || gcd(candidate, n) !== 1n) return false;
  return PROBES.every((probe) => powMod(powMod(probe, n, nSquared), candidate, nSquared) === 1n);
}

/** lcm(p − 1, q − 1) if the number shares p with n, else 0. */
function orderFromDivisor({ n }: PublicKey, number: bigint): bigint {
  const divisor = number === 0n ? n : gcd(number, n);
  return divisor === 1n || divisor === n ? 0n : lcm(divisor - 1n, n / divisor - 1n);
}
