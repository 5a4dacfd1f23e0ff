/**
 * A short seed stretched into as many pseudorandom words as are asked for: AES-256 in counter mode.
 * Who knows the seed can repeat the stream; to everybody else it is random.
 */
import { createCipheriv, createSecretKey } from "node:crypto";

export const SEED_BYTES = 32;
const COUNTER_BYTES = 16;
/**
 * Words made at a time, doubled with every time: one call of the cipher costs as much as some
 * hundred words do.
 */
const FIRST_BLOCK_WORDS = 256;
const BLOCK_WORDS = 8_192;

export class KeystreamError extends Error {
  override readonly name = "KeystreamError";
  readonly code = "E_SEED_LENGTH";
}

export interface Keystream {
  /** The next `count` words of 32 bits: to read, they may lie where others do. */
  readonly words: (count: number) => Uint32Array;
  /** The next `count` numbers of 64 bits. */
  readonly longs: (count: number) => BigUint64Array;
}

/** The stream of a seed of 32 bytes. Never use one seed for two purposes. @throws KeystreamError */
export function keystreamOf(seed: Uint8Array): Keystream {
  if (seed.length !== SEED_BYTES) {
    const sizes = `expected a seed of ${SEED_BYTES} bytes, got ${seed.length}`;
    throw new KeystreamError(`keystreamOf: ${sizes}`);
  }
  // Bare bytes are taken for a key four times as slowly as this.
  const key = createSecretKey(seed);
  const cipher = createCipheriv("aes-256-ctr", key, new Uint8Array(COUNTER_BYTES));
  let block = new Uint32Array();
  let blockWords = FIRST_BLOCK_WORDS;
  let used = 0;
  const words = (count: number): Uint32Array => {
    if (used + count <= block.length) {
      used += count;
      return block.subarray(used - count, used);
    }
    const taken = new Uint32Array(count);
    for (let filled = 0; filled < count;) {
      if (used === block.length) {
        block = wordsOf(cipher.update(new Uint8Array(4 * blockWords)));
        blockWords = Math.min(2 * blockWords, BLOCK_WORDS);
        used = 0;
      }
      const part = block.subarray(used, used + count - filled);
      taken.set(part, filled);
      filled += part.length;
      used += part.length;
    }
    return taken;
  };
  return { words, longs: (count) => longsOf(words(2 * count)) };
}

function wordsOf(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

function longsOf(words: Uint32Array): BigUint64Array {
  const placed = words.byteOffset % 8 === 0 ? words : words.slice();
  return new BigUint64Array(placed.buffer, placed.byteOffset, words.length / 2);
}
