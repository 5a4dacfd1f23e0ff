/** What a pile offers with, and opens its notices and its match with. */
import type { EncryptProven } from "../../core/messages/provenRecord.ts";
import type { ClearOffer } from "../../core/messages/records.ts";
import type { SentUpload } from "../../core/messages/sealedUpload.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { BidStore } from "./bids.ts";
import type { StakeDesk } from "../../chain/funds.ts";

/** The certified site, with the salt that its commitment opens with; power in W. */
export type Site = Pick<ClearOffer, "position" | "siteSalt" | "powerW">;

export interface OfferDesk extends StakeDesk {
  readonly sealKeys: SealKeyPair;
  readonly site: Site;
  readonly store: BidStore;
  readonly encryptProven: EncryptProven;
  readonly sendUpload: (sent: SentUpload) => Promise<void>;
  readonly rng: Rng;
}

/** What a pile asks in a round, and in which one. */
export interface Ask {
  /** Counts from 1. */
  readonly round: bigint;
  /** Token units per kWh. */
  readonly pricePerKwh: bigint;
}
