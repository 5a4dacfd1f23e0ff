/**
 * The secret half of a round's key on its way from the authority to the cloud: sealed to the cloud,
 * bound to the public half. Its content are the two primes.
 */
import {
  bigintToBytes,
  byteLength,
  bytesToBigint,
  concatBytes,
  hexToBytes,
} from "../primitives/bytes.ts";
import { privateKeyFromPrimes } from "../primitives/paillier/keyFromPrimes.ts";
import type { PrivateKey } from "../primitives/paillier/privateKey.ts";
import type { Rng } from "../primitives/random.ts";
import { open, seal, type SealContext, type SealKeyPair } from "../primitives/sealedBox.ts";
import type { Letter } from "./dealtLetter.ts";
import { roundKeyHash, type RoundKey } from "./roundKey.ts";

export class KeyLetterError extends Error {
  override readonly name = "KeyLetterError";
  readonly code = "E_KEY_LETTER";
}

/** Run by the authority, once a round key. */
export function sealKeyLetter(
  sealKey: Uint8Array,
  roundKey: RoundKey,
  { p, q }: PrivateKey,
  rng: Rng,
): Promise<Letter> {
  const width = Math.max(byteLength(p), byteLength(q));
  const plaintext = concatBytes(bigintToBytes(p, width), bigintToBytes(q, width));
  return seal(sealKey, plaintext, contextOf(roundKey), rng);
}

/**
 * Run by the cloud.
 * @throws SealedBoxError for a letter to somebody else or for another round key; KeyLetterError,
 *   PaillierError if the primes in it are not those of the round key
 */
export async function openKeyLetter(
  keys: SealKeyPair,
  roundKey: RoundKey,
  letter: Letter,
): Promise<PrivateKey> {
  const plaintext = await open(keys.privateKey, letter, contextOf(roundKey));
  const half = plaintext.length / 2;
  const key = privateKeyFromPrimes(
    bytesToBigint(plaintext.subarray(0, half)),
    bytesToBigint(plaintext.subarray(half)),
  );
  if (key.publicKey.n === roundKey.shortKey.publicKey.n) return key;
  throw new KeyLetterError("openKeyLetter: expected the primes of the round key, got others");
}

function contextOf(roundKey: RoundKey): SealContext {
  const info = new TextEncoder().encode("ChargeVeil.KeyLetter.v1");
  return { info, aad: hexToBytes(roundKeyHash(roundKey)) };
}
