/**
 * What the authority publishes for a round: Paillier's n with hs for short exponents, the modulus
 * under which owners commit to what they encrypted when they prove its ranges, how many features a
 * record has, in which mode the servers are going to match, and the key that uploads are sealed to.
 * The auction's terms carry the hash of all of it, so whoever encrypts knows that everybody else
 * means the same.
 */
import { keccak256 } from "ethers";
import { z } from "zod";
import { bigintToBytes, byteLength } from "../primitives/bytes.ts";
import {
  isProductionKeySize,
  MAX_KEY_BITS,
  MIN_PRODUCTION_KEY_BITS,
  publicKeyFromModulus,
} from "../primitives/paillier/publicKey.ts";
import { shortKeyOf, type ShortKey } from "../primitives/paillier/shortRandomness.ts";
import {
  commitmentKeyFromModulus,
  type CommitmentKey,
} from "../primitives/proofs/commitmentKey.ts";
import { committedIntegers } from "../primitives/proofs/exactRange.ts";
import { bytes32Form, decimalForm } from "./forms.ts";
import { taggedHash, type Bytes32 } from "./market.ts";
import { assertLayoutFits, offerLayout, requestLayout } from "./packedRecord.ts";

/**
 * The ways to match (`modes.ts`). Owners agree to one when they encrypt under a key that names it.
 */
export const MODE_NAMES = ["strict"] as const;
export type ModeName = (typeof MODE_NAMES)[number];

/** The numbers of a round key as they are published. */
export interface RoundKeyNumbers {
  readonly n: bigint;
  readonly hs: bigint;
  /** A product of two safe primes that nobody knows any more; one serves for many rounds. */
  readonly commitmentModulus: bigint;
  readonly features: number;
  readonly mode: ModeName;
  /** X25519 key of the proxy, 0x-prefixed hexadecimal. */
  readonly proxySealKey: string;
}

/** Built by `roundKeyOf`: the same, checked and ready for use. */
export interface RoundKey {
  readonly shortKey: ShortKey;
  readonly commitmentKey: CommitmentKey;
  readonly features: number;
  readonly mode: ModeName;
  readonly proxySealKey: string;
}

export class RoundKeyError extends Error {
  override readonly name = "RoundKeyError";
  readonly code = "E_ROUND_KEY";
}

/** More features than this have no room in one ciphertext of 2,048 bits. */
const MAX_FEATURES = 8;

/**
 * Checks published numbers as far as the public can. Run by everybody who uses them: whoever
 * announces a short key reads what is encrypted under it, or proves what is false.
 * @throws PaillierError, ProofError for a number that no key has; RoundKeyError for another number
 *   of features, unless a masked record fits below n, and outside tests (`NODE_ENV === "test"`) for
 *   n or the commitment modulus of another length than a real round's.
 */
export function roundKeyOf(numbers: RoundKeyNumbers): RoundKey {
  const { n, hs, commitmentModulus, features, mode, proxySealKey } = numbers;
  if (!Number.isInteger(features) || features < 0 || features > MAX_FEATURES) {
    throw new RoundKeyError(`roundKeyOf: expected 0 to ${MAX_FEATURES} features, got ${features}`);
  }
  const publicKey = publicKeyFromModulus(n);
  for (const layout of [requestLayout(features), offerLayout(features)]) {
    assertLayoutFits(publicKey, layout);
  }
  const fields = Math.max(requestLayout(features).length, offerLayout(features).length);
  const commitmentKey = commitmentKeyFromModulus(commitmentModulus, committedIntegers(fields));
  assertRealLength("n", publicKey.bits);
  assertRealLength("the commitment modulus", commitmentKey.bits);
  return Object.freeze<RoundKey>({
    shortKey: shortKeyOf(publicKey, hs),
    commitmentKey,
    features,
    mode,
    proxySealKey,
  });
}

/** Short keys are for tests alone, as repeatable generators are (`assertProductionRng`). */
function assertRealLength(name: string, bits: number): void {
  if (isProductionKeySize(bits) || process.env.NODE_ENV === "test") return;
  const range = `an even number of ${MIN_PRODUCTION_KEY_BITS} to ${MAX_KEY_BITS} bits`;
  const remedy = "take no part in this auction, and ask the authority for its key";
  throw new RoundKeyError(`roundKeyOf: expected ${name} of ${range}, got ${bits}: ${remedy}`);
}

/** `ChargeVeil.RoundKey.v1`: names all of it. */
export function roundKeyHash({
  shortKey,
  commitmentKey,
  features,
  mode,
  proxySealKey,
}: RoundKey): Bytes32 {
  const { publicKey, hs } = shortKey;
  const hashed = (value: bigint, width: number): string => keccak256(bigintToBytes(value, width));
  return taggedHash(
    "ChargeVeil.RoundKey.v1",
    ["bytes32", "bytes32", "bytes32", "uint256", "string", "bytes32"],
    [
      hashed(publicKey.n, byteLength(publicKey.n)),
      hashed(hs, publicKey.ciphertextBytes),
      hashed(commitmentKey.modulus, byteLength(commitmentKey.modulus)),
      features,
      mode,
      proxySealKey,
    ],
  );
}

const roundKeyJson = z.strictObject({
  n: decimalForm,
  hs: decimalForm,
  commitmentModulus: decimalForm,
  features: z.number(),
  mode: z.enum(MODE_NAMES),
  proxySealKey: bytes32Form,
});

/** The form in which a round key is published: numbers as decimal text. */
export function roundKeyToJson(key: RoundKey): object {
  return {
    n: key.shortKey.publicKey.n.toString(),
    hs: key.shortKey.hs.toString(),
    commitmentModulus: key.commitmentKey.modulus.toString(),
    features: key.features,
    mode: key.mode,
    proxySealKey: key.proxySealKey,
  };
}

/** Reads a round key from elsewhere. @throws RoundKeyError for another form; as `roundKeyOf` */
export function roundKeyFromJson(json: unknown): RoundKey {
  const parsed = roundKeyJson.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new RoundKeyError(`roundKeyFromJson: expected a round key, got none at "${where}"`);
  }
  const { n, hs, commitmentModulus, ...rest } = parsed.data;
  return roundKeyOf({
    ...rest,
    n: BigInt(n),
    hs: BigInt(hs),
    commitmentModulus: BigInt(commitmentModulus),
  });
}
