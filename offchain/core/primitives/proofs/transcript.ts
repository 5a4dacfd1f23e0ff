/**
 * Challenges without a challenger (Fiat–Shamir): the verifier's coins are a hash of everything said
 * so far. A transcript is that everything, a label and a list of byte strings:
 *
 *   seed = SHA-256("PM-v1/" + label ‖ 0x00 ‖ lp(n) ‖ lp(scope) ‖ lp(prover) ‖ lp(part1) ‖ lp(part2) …)
 *
 * It begins with the key and the context, so a proof is worth nothing under another key, in another
 * round or from another hand. Every part is length-prefixed, so no two transcripts share a hash
 * input. Whatever the prover could still choose after seeing a challenge has to be a part before it
 * is drawn.
 *
 * Source: Fiat–Shamir 1986 in the strong form of Bernhard–Pereira–Warinschi 2012 (the statement is
 * hashed too); the byte format is our own.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bigintToBytes, byteLength, bytesToBigint, concatBytes, lengthPrefixed } from "../bytes.ts";
import type { PublicKey } from "../paillier/publicKey.ts";
import { ProofError } from "./proofError.ts";

/** A cheating prover succeeds once in 2^128 hashes. */
export const CHALLENGE_BITS = 128;
const CHALLENGE_BYTES = CHALLENGE_BITS / 8;
/** Differences of challenges must be units modulo n: both primes are longer than a challenge. */
const MIN_KEY_BITS = 2 * (CHALLENGE_BITS + 2);

/**
 * Where a proof counts: for one round, and for one prover's public key. Both are bytes of any
 * length.
 */
export interface ProofContext {
  readonly scope: Uint8Array;
  readonly prover: Uint8Array;
}

export interface Transcript {
  readonly label: string;
  readonly parts: readonly Uint8Array[];
}

/**
 * The beginning of a transcript.
 * @throws ProofError E_PROOF_PARAMETERS for a key whose primes could be shorter than a challenge.
 */
export function openTranscript(
  label: string,
  { n, bits }: PublicKey,
  { scope, prover }: ProofContext,
): Transcript {
  if (bits < MIN_KEY_BITS) {
    const sizes = `expected a key of at least ${MIN_KEY_BITS} bits, got ${bits}`;
    throw new ProofError("E_PROOF_PARAMETERS", `openTranscript: ${sizes}`);
  }
  return { label, parts: [bigintToBytes(n, byteLength(n)), scope, prover] };
}

/** The transcript with more said. */
export function absorb(transcript: Transcript, ...parts: readonly Uint8Array[]): Transcript {
  return { ...transcript, parts: [...transcript.parts, ...parts] };
}

/**
 * As `absorb`, for numbers of one width.
 * @throws BytesError E_WIDTH for a longer or negative one.
 */
export function absorbNumbers(
  transcript: Transcript,
  width: number,
  ...numbers: readonly bigint[]
): Transcript {
  return absorb(transcript, ...numbers.map((number) => bigintToBytes(number, width)));
}

/** The challenge in [0, 2^128): the first 16 bytes of the seed. */
export function challenge(transcript: Transcript): bigint {
  return firstBits(seedOf(transcript));
}

/**
 * `count` challenges at once: the first 16 bytes of SHA-256("PM-v1/weights" ‖ 0x00 ‖ lp(seed) ‖
 * lp(u32(i))).
 */
export function challenges(transcript: Transcript, count: number): readonly bigint[] {
  const seed = seedOf(transcript);
  return Array.from({ length: count }, (_, i) =>
    firstBits(labelledHash("weights", [seed, bigintToBytes(BigInt(i), 4)])),
  );
}

function seedOf({ label, parts }: Transcript): Uint8Array {
  return labelledHash(label, parts);
}

function labelledHash(label: string, parts: readonly Uint8Array[]): Uint8Array {
  const prefix = new TextEncoder().encode(`PM-v1/${label}`);
  return sha256(concatBytes(prefix, Uint8Array.of(0), ...parts.map(lengthPrefixed)));
}

function firstBits(hash: Uint8Array): bigint {
  return bytesToBigint(hash.subarray(0, CHALLENGE_BYTES));
}
