/**
 * What the authority works with: one desk to certify participants in the open, one to let members
 * in without a name.
 */
import type { Signer } from "ethers";
import type { IssuerKeyPair } from "../../core/credential/issuerKey.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import type { Rng } from "../../core/primitives/random.ts";
import type { RegistrarStore } from "./store.ts";

export interface AuthorityDesk {
  /**
   * Of the account that the registry knows as the authority; it signs certificates, suspends and
   * reinstates.
   */
  readonly wallet: Signer;
  readonly rng: Rng;
}

export interface RegistrarDesk {
  readonly parameters: CredentialParameters;
  readonly issuerKey: IssuerKeyPair;
  readonly store: RegistrarStore;
  readonly rng: Rng;
}
