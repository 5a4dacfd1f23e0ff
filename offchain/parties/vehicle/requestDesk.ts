/** What a vehicle asks with, and opens its match with. */
import type { EncryptProven } from "../../core/messages/provenRecord.ts";
import type { SentUpload } from "../../core/messages/sealedUpload.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { WishStore } from "./wishes.ts";
import type { StakeDesk } from "../../chain/funds.ts";

export interface RequestDesk extends StakeDesk {
  readonly sealKeys: SealKeyPair;
  readonly store: WishStore;
  readonly encryptProven: EncryptProven;
  readonly sendUpload: (sent: SentUpload) => Promise<void>;
  readonly rng: Rng;
}
