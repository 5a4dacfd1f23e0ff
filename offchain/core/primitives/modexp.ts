/**
 * Modular exponentiation, the one costly operation under everything else, in one place. A
 * Diffie-Hellman object over "prime" m with private key e returns base^e mod m through OpenSSL's
 * constant-time Montgomery code, for composite odd m as well, five to seven times faster than
 * BigInt. The object is made for key exchange and refuses what a key exchange must never see: bases
 * 0, 1 and m−1, and results 0, 1 and m−1 (it throws, or on older runtimes returns nothing). Those
 * cases, moduli below 512 bits and platforms where OpenSSL refuses altogether are computed with
 * BigInt instead; the two are compared once before OpenSSL is used at all.
 *
 * Timing: OpenSSL's time depends on the size of the modulus and on the number of 64-bit words of
 * the exponent (leading zeros are stripped, padding does not hide them), not on the exponent's
 * bits. BigInt is not constant-time. Bases and moduli of recent calls stay in memory.
 */
import { modPow, toZn } from "bigint-crypto-utils";
import { createDiffieHellman } from "node:crypto";
import { bigintToBytes, bitLength, byteLength, bytesToBigint } from "./bytes.ts";

/** The largest modulus OpenSSL's Diffie-Hellman code takes, and therefore the largest here. */
export const MAX_MODULUS_BITS = 10_000;

const MIN_OPENSSL_MODULUS = 1n << 511n;
const MODULUS_BOUND = 1n << BigInt(MAX_MODULUS_BITS);
/**
 * A refused exponentiation and a short one cost OpenSSL the same; below ten bits BigInt is quicker.
 */
const SHORT_EXPONENT_BOUND = 1n << 10n;
/** Building a group costs 1.5 ms at 2048 bits and 12 ms at 4096; a key uses three. */
const CACHED_MODULI = 32;
const WORD_BITS = 64;
const GENERATOR = Uint8Array.of(2);

export class ModexpError extends Error {
  override readonly name = "ModexpError";
  readonly code: "E_MODULUS" | "E_EXPONENT";

