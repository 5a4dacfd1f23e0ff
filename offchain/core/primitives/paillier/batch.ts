/**
 * Negation in batches. The inverse of a ciphertext costs as much as forty multiplications, but
 * inverses of many cost one: with the products P_k = c_1·…·c_k, Montgomery's trick finds
 *
 *   c_k⁻¹ = P_(k−1)·P_k⁻¹      P_(k−1)⁻¹ = c_k·P_k⁻¹
 *
 * from the last to the first. It runs modulo n, where a multiplication costs a third, and every
 * inverse is checked and lifted to n² by one Newton step (our own combination). Who knows
 * beforehand that a value will be subtracted encrypts its negative instead and needs none of this.
 */
import { modInv, toZn } from "bigint-crypto-utils";
import {
  add,
  assertSameKey,
  type Ciphertext,
  ciphertext,
  PaillierError,
  type PublicKey,
} from "./publicKey.ts";

/**
 * D = −a mod n for every a, in their order; each equals `negate(a)`. Run by whoever subtracts.
 * @throws PaillierError E_KEY_MISMATCH for ciphertexts of different keys; E_CIPHERTEXT_UNIT for a
 *   non-unit, which no checked ciphertext is.
 */
export function negateAll(ciphertexts: readonly Ciphertext[]): readonly Ciphertext[] {
  const publicKey = ciphertexts[0]?.publicKey;
  if (publicKey === undefined) return [];
  for (const c of ciphertexts) assertSameKey(publicKey, c.publicKey);
  const inverses = inversesModulo(
    publicKey.n,
    ciphertexts.map(({ value }) => value % publicKey.n),
  );
  return ciphertexts.map(({ value }, k) => liftedInverse(publicKey, value, at(inverses, k)));
}

/** D = a − b mod n for every pair, each as `subtract(a, b)`. Errors as `negateAll`. */
export function subtractAll(
  pairs: ReadonlyArray<readonly [minuend: Ciphertext, subtrahend: Ciphertext]>,
): readonly Ciphertext[] {
  const negatives = negateAll(pairs.map(([, subtrahend]) => subtrahend));
  return pairs.map(([minuend], k) => add(minuend, at(negatives, k)));
}

/** Montgomery's trick: P_(k−1) on the way up, the inverses on the way down. */
function inversesModulo(n: bigint, units: readonly bigint[]): readonly bigint[] {
  const before: bigint[] = [];
  let product = 1n;
  for (const unit of units) {
    before.push(product);
    product = (product * unit) % n;
  }
  const downwards: bigint[] = [];
  let inverse = inverseModulo(product, n);
  for (let k = units.length - 1; k >= 0; k--) {
    downwards.push((inverse * at(before, k)) % n);
    inverse = (inverse * at(units, k)) % n;
  }
  return downwards.reverse();
}

function at<T>(list: readonly T[], k: number): T {
  const item = list[k];
  if (item === undefined) throw new RangeError("negateAll: expected one result each, got fewer");
  return item;
}

function inverseModulo(product: bigint, n: bigint): bigint {
  try {
    return modInv(product, n);
  } catch {
    throw nonUnit();
  }
}

/** c·u = 1 + k·n makes u·(2 − c·u) = u·(1 − k·n) the inverse modulo n². */
function liftedInverse(publicKey: PublicKey, value: bigint, inverse: bigint): Ciphertext {
  const { n, nSquared } = publicKey;
  const almostOne = (value * inverse) % nSquared;
  if (almostOne % n !== 1n) throw nonUnit();
  return ciphertext(publicKey, toZn(inverse * (2n - almostOne), nSquared));
}

function nonUnit(): PaillierError {
  return new PaillierError("E_CIPHERTEXT_UNIT", "negateAll: expected units, got a non-unit");
}
