/**
 * Random draws that a repeated generator does not repeat. A nonce that comes twice gives away what
 * it hides: two answers of a proof with one nonce are two equations for the secret. A generator
 * does repeat itself: a machine is copied while it runs, or two are made from one image. So a
 * nonce is made of fresh bytes, of the secret, and of what is said about it. It stays unpredictable
 * as long as either the generator is sound or the secret is unknown, and two statements have two
 * nonces even where the generator says the same.
 *
 *   key    = SHA-512(label ‖ 0x00 ‖ lp(fresh(64)) ‖ lp(u32(number of secrets)) ‖ lp(secret) … ‖ lp(part) …)
 *   bytes  = HMAC-SHA-512(key, u64(0)) ‖ HMAC-SHA-512(key, u64(1)) ‖ …
 *
 * `lp(x)` is the length of x in four bytes before x; a secret is its digits in base 16. A draw
 * takes whole blocks of its own.
 *
 * Source: the synthetic nonces of BIP-340 and of RFC 6979, section 3.6; the byte format is our own.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bigintToBytes, concatBytes, lengthPrefixed, u32, utf8 } from "./bytes.ts";
import { randomBytesOf, type Rng } from "./random.ts";

const FRESH_BYTES = 64;
const BLOCK_BYTES = 64;

/**
 * A generator for the draws of one statement, as predictable as `rng` to whoever knows the secrets.
 * @param label what is drawn, with its protocol: "EVCRED-v1/nonce"
 * @param secrets what a repeated draw would give away
 * @param statement everything in which two uses of one secret can differ
 * @throws RandomError E_RNG_LENGTH
 */
export function hedgedRng(
  rng: Rng,
  label: string,
  secrets: readonly bigint[],
  ...statement: readonly Uint8Array[]
): Rng {
  const fresh = randomBytesOf(rng, FRESH_BYTES);
  const parts = [
    fresh,
    u32(secrets.length),
    ...secrets.map((secret) => utf8(secret.toString(16))),
    ...statement,
  ];
  const key = sha512(concatBytes(utf8(`${label}\0`), ...parts.map(lengthPrefixed)));
  let block = 0n;
  const nextBlock = (): Uint8Array => hmac(sha512, key, bigintToBytes(block++, 8));
  return {
    deterministic: rng.deterministic,
    bytes: (length) => {
      const blocks = Array.from({ length: Math.ceil(length / BLOCK_BYTES) }, nextBlock);
      return concatBytes(...blocks).slice(0, length);
    },
  };
}
