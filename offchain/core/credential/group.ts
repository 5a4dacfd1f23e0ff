/**
 * The groups that credentials live in: G1 and G2 of BLS12-381, of prime order r, with a pairing of
 * the third type: no map leads from one group into the other, so whether two pairs in G1 have the
 * same ratio (the question behind every link between two pseudonyms) cannot be answered by pairing.
 * Points from outside pass `decodeG1` or `decodeG2`, which take one encoding of points of order r
 * and nothing else; scalars are 32 bytes, big-endian, below r.
 *
 * Arithmetic is that of @noble/curves: `multiply` for secret scalars, which hides its steps as far
 * as BigInt can, and `multiplyUnsafe` for public ones.
 */
import type { Fp2 } from "@noble/curves/abstract/tower.js";
import type { WeierstrassPoint, WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bigintToBytes, bytesToBigint, utf8 } from "../primitives/bytes.ts";
import { hedgedRng } from "../primitives/hedged.ts";
import { randomBytesOf, type Rng } from "../primitives/random.ts";
import { CredentialError } from "./credentialError.ts";
import { labelledHash, sameBytes } from "./wire.ts";

export type PointG1 = WeierstrassPoint<bigint>;
export type PointG2 = WeierstrassPoint<Fp2>;

export const G1_BYTES = 48;
export const G2_BYTES = 96;
export const SCALAR_BYTES = 32;

/** r, the order of both groups. */
export const GROUP_ORDER: bigint = bls12_381.G1.Point.Fn.ORDER;

/** Tables of fixed bases, built at first use. */
const WINDOW_BITS = 6;
const G1_TAG = "EVCRED-V1-G1-BLS12381G1_XMD:SHA-256_SSWU_RO_";

/** P2, the base of G2. */
export const BASE_G2: PointG2 = bls12_381.G2.Point.BASE;

/**
 * A point whose logarithm to any other hashed point nobody knows (RFC 9380, with the tag of this
 * scheme).
 */
export function hashToG1(message: Uint8Array): PointG1 {
  return bls12_381.G1.hashToCurve(message, { DST: G1_TAG });
}

/** What a credential signs: P1 + usk·H0 + role·H2 + epoch·H3. */
export const P1 = generator("P1");
export const H0 = generator("H0");
export const H2 = generator("H2");
export const H3 = generator("H3");
/** Base of identifiers and of the tracers' keys. */
export const G = generator("G");

/** @throws CredentialError E_LENGTH, E_POINT */
export function decodeG1(what: string, bytes: Uint8Array): PointG1 {
  return decode(what, bls12_381.G1.Point, bytes, G1_BYTES);
}

/** @throws CredentialError E_LENGTH, E_POINT */
export function decodeG2(what: string, bytes: Uint8Array): PointG2 {
  return decode(what, bls12_381.G2.Point, bytes, G2_BYTES);
}

/** A scalar in [0, r). @throws CredentialError E_LENGTH, E_SCALAR */
export function decodeScalar(what: string, bytes: Uint8Array): bigint {
  if (bytes.length !== SCALAR_BYTES) throw lengthError(what, SCALAR_BYTES, bytes);
  const scalar = bytesToBigint(bytes);
  if (scalar < GROUP_ORDER) return scalar;
  throw new CredentialError("E_SCALAR", `${what}: expected a scalar below r, got another`);
}

/** A scalar in [1, r). @throws CredentialError E_LENGTH, E_SCALAR */
export function decodeSecret(what: string, bytes: Uint8Array): bigint {
  const scalar = decodeScalar(what, bytes);
  if (scalar !== 0n) return scalar;
  throw new CredentialError("E_SCALAR", `${what}: expected a scalar other than 0, got 0`);
}

export function encodeScalar(scalar: bigint): Uint8Array {
  return bigintToBytes(scalar, SCALAR_BYTES);
}

/** Modulo r, in [0, r). */
export function reduced(scalar: bigint): bigint {
  return bls12_381.fields.Fr.create(scalar);
}

/** 1/scalar modulo r, of a scalar other than 0. */
export function inverse(scalar: bigint): bigint {
  return bls12_381.fields.Fr.inv(scalar);
}

/** `labelledHash` modulo r: the bias is below 2^−256. */
export function hashToScalar(label: string, ...parts: readonly Uint8Array[]): bigint {
  return reduced(bytesToBigint(labelledHash(label, ...parts)));
}

/** Uniform in [1, r), but for a bias below 2^−256. */
export function randomScalar(rng: Rng): bigint {
  const scalar = reduced(bytesToBigint(randomBytesOf(rng, 64)));
  return scalar === 0n ? randomScalar(rng) : scalar;
}

/**
 * Scalars in [1, r) that stay unpredictable and different as long as either the generator is sound
 * or the secrets are unknown (`primitives/hedged.ts`): what a proof is blinded with.
 */
export function hedgedScalars(
  rng: Rng,
  count: number,
  secrets: readonly bigint[],
  ...statement: readonly Uint8Array[]
): readonly bigint[] {
  const hedged = hedgedRng(rng, "EVCRED-v1/nonce", secrets, ...statement);
  return Array.from({ length: count }, () => randomScalar(hedged));
}

/**
 * Whether e(a, b) = e(c, P2); false where one of them is the identity. Two Miller loops, one final
 * power.
 */
export function pairingsMatch(a: PointG1, b: PointG2, c: PointG1): boolean {
  if (a.is0() || b.is0() || c.is0()) return false;
  const product = bls12_381.pairingBatch([
    { g1: a, g2: b },
    { g1: c.negate(), g2: BASE_G2 },
  ]);
  return bls12_381.fields.Fp12.eql(product, bls12_381.fields.Fp12.ONE);
}

function generator(name: string): PointG1 {
  return hashToG1(utf8(name)).precompute(WINDOW_BITS);
}

/**
 * Strict: the length, the curve, the subgroup, not the identity, and the encoding that we would
 * write.
 */
function decode<F>(
  what: string,
  Point: WeierstrassPointCons<F>,
  bytes: Uint8Array,
  width: number,
): WeierstrassPoint<F> {
  if (bytes.length !== width) throw lengthError(what, width, bytes);
  const point = parsed(Point, bytes);
  if (point !== null && !point.is0() && sameBytes(point.toBytes(), bytes)) return point;
  throw new CredentialError("E_POINT", `${what}: expected a point of order r, got another`);
}

function parsed<F>(Point: WeierstrassPointCons<F>, bytes: Uint8Array): WeierstrassPoint<F> | null {
  try {
    const point = Point.fromBytes(bytes);
    point.assertValidity();
    return point;
  } catch {
    return null;
  }
}

function lengthError(what: string, expected: number, { length }: Uint8Array): CredentialError {
  return new CredentialError("E_LENGTH", `${what}: expected ${expected} bytes, got ${length}`);
}
