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
  /** Null before the first time. */
  readonly sessionAccount: () => Promise<SessionAccount | null>;
  readonly keepSessionAccount: (account: SessionAccount) => Promise<void>;
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
  const kept = await store.sessionAccount();
  if (kept?.scope === scope) return kept;
  assertProductionRng(rng);
  const sealKeys = await generateSealKeyPair(rng);
  const account = { scope, privateKey: bytesToHex(rng.bytes(32)), sealKeys };
  await store.keepSessionAccount(account);
  return account;
}

/** The store in memory; for tests and for one process. */
export function memorySessionAccount(): SessionAccountStore {
  let kept: SessionAccount | null = null;
  return {
    sessionAccount: () => Promise.resolve(kept),
    keepSessionAccount: (account) => {
      kept = account;
      return Promise.resolve();
    },
  };
}
