/**
 * What one size of key is measured on: a key pair of ours, the same key as the peer sees it, and
 * the tables that a long round would have built. Everything is made anew for a run.
 */
import { PrivateKey as PeerPrivateKey, type PublicKey as PeerPublicKey } from "paillier-bigint";
import { toPaillierBigintPrivateKey } from "../../core/primitives/paillier/interop.ts";
import { dealShortKey, type KeyPair } from "../../core/primitives/paillier/keyGeneration.ts";
import { ownerTable, type OwnerTable } from "../../core/primitives/paillier/ownerEncryption.ts";
import { shortTable, type ShortTable } from "../../core/primitives/paillier/shortRandomness.ts";
import { randomBelow, type Rng } from "../../core/primitives/random.ts";

/** The windows of all tables. */
export const WINDOW_BITS = 8;
const INPUTS = 8;

/** Makes key pairs of a size; injected because tests have no time for real ones. */
export type DealKeys = (bits: number, rng: Rng) => Promise<KeyPair>;

export interface Subject extends KeyPair {
  readonly deal: DealKeys;
  readonly rng: Rng;
  readonly shortTable: ShortTable;
  readonly ownerTable: OwnerTable;
  readonly peerPublicKey: PeerPublicKey;
  readonly peerPrivateKey: PeerPrivateKey;
  /** The same key without its primes: the peer then follows the definition. */
  readonly peerTextbookKey: PeerPrivateKey;
}

/** A subject whose key has `bits` bits. */
export async function dealSubject(bits: number, deal: DealKeys, rng: Rng): Promise<Subject> {
  const { publicKey, privateKey } = await deal(bits, rng);
  const shortKey = dealShortKey(privateKey, rng);
  const peerPrivateKey = toPaillierBigintPrivateKey(privateKey);
  const { lambda, mu, publicKey: peerPublicKey } = peerPrivateKey;
  return {
    deal,
    rng,
    publicKey,
    privateKey,
    shortTable: shortTable(shortKey, WINDOW_BITS),
    ownerTable: ownerTable(privateKey, shortKey, WINDOW_BITS),
    peerPublicKey,
    peerPrivateKey,
    peerTextbookKey: new PeerPrivateKey(lambda, mu, peerPublicKey),
  };
}

/** As many as an operation takes turns with. */
export function inputsOf<T>(make: () => T): readonly T[] {
  return Array.from({ length: INPUTS }, make);
}

/** Uniform below n: as large as plaintexts get. */
export function fullPlaintext({ publicKey, rng }: Subject): bigint {
  return randomBelow(rng, publicKey.n);
}

/** Multiplications of one power from the public table. */
export function windowsOf({ shortTable: { powers } }: Subject): number {
  return Math.ceil(powers.exponentBits / WINDOW_BITS);
}
