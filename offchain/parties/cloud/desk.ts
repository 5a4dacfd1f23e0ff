/** What the cloud works with in a round. */
import { openKeyLetter } from "../../core/messages/keyLetter.ts";
import type { Letter } from "../../core/messages/dealtLetter.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import { memoryServerStore, type ServerStore } from "../server/store.ts";
import type { CloudWork } from "./work.ts";

export interface CloudDesk {
  /** Opens its letters. */
  readonly sealKeys: SealKeyPair;
  readonly store: CloudStore;
  readonly work: CloudWork;
  readonly rng: Rng;
}

export interface CloudStore extends ServerStore {
  readonly keepPrivateKey: (roundKeyHash: Bytes32, key: PrivateKey) => Promise<void>;
  /** Null for a round key whose secret half never came. */
  readonly privateKeyOf: (roundKeyHash: Bytes32) => Promise<PrivateKey | null>;
}

export class CloudKeyError extends Error {
  override readonly name = "CloudKeyError";
  readonly code = "E_CLOUD_KEY";
}

/** Opens the letter with the secret half of a round key and keeps it. @throws as `openKeyLetter` */
export async function takeRoundKey(
  { sealKeys, store }: CloudDesk,
  roundKey: RoundKey,
  letter: Letter,
): Promise<void> {
  const key = await openKeyLetter(sealKeys, roundKey, letter);
  await store.keepPrivateKey(roundKeyHash(roundKey), key);
}

/** The secret half of a round key. @throws CloudKeyError if it was never dealt to this cloud */
export async function privateKeyFor({ store }: CloudDesk, roundKey: RoundKey): Promise<PrivateKey> {
  const hash = roundKeyHash(roundKey);
  const key = await store.privateKeyOf(hash);
  if (key !== null) return key;
  const remedy = "the authority has to send its key letter first";
  throw new CloudKeyError(
    `cloud: expected the secret half of round key ${hash}, got none; ${remedy}`,
  );
}

/** For as long as the process lives. */
export function memoryCloudStore(): CloudStore {
  const keys = new Map<Bytes32, PrivateKey>();
  return {
    ...memoryServerStore(),
    keepPrivateKey: (hash, key) => {
      keys.set(hash, key);
      return Promise.resolve();
    },
    privateKeyOf: (hash) => Promise.resolve(keys.get(hash) ?? null),
  };
}