  constructor(code: ModexpError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** The part of a Diffie-Hellman object that is used. */
export interface PowerGroup {
  readonly setPrivateKey: (exponent: Uint8Array) => void;
  readonly computeSecret: (base: Uint8Array) => Uint8Array;
}

export type OpenGroup = (modulus: Uint8Array, generator: Uint8Array) => PowerGroup;

export interface PowerEngine {
  /** Which of the two computes: decided at the first call. */
  readonly implementation: () => "openssl" | "bigint";
  readonly powMod: (base: bigint, exponent: bigint, modulus: bigint) => bigint;
  readonly powModSecret: (
    base: bigint,
    exponent: bigint,
    exponentBits: number,
    modulus: bigint,
  ) => bigint;
}

/**
 * An opened group and the exponent it holds: keys reuse their exponents, so it is often set
 * already.
 */
interface CachedGroup {
  readonly group: PowerGroup;
  readonly width: number;
  exponent: bigint;
}

/** Undefined where OpenSSL refused. */
type NativePower = (base: bigint, exponent: bigint, modulus: bigint) => bigint | undefined;

/**
 * base^exponent mod modulus in plain BigInt, variable-time: the yardstick for OpenSSL and the way
 * out where it refuses. Same ranges and errors as `powMod`.
 */
export function powModReference(base: bigint, exponent: bigint, modulus: bigint): bigint {
  assertPowerInputs(exponent, modulus);
  return modPow(base, exponent, modulus);
}

/**
 * An engine over a way of opening groups; the product uses the one below over OpenSSL, tests hand
 * in platforms that refuse or miscalculate.
 */
export function createPowerEngine(openGroup: OpenGroup): PowerEngine {
  const groups = new Map<bigint, CachedGroup>();
  const native: NativePower = (base, exponent, modulus) => {
    try {
      return nativePower(cachedGroup(groups, openGroup, modulus), base, exponent);
    } catch {
      return undefined;
    }
  };
  const trusted = once(() => agreesWithReference(native));
  const power = (base: bigint, exponent: bigint, modulus: bigint) =>
    modulus >= MIN_OPENSSL_MODULUS && trusted()
      ? nativeOrReference(native, base, exponent, modulus)
      : powModReference(base, exponent, modulus);

  return Object.freeze<PowerEngine>({
    implementation: () => (trusted() ? "openssl" : "bigint"),
    powMod: (base, exponent, modulus) => {
      assertPowerInputs(exponent, modulus);
      return (exponent < SHORT_EXPONENT_BOUND ? powModReference : power)(base, exponent, modulus);
    },
    powModSecret: (base, exponent, exponentBits, modulus) => {
      assertPowerInputs(exponent, modulus);
      assertFillsWords(exponent, exponentBits);
      return power(base, exponent, modulus);
    },
  });
}

const engine = createPowerEngine(createDiffieHellman);

/** "openssl", or "bigint" where OpenSSL refuses (FIPS mode) or disagreed with the reference. */
export const powerImplementation = engine.implementation;

/**
 * base^exponent mod modulus for any base, which is reduced first. The time shows the length of the
 * exponent: for a secret one see `powModSecret`.
 * @throws ModexpError E_MODULUS unless the modulus is odd, at least 3 and of at most 10,000 bits;
 *   E_EXPONENT for a negative exponent.
 */
export const powMod = engine.powMod;

/**
 * base^exponent mod modulus for a secret exponent of publicly known length. OpenSSL's time shows
 * the number of 64-bit words of the exponent, so one that does not fill the words of `exponentBits`
 * is refused instead of computed in a time that betrays it. Constant-time on OpenSSL alone, for
 * bases other than 0, 1 and m−1 whose power is none of these either.
 * @throws ModexpError as `powMod`, and E_EXPONENT if the exponent is longer than `exponentBits` or
 *   leaves its highest 64-bit word empty.
 */
export const powModSecret = engine.powModSecret;

function assertPowerInputs(exponent: bigint, modulus: bigint): void {
  if (modulus < 3n || modulus >= MODULUS_BOUND || (modulus & 1n) === 0n) {
    const got =
      modulus < 3n ? "one below 3" : `${parity(modulus)} one of ${bitLength(modulus)} bits`;
    const expected = `an odd modulus from 3 up to ${MAX_MODULUS_BITS} bits`;
    throw new ModexpError("E_MODULUS", `powMod: expected ${expected}, got ${got}`);
  }
  if (exponent < 0n) {
    throw new ModexpError("E_EXPONENT", "powMod: expected an exponent of at least 0, got less");
  }
}

function parity(value: bigint): string {
  return (value & 1n) === 0n ? "an even" : "an odd";
}

function assertFillsWords(exponent: bigint, exponentBits: number): void {
  const bits = bitLength(exponent);
  if (bits <= exponentBits && words(bits) === words(exponentBits)) return;
  const expected = `an exponent of ${exponentBits} bits that fills its ${WORD_BITS}-bit words`;
  throw new ModexpError("E_EXPONENT", `powModSecret: expected ${expected}, got another length`);
}

function words(bits: number): number {
  return Math.ceil(bits / WORD_BITS);
}

/**
 * OpenSSL's answer, or the reference's where OpenSSL would refuse the base, or refused the result.
 */
function nativeOrReference(
  native: NativePower,
  base: bigint,
  exponent: bigint,
  modulus: bigint,
): bigint {
  const reduced = toZn(base, modulus);
  const refused = exponent === 0n || reduced <= 1n || reduced === modulus - 1n;
  if (refused) return trivialPower(reduced, exponent, modulus);
  return native(reduced, exponent, modulus) ?? powModReference(reduced, exponent, modulus);
}

/** Exponent 0, or a base of 0, 1 or −1. */
function trivialPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent === 0n) return 1n;
  if (base <= 1n) return base;
  return (exponent & 1n) === 0n ? 1n : modulus - 1n;
}

/** A refusal is a throw, or on older runtimes an empty result. */
function nativePower(cached: CachedGroup, base: bigint, exponent: bigint): bigint | undefined {
  if (cached.exponent !== exponent) {
    cached.group.setPrivateKey(bigintToBytes(exponent, byteLength(exponent)));
    cached.exponent = exponent;
  }
  const result = cached.group.computeSecret(bigintToBytes(base, cached.width));
  return result.length === cached.width ? bytesToBigint(result) : undefined;
}

function cachedGroup(
  groups: Map<bigint, CachedGroup>,
  openGroup: OpenGroup,
  modulus: bigint,
): CachedGroup {
  const cached = groups.get(modulus) ?? openCachedGroup(openGroup, modulus);
  groups.delete(modulus);
  groups.set(modulus, cached);
  evictOldest(groups);
  return cached;
}

function openCachedGroup(openGroup: OpenGroup, modulus: bigint): CachedGroup {
  const width = byteLength(modulus);
  return { group: openGroup(bigintToBytes(modulus, width), GENERATOR), width, exponent: 0n };
}

/** A map lists its keys in the order of insertion, here of last use. */
function evictOldest(groups: Map<bigint, CachedGroup>): void {
  for (const modulus of groups.keys()) {
    if (groups.size <= CACHED_MODULI) return;
    groups.delete(modulus);
  }
}

/**
 * One product of two primes, several words of base and exponent: enough to tell a working platform.
 */
function agreesWithReference(native: NativePower): boolean {
  const modulus = ((1n << 521n) - 1n) * ((1n << 127n) - 1n);
  const base = (1n << 600n) / 7n;
  const exponent = (1n << 190n) / 3n;
  return native(base, exponent, modulus) === powModReference(base, exponent, modulus);
}

function once<T>(compute: () => T): () => T {
  let memo: { readonly value: T } | undefined;
  return () => (memo ??= { value: compute() }).value;
}
