/**
 * Where chance comes from. Everything that draws a random value takes an `Rng`, so that a run can
 * be repeated from a seed; what guards a real secret calls `assertProductionRng` first and so
 * refuses the repeatable kind. The draws below are exactly uniform: values outside the wanted set
 * are thrown away and drawn again, never folded in.
 */
import { gcd } from "bigint-crypto-utils";
import { randomBytes } from "node:crypto";
import { bitLength, bytesToBigint } from "./bytes.ts";

/** A source of uniform random bytes; `deterministic` says that somebody could repeat its output. */
export interface Rng {
  readonly deterministic: boolean;
  readonly bytes: (length: number) => Uint8Array;
}

export class RandomError extends Error {
  override readonly name = "RandomError";
  readonly code: "E_RNG_DETERMINISTIC" | "E_RNG_LENGTH" | "E_BOUND";

  constructor(code: RandomError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** The operating system's generator, by way of OpenSSL. */
export const systemRng: Rng = Object.freeze({
  deterministic: false,
  bytes: (length: number) => new Uint8Array(randomBytes(length)),
});

/**
 * Refuses a repeatable generator outside tests (`NODE_ENV === "test"`).
 * @throws RandomError E_RNG_DETERMINISTIC
 */
export function assertProductionRng(rng: Rng): void {
  if (!rng.deterministic || process.env.NODE_ENV === "test") return;
  throw new RandomError(
    "E_RNG_DETERMINISTIC",
    "assertProductionRng: expected an unpredictable generator, got a deterministic one outside tests",
  );
}

/**
 * `length` bytes of `rng`, counted: a source that runs short must not shorten a key.
 * @throws RandomError E_RNG_LENGTH if `rng` returns another number of bytes.
 */
export function randomBytesOf(rng: Rng, length: number): Uint8Array {
  const drawn = rng.bytes(length);
  if (drawn.length === length) return drawn;
  const sizes = `expected ${length} bytes from the generator, got ${drawn.length}`;
  throw new RandomError("E_RNG_LENGTH", `randomBytesOf: ${sizes}`);
}

/**
 * Uniform in [0, 2^bits).
 * @throws RandomError E_BOUND unless `bits` is a whole number of at least 1.
 */
export function randomBits(rng: Rng, bits: number): bigint {
  if (!Number.isSafeInteger(bits) || bits < 1) {
    throw new RandomError("E_BOUND", `randomBits: expected at least 1 bit, got ${bits}`);
  }
  return BigInt.asUintN(bits, bytesToBigint(randomBytesOf(rng, Math.ceil(bits / 8))));
}

/**
 * Uniform in [0, bound), by rejection: fewer than two draws on average.
 * @throws RandomError E_BOUND for a bound below 1.
 */
export function randomBelow(rng: Rng, bound: bigint): bigint {
  if (bound < 1n) throw new RandomError("E_BOUND", "randomBelow: expected a bound of at least 1");
  const bits = Math.max(1, bitLength(bound - 1n));
  for (;;) {
    const candidate = randomBits(rng, bits);
    if (candidate < bound) return candidate;
  }
}

/**
 * Uniform among the units modulo `n`: values in [1, n) without a common divisor with `n`.
 * @throws RandomError E_BOUND for a modulus below 2.
 */
export function randomUnit(rng: Rng, n: bigint): bigint {
  if (n < 2n) throw new RandomError("E_BOUND", "randomUnit: expected a modulus of at least 2");
  for (;;) {
    const candidate = randomBelow(rng, n);
    if (gcd(candidate, n) === 1n) return candidate;
  }
}
