/**
 * Step 5 of the paper's flow, section 3.6, simulated: the cloud sends the round's secret key (λ, μ)
 * to the matched buyer and seller, each part encrypted under the recipient's own Paillier key,
 * equation (21); the proxy adds the counterpart's uploads, and the users decrypt first the key (22)
 * and then the uploads (23). Whoever was matched once can from then on open every ciphertext of the
 * round (P1), which is why the real round has no such step and this file lives nowhere else.
 *
 * P4 is reproduced: a plaintext is a residue modulo n_u, so a part of the key that is larger than
 * the user's modulus comes out as another number, and no error tells. λ = lcm(p − 1, q − 1) is
 * below n/2 and fits any modulus of the same length; μ is anywhere below n and often does not, and
 * a shorter modulus loses both.
 *
 * Not reproduced: the seller is printed to receive its own location; it gets the buyer's here.
 */
import { toZn } from "bigint-crypto-utils";
import { powMod } from "../../core/primitives/modexp.ts";
import { decryptByExponent, type PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Ciphertext, PublicKey } from "../../core/primitives/paillier/publicKey.ts";
import { encryptFrom, type ZeroSource } from "../../core/primitives/paillier/zeros.ts";
import type { PaperBuyer, PaperSeller } from "./paperRecords.ts";

/** sk = (λ, μ), two numbers where the paper encrypts one. */
export interface PaperRoundKey {
  readonly lambda: bigint;
  readonly mu: bigint;
}

/** Both under the user's key. */
export interface WrappedPaperKey {
  readonly lambda: Ciphertext;
  readonly mu: Ciphertext;
}

/**
 * What a matched buyer receives: the key, and C_Loc and C_r of the seller just as the seller
 * uploaded them (P8).
 */
export interface PaperDeliveryToBuyer {
  readonly wrapped: WrappedPaperKey;
  readonly xM: Ciphertext;
  readonly yM: Ciphertext;
  readonly pricePerKwh: Ciphertext;
}

/** What a matched seller receives: the key, and C_Loc of the buyer. */
export type PaperDeliveryToSeller = Omit<PaperDeliveryToBuyer, "pricePerKwh">;

/**
 * Equation (21) for both parts, under the user's key that `userZeros` belongs to. What does not fit
 * that key is reduced, as (1 + sk·n_u) mod n_u² does silently. Simulated; the cloud would run it.
 */
export function wrapPaperKey(
  userZeros: ZeroSource,
  { lambda, mu }: PaperRoundKey,
): WrappedPaperKey {
  const { n } = userZeros.publicKey;
  const wrap = (part: bigint): Ciphertext => encryptFrom(userZeros, toZn(part, n));
  return { lambda: wrap(lambda), mu: wrap(mu) };
}

/** Equation (22). Run by a matched user with its own key. Errors as `decryptByExponent`. */
export function unwrapPaperKey(userKey: PrivateKey, wrapped: WrappedPaperKey): PaperRoundKey {
  return {
    lambda: decryptByExponent(userKey, wrapped.lambda),
    mu: decryptByExponent(userKey, wrapped.mu),
  };
}

/**
 * Equation (23), m = L(c^λ mod n²)·μ mod n, with nothing but a received key: it opens any
 * ciphertext of the round. A key that came out wrong opens it to a wrong number. Run by a matched
 * user.
 */
export function openWithPaperKey(
  { n, nSquared }: PublicKey,
  key: PaperRoundKey,
  c: bigint,
): bigint {
  const quotient = (powMod(c, key.lambda, nSquared) - 1n) / n;
  return toZn(quotient * key.mu, n);
}

/** What the cloud and the proxy send to a matched buyer; simulated. */
export function deliverToPaperBuyer(
  buyerZeros: ZeroSource,
  roundKey: PaperRoundKey,
  { xM, yM, pricePerKwh }: PaperSeller<Ciphertext>,
): PaperDeliveryToBuyer {
  return { wrapped: wrapPaperKey(buyerZeros, roundKey), xM, yM, pricePerKwh };
}

/** What the cloud and the proxy send to a matched seller; simulated. */
export function deliverToPaperSeller(
  sellerZeros: ZeroSource,
  roundKey: PaperRoundKey,
  { xM, yM }: PaperBuyer<Ciphertext>,
): PaperDeliveryToSeller {
  return { wrapped: wrapPaperKey(sellerZeros, roundKey), xM, yM };
}
