/**
 * Proxy → cloud: the encrypted differences of one buyer and the sellers that are left, in an order that means nothing to
 * the cloud; and cloud → proxy: the index of the winner.
 */
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";

/** Differences buyer − seller; a pair is feasible if all margins are ≥ 0 and dx² + dy² ≤ maxDistanceSquared. */
export interface Candidate {
  readonly dx: Ciphertext;
  readonly dy: Ciphertext;
  readonly priceMargin: Ciphertext;
  readonly featureMargins: readonly Ciphertext[];
}

export interface Comparison {
  readonly maxDistanceSquared: Ciphertext;
  readonly candidates: readonly Candidate[];
}

/** Index into `Comparison.candidates`; null if no pair is feasible. */
export type Pick = number | null;
