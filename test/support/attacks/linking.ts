/**
 * The attacker of P8, who holds no key and reads no plaintext: it saw who uploaded which
 * ciphertexts, sees others pass by later, and tells whose they are, because they are the same
 * numbers or products and quotients of them.
 */
import {
  add,
  type Ciphertext,
  negate,
} from "../../../offchain/core/primitives/paillier/publicKey.ts";

export interface OwnedCiphertext {
  readonly owner: string;
  readonly ciphertext: Ciphertext;
}

/** For every ciphertext that passed by, who uploaded it; null for one that nobody did. */
export function ownersOf(
  uploads: readonly OwnedCiphertext[],
  passed: readonly Ciphertext[],
): readonly (string | null)[] {
  const owners = new Map(uploads.map(({ owner, ciphertext }) => [ciphertext.value, owner]));
  return passed.map(({ value }) => owners.get(value) ?? null);
}

/**
 * For every ciphertext that passed by, which two owners' uploads it is the product or the quotient
 * of; else null.
 */
export function pairsOf(
  uploads: readonly OwnedCiphertext[],
  passed: readonly Ciphertext[],
): readonly (readonly [string, string] | null)[] {
  const pairs = new Map<bigint, readonly [string, string]>();
  for (const one of uploads) {
    for (const other of uploads) {
      if (one === other) continue;
      const names = [one.owner, other.owner] as const;
      pairs.set(add(one.ciphertext, other.ciphertext).value, names);
      pairs.set(add(one.ciphertext, negate(other.ciphertext)).value, names);
    }
  }
  return passed.map(({ value }) => pairs.get(value) ?? null);
}
