/**
 * What arbiters keep of the rulings that they signed, until enough of them have signed the same.
 */
import type { Address, Bytes32, Ruling } from "../../core/messages/market.ts";

export interface RulingStore {
  /**
   * Adds an arbiter's signature and returns all that there are under the same amount, by arbiter.
   * Signatures under another amount stay where they are: arbiters who differ do not take each
   * other's away.
   */
  readonly addRuling: (
    ruling: Ruling,
    arbiter: Address,
    signature: string,
  ) => Promise<ReadonlyMap<Address, string>>;
}

/** In memory, for arbiters that live as long as their process. */
export function memoryRulings(): RulingStore {
  const rulings = new Map<Bytes32, Map<bigint, Map<Address, string>>>();
  return {
    addRuling: ({ sessionId, amount }, arbiter, signature) => {
      const amounts = rulings.get(sessionId) ?? new Map<bigint, Map<Address, string>>();
      const signatures = amounts.get(amount) ?? new Map<Address, string>();
      rulings.set(sessionId, amounts.set(amount, signatures.set(arbiter, signature)));
      return Promise.resolve(new Map(signatures));
    },
  };
}
