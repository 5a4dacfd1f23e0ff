/** What the dealer keeps of the attempts that it was asked about: none is dealt twice. */
import { attemptBytes, type Attempt, type ServerIndex } from "../../core/messages/attempt.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";

export interface DealerStore {
  /**
   * Takes the question of a server about an attempt. Atomic: true for one caller, and false ever
   * after, a restart of the authority included.
   */
  readonly takeQuestion: (attempt: Attempt, server: ServerIndex) => Promise<boolean>;
}

/** For as long as the process lives. */
export function memoryDealerStore(): DealerStore {
  const taken = new Set<string>();
  return {
    takeQuestion: (attempt, server) => {
      const name = `${bytesToHex(attemptBytes(attempt))}-${server}`;
      const isNew = !taken.has(name);
      taken.add(name);
      return Promise.resolve(isNew);
    },
  };
}
