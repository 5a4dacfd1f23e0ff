/** What a vehicle asks with, and opens its match with. */
import type { Signer } from "ethers";
import type { EncryptProven } from "../../core/messages/provenRecord.ts";
import type { SentUpload } from "../../core/messages/sealedUpload.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { WishStore } from "./wishes.ts";

export interface RequestDesk {
  /** Of the account that asks. */
  readonly wallet: Signer;
  readonly sealKeys: SealKeyPair;
  readonly store: WishStore;
  readonly encryptProven: EncryptProven;
  readonly sendUpload: (sent: SentUpload) => Promise<void>;
  /** Brings the account's free balance to so many token units. */
  readonly ensureFree: (units: bigint) => Promise<void>;
  readonly rng: Rng;
}
