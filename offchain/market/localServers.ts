/**
 * Proxy, cloud and dealer in this process. What they keep lasts as long as it does, but for the
 * attempts that they have taken part in, which may be kept longer.
 */
import type { Attempt } from "../core/messages/attempt.ts";
import { sealKeyLetter } from "../core/messages/keyLetter.ts";
import type { RoundKey } from "../core/messages/roundKey.ts";
import type { PrivateKey } from "../core/primitives/paillier/privateKey.ts";
import type { Rng } from "../core/primitives/random.ts";
import { generateSealKeyPair } from "../core/primitives/sealedBox.ts";
import { dealerFor } from "../parties/authority/dealer.ts";
import { memoryDealerStore } from "../parties/authority/dealerStore.ts";
import { memoryCloudStore, takeRoundKey } from "../parties/cloud/desk.ts";
import type { CloudWork } from "../parties/cloud/work.ts";
import { rememberingChecks } from "../parties/proxy/rememberedChecks.ts";
import type { ProxyWork } from "../parties/proxy/work.ts";
import type { Line } from "../parties/server/line.ts";
import { memoryServerStore, type ServerStore } from "../parties/server/store.ts";
import { serversTogether, type MatchingServers, type Together } from "./matching.ts";

export interface LocalServers extends MatchingServers {
  /**
   * Gives the cloud the secret half of a round key, as a letter, before the first round under it.
   */
  readonly keepPrivateKey: (roundKey: RoundKey, privateKey: PrivateKey) => Promise<void>;
}

export interface ServerAttempts {
  readonly proxy: ServerStore;
  readonly cloud: ServerStore;
}

export interface LocalOptions {
  readonly work: ProxyWork & CloudWork;
  readonly rng: Rng;
  /** Where each server notes its attempts, if they outlast the process. */
  readonly attempts?: ServerAttempts;
  /** Joins the servers for one attempt, if not within the process. */
  readonly lines?: (attempt: Attempt) => readonly [Line, Line];
}

/** The desks behind `localServers`, for whoever changes one. */
export async function localDesks({ work, rng, attempts, lines }: LocalOptions): Promise<Together> {
  const [proxyKeys, cloudKeys] = [await generateSealKeyPair(rng), await generateSealKeyPair(rng)];
  const sealTo = { proxy: proxyKeys.publicKey, cloud: cloudKeys.publicKey };
  return {
    proxyDesk: {
      sealKeys: proxyKeys,
      store: attempts?.proxy ?? memoryServerStore(),
      work: { ...work, ...rememberingChecks(work) },
      rng,
    },
    cloudDesk: {
      sealKeys: cloudKeys,
      store: { ...memoryCloudStore(), ...attempts?.cloud },
      work,
      rng,
    },
    dealer: dealerFor(sealTo, rng, memoryDealerStore()),
    ...(lines && { lines }),
  };
}

export async function localServers(options: LocalOptions): Promise<LocalServers> {
  const together = await localDesks(options);
  return {
    ...serversTogether(together),
    keepPrivateKey: async (roundKey, privateKey) => {
      const { cloudDesk } = together;
      const { publicKey } = cloudDesk.sealKeys;
      const letter = await sealKeyLetter(publicKey, roundKey, privateKey, options.rng);
      await takeRoundKey(cloudDesk, roundKey, letter);
    },
  };
}
