/**
 * The POPRF of RFC 9497 over ristretto255 with SHA-512, written down once more after the RFC, with
 * the group alone taken from a library: what coins are checked against.
 */
import { expand_message_xmd } from "@noble/curves/abstract/hash-to-curve.js";
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import {
  bigintToBytes,
  bytesToBigint,
  concatBytes,
} from "../../../offchain/core/primitives/bytes.ts";

type Point = InstanceType<typeof ristretto255.Point>;

/** A blinded element and what the server made of it, encoded. */
export interface Evaluation {
  readonly blinded: Uint8Array;
  readonly evaluated: Uint8Array;
}

const { Point } = ristretto255;
const { Fn } = Point;
const MODE_POPRF = 2;
const CONTEXT = concatBytes(
  ascii("OPRFV1-"),
  Uint8Array.of(MODE_POPRF),
  ascii("-ristretto255-SHA512"),
);

/** Section 3.2.1: the secret key of a seed, little-endian. */
export function deriveSecret(seed: Uint8Array, keyInfo: Uint8Array): Uint8Array {
  const input = concatBytes(seed, framed(keyInfo), Uint8Array.of(0));
  return littleEndian(hashToScalar(input, "DeriveKeyPair"));
}

export function publicKeyOf(secret: Uint8Array): Uint8Array {
  return Point.BASE.multiply(scalarOf(secret)).toBytes();
}

/** Section 3.3.3, Blind: the element that is sent. */
export function blindedElement(input: Uint8Array, blind: Uint8Array): Uint8Array {
  return inputElement(input).multiply(scalarOf(blind)).toBytes();
}

/** BlindEvaluate, without its proof. */
export function blindEvaluated(
  secret: Uint8Array,
  info: Uint8Array,
  blinded: Uint8Array,
): Uint8Array {
  return Point.fromBytes(blinded)
    .multiply(Fn.inv(tweakedSecret(secret, info)))
    .toBytes();
}

/** GenerateProof of a batch under a nonce: c ‖ s. */
export function proofOf(
  secret: Uint8Array,
  info: Uint8Array,
  batch: readonly Evaluation[],
  nonce: Uint8Array,
): Uint8Array {
  const [k, r] = [tweakedSecret(secret, info), scalarOf(nonce)];
  const key = Point.BASE.multiply(k);
  const [m, z] = composites(key, batch);
  const c = challengeOf(key, m, z, Point.BASE.multiply(r), m.multiply(r));
  return concatBytes(littleEndian(c), littleEndian(Fn.create(r - c * k)));
}

/** VerifyProof, of the published key. */
export function isProof(
  publicKey: Uint8Array,
  info: Uint8Array,
  batch: readonly Evaluation[],
  proof: Uint8Array,
): boolean {
  const [c, s] = [scalarOf(proof.subarray(0, 32)), scalarOf(proof.subarray(32))];
  const key = Point.BASE.multiply(tweak(info)).add(Point.fromBytes(publicKey));
  const [m, z] = composites(key, batch);
  const t2 = Point.BASE.multiply(s).add(key.multiply(c));
  return challengeOf(key, m, z, t2, m.multiply(s).add(z.multiply(c))) === c;
}

/** Finalize: the output of an evaluated element. */
export function finalized(
  input: Uint8Array,
  blind: Uint8Array,
  evaluated: Uint8Array,
  info: Uint8Array,
): Uint8Array {
  const element = Point.fromBytes(evaluated).multiply(Fn.inv(scalarOf(blind)));
  return outputOf(input, info, element);
}

/** Evaluate: the same, by whoever has the secret. */
export function evaluatedDirectly(
  secret: Uint8Array,
  info: Uint8Array,
  input: Uint8Array,
): Uint8Array {
  const element = inputElement(input).multiply(Fn.inv(tweakedSecret(secret, info)));
  return outputOf(input, info, element);
}

function outputOf(input: Uint8Array, info: Uint8Array, element: Point): Uint8Array {
  return sha512(
    concatBytes(framed(input), framed(info), framed(element.toBytes()), ascii("Finalize")),
  );
}

function tweak(info: Uint8Array): bigint {
  return hashToScalar(concatBytes(ascii("Info"), framed(info)));
}

function tweakedSecret(secret: Uint8Array, info: Uint8Array): bigint {
  return Fn.create(scalarOf(secret) + tweak(info));
}

function inputElement(input: Uint8Array): Point {
  const DST = concatBytes(ascii("HashToGroup-"), CONTEXT);
  return Point.fromBytes(ristretto255_hasher.hashToCurve(input, { DST }).toBytes());
}

/** Section 2.2.1, ComposeScalars: M of what was evaluated, Z of what was blinded. */
function composites(key: Point, batch: readonly Evaluation[]): readonly [Point, Point] {
  const seedTag = concatBytes(ascii("Seed-"), CONTEXT);
  const seed = sha512(concatBytes(framed(key.toBytes()), framed(seedTag)));
  return batch.reduce<readonly [Point, Point]>(
    ([m, z], { blinded, evaluated }, i) => {
      const parts = [framed(seed), bigintToBytes(BigInt(i), 2), framed(evaluated), framed(blinded)];
      const d = hashToScalar(concatBytes(...parts, ascii("Composite")));
      return [
        m.add(Point.fromBytes(evaluated).multiply(d)),
        z.add(Point.fromBytes(blinded).multiply(d)),
      ];
    },
    [Point.ZERO, Point.ZERO],
  );
}

function challengeOf(...points: readonly Point[]): bigint {
  const parts = points.map((point) => framed(point.toBytes()));
  return hashToScalar(concatBytes(...parts, ascii("Challenge")));
}

function hashToScalar(message: Uint8Array, tag = "HashToScalar-"): bigint {
  const wide = expand_message_xmd(message, concatBytes(ascii(tag), CONTEXT), 64, sha512);
  return Fn.create(bytesToBigint(wide.toReversed()));
}

function scalarOf(bytes: Uint8Array): bigint {
  return bytesToBigint(bytes.toReversed());
}

function littleEndian(scalar: bigint): Uint8Array {
  return bigintToBytes(scalar, 32).toReversed();
}

function framed(part: Uint8Array): Uint8Array {
  return concatBytes(bigintToBytes(BigInt(part.length), 2), part);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
