/** What the cloud works with. */
import type { AnnouncedAuction } from "../../core/messages/announcedAuction.ts";
import { openKeyLetter } from "../../core/messages/keyLetter.ts";
import type { Letter } from "../../core/messages/dealtLetter.ts";
import type { Address, Bytes32 } from "../../core/messages/market.ts";
import type { SigningAccount } from "../../core/messages/outcome.ts";
import { roundKeyHash, type RoundKey } from "../../core/messages/roundKey.ts";
import type { PrivateKey } from "../../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import { memoryServerStore, type ServerStore } from "../server/store.ts";
import type { CloudWork } from "./work.ts";

export interface CloudDesk {
  /** Certified as a matcher of another operator than the proxy's; signs outcomes, sends nothing. */
  readonly account: SigningAccount;
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
  /** An auction that this cloud has agreed to serve. */
  readonly keepServed: (auction: AnnouncedAuction) => Promise<void>;
  /** Null for one that it has not. */
  readonly served: (auctionId: Bytes32) => Promise<AnnouncedAuction | null>;
  /** The accounts in the decisions that this cloud has signed. */
  readonly keepMatched: (auctionId: Bytes32, accounts: readonly Address[]) => Promise<void>;
  /** Null before it has signed any. */
  readonly matchedIn: (auctionId: Bytes32) => Promise<readonly Address[] | null>;
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
export async function privateKeyFor(
  { store }: Pick<CloudDesk, "store">,
  roundKey: RoundKey,
): Promise<PrivateKey> {
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
  const auctions = new Map<Bytes32, AnnouncedAuction>();
  const matched = new Map<Bytes32, readonly Address[]>();
  return {
    ...memoryServerStore(),
    keepPrivateKey: (hash, key) => {
      keys.set(hash, key);
      return Promise.resolve();
    },
    privateKeyOf: (hash) => Promise.resolve(keys.get(hash) ?? null),
    keepServed: (auction) => {
      auctions.set(auction.auctionId, auction);
      return Promise.resolve();
    },
    served: (auctionId) => Promise.resolve(auctions.get(auctionId) ?? null),
    keepMatched: (auctionId, accounts) => {
      matched.set(auctionId, accounts);
      return Promise.resolve();
    },
    matchedIn: (auctionId) => Promise.resolve(matched.get(auctionId) ?? null),
  };
}
