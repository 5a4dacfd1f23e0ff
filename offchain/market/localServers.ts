/**
 * Proxy, cloud and dealer in this process. What they keep lasts as long as it does, if no stores
 * are given that last longer.
 */
import type { Attempt } from "../core/messages/attempt.ts";
import { sealKeyLetter } from "../core/messages/keyLetter.ts";
import type { SigningAccount } from "../core/messages/outcome.ts";
import type { RoundKey } from "../core/messages/roundKey.ts";
import type { PrivateKey } from "../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../core/primitives/random.ts";
import { generateSealKeyPair } from "../core/primitives/sealedBox.ts";
import { dealerFor } from "../parties/authority/dealer.ts";
import { memoryDealerStore } from "../parties/authority/dealerStore.ts";
import {
  memoryCloudStore,
  takeRoundKey,
  type CloudDesk,
  type CloudStore,
} from "../parties/cloud/desk.ts";
import type { CloudWork } from "../parties/cloud/work.ts";
import { rememberingChecks } from "../parties/proxy/rememberedChecks.ts";
import type { ProxyWork } from "../parties/proxy/work.ts";
import type { Line } from "../parties/server/line.ts";
import { memoryServerStore, type ServerStore } from "../parties/server/store.ts";
import {
  serversTogether,
  type CloudLook,
  type MatchingServers,
  type Together,
} from "./matching.ts";

export interface LocalServers extends MatchingServers {
  readonly cloudDesk: CloudDesk;
  /**
   * Gives the cloud the secret half of a round key, as a letter, before the first round under it.
   */
  readonly keepPrivateKey: (roundKey: RoundKey, privateKey: PrivateKey) => Promise<void>;
}

export interface ServerStores {
  readonly proxy: ServerStore;
  readonly cloud: CloudStore;
}

export interface LocalOptions {
  readonly work: ProxyWork & CloudWork;
  readonly rng: Rng;
  /** Of the cloud. */
  readonly account: SigningAccount;
  /** The cloud's own look at a round, with what it keeps. */
  readonly look: (store: CloudStore) => CloudLook;
  /** What each server keeps, if it outlasts the process. */
  readonly stores?: ServerStores;
  /** Joins the servers for one attempt, if not within the process. */
  readonly lines?: (attempt: Attempt) => readonly [Line, Line];
}

/** The desks behind `localServers`, for whoever changes one. */
export async function localDesks(options: LocalOptions): Promise<Together> {
  const { work, rng, account, look, stores, lines } = options;
  const store = stores?.cloud ?? memoryCloudStore();
  const [proxyKeys, cloudKeys] = [await generateSealKeyPair(rng), await generateSealKeyPair(rng)];
  const sealTo = { proxy: proxyKeys.publicKey, cloud: cloudKeys.publicKey };
  return {
    proxyDesk: {
      sealKeys: proxyKeys,
      store: stores?.proxy ?? memoryServerStore(),
      work: { ...work, ...rememberingChecks(work) },
      rng,
    },
    cloudDesk: {
      account,
      sealKeys: cloudKeys,
      store,
      work,
      rng,
    },
    dealer: dealerFor(sealTo, rng, memoryDealerStore()),
    look: look(store),
    ...(lines && { lines }),
  };
}

export async function localServers(options: LocalOptions): Promise<LocalServers> {
  const together = await localDesks(options);
  return {
    ...serversTogether(together),
    cloudDesk: together.cloudDesk,
    keepPrivateKey: async (roundKey, privateKey) => {
      const { cloudDesk } = together;
      const { publicKey } = cloudDesk.sealKeys;
      const letter = await sealKeyLetter(publicKey, roundKey, privateKey, options.rng);
      await takeRoundKey(cloudDesk, roundKey, letter);
    },
  };
}
