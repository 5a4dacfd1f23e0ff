/**
 * The keys of one session: an account and a seal key that are used in one scope and nowhere else.
 * They are kept before they are shown, so that what is interrupted is finished with the same
 * account. In another scope they would link the two, if only for the station: there the vehicle
 * makes others.
 */
import type { Bytes32 } from "../../core/messages/market.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../../core/primitives/random.ts";
import { generateSealKeyPair, type SealKeyPair } from "../../core/primitives/sealedBox.ts";

export interface SessionAccount {
  /** In which it is used. */
  readonly scope: Bytes32;
  readonly privateKey: Bytes32;
  readonly sealKeys: SealKeyPair;
}

export interface SessionAccountStore {
  /** Null before the first time in the scope. */
  readonly sessionAccount: (scope: Bytes32) => Promise<SessionAccount | null>;
  /**
   * Keeps new keys, unless there are some of the same scope already. Returns what is kept:
   * `account` itself if it was first, else the earlier one. Of two that keep at once, one is first.
   */
  readonly keepSessionAccount: (account: SessionAccount) => Promise<SessionAccount>;
}

/**
 * The account of a session in a scope, with new keys the first time.
 * @throws RandomError E_RNG_DETERMINISTIC outside tests
 */
export async function sessionAccountIn(
  store: SessionAccountStore,
  scope: Bytes32,
  rng: Rng,
): Promise<SessionAccount> {
  const kept = await store.sessionAccount(scope);
  if (kept !== null) return kept;
  assertProductionRng(rng);
  const sealKeys = await generateSealKeyPair(rng);
  return store.keepSessionAccount({ scope, privateKey: bytesToHex(rng.bytes(32)), sealKeys });
}

/** The store in memory; for tests and for one process. */
export function memorySessionAccount(): SessionAccountStore {
  const kept = new Map<Bytes32, SessionAccount>();
  return {
    sessionAccount: (scope) => Promise.resolve(kept.get(scope) ?? null),
    keepSessionAccount: (account) => {
      const first = kept.get(account.scope) ?? account;
      kept.set(account.scope, first);
      return Promise.resolve(first);
    },
  };
}
