/**
 * Encryptions of 0 made ahead. Between two rounds a party has time and during one it has not: what it
 * fills its pool with while idle turns an encryption into a single multiplication later. Each one leaves
 * the pool when it is drawn and there is no way to put one in from outside, so none serves twice. A pool
 * that has run dry computes the next one while the caller waits: slower, never weaker; whether it was
 * dry is no secret. It must not be copied by other means, such as a snapshot of the process.
 */
import type { Ciphertext } from "./publicKey.ts";
import type { ZeroSource } from "./zeros.ts";

/** Draws from stock, and from its source when out of stock. */
export interface RandomnessPool extends ZeroSource {
  /** How many are in stock: one ciphertext each in memory. */
  readonly size: () => number;
  /** Makes `count` more at the cost of the source, without a pause. */
  readonly fill: (count: number) => void;
}

/** An empty pool over a source of the same key. Run by whoever encrypts or re-randomises. */
export function createRandomnessPool(zeros: ZeroSource): RandomnessPool {
  const stock: Ciphertext[] = [];
  return Object.freeze<RandomnessPool>({
    publicKey: zeros.publicKey,
    draw: () => stock.pop() ?? zeros.draw(),
    size: () => stock.length,
    fill: (count) => {
      for (let i = 0; i < count; i++) stock.push(zeros.draw());
    },
  });
}
