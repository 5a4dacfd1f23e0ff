/**
 * The attackers of P5 and P6, who need no key but the public one: whoever sits on the way adds to a
 * plaintext that it cannot read, whoever takes part encrypts what no honest user would.
 */
import { toZn } from "bigint-crypto-utils";
import {
  addPlain,
  type Ciphertext,
  encrypt,
  type PublicKey,
} from "../../../offchain/core/primitives/paillier/publicKey.ts";
import type { Rng } from "../../../offchain/core/primitives/random.ts";

/** The ciphertext with `change`, of either sign, added to its plaintext: c·(1 + n)^change. */
export function changePlaintext(c: Ciphertext, change: bigint): Ciphertext {
  return addPlain(c, toZn(change, c.publicKey.n));
}

/** A well-formed ciphertext of any number, also of −1 or 2 where a bit is asked for. */
export function encryptAnything(publicKey: PublicKey, value: bigint, rng: Rng): Ciphertext {
  return encrypt(publicKey, toZn(value, publicKey.n), rng);
}
