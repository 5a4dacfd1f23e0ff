/** What a station works with: a matcher or a pile that authorises the accounts of vehicles. */
import type { Signer } from "ethers";
import type { Certificate } from "../../core/messages/market.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { StationStore } from "./store.ts";

export interface StationDesk {
  /** As the registry has it, with the authority's signature: what the station shows of itself. */
  readonly certificate: Certificate;
  readonly certificateSignature: string;
  /** Of the account that the certificate names; it signs authorisations and relays them. */
  readonly wallet: Signer;
  readonly store: StationStore;
  readonly rng: Rng;
}
