import type { Wallet } from "ethers";
import type { SignedAuthorisation } from "../../core/credential/handshake/authorisation.ts";
import type { SigningKeyPair } from "../../core/credential/longTermKey.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import type { Credential } from "../../core/credential/holder.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { Whereabouts } from "../../core/messages/upload.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { MeterStore } from "../../parties/pile/meterStore.ts";
import type { WorldPile } from "../worlds/world.ts";
import type { RegistrarDesk } from "../../parties/authority/desk.ts";
import type { CashierDesk } from "../../parties/cashier/desk.ts";
import type { StationDesk } from "../../parties/station/desk.ts";
import type { Purse } from "../../parties/vehicle/purse.ts";
import type { StakeDesk } from "../../chain/funds.ts";

/** Everybody of a simulated day, with the keys and books that are each one's alone. */
export interface Actor extends StakeDesk {
  readonly kind: "matcher" | "vehicle" | "pile";
  readonly name: string;
  readonly wallet: Wallet;
  readonly participantId: Bytes32;
  readonly sealKeys: SealKeyPair;
}

export interface PileActor extends Actor {
  readonly pile: WorldPile;
  /** The same for the whole day: a bucket drawn anew would tell more every time. */
  readonly whereabouts: Whereabouts;
  readonly siteSalt: Bytes32;
  /** Holds the pile's one meter, by the pile's name. */
  readonly store: MeterStore;
}

/** Who authorises sessions. */
export interface StationActor extends Actor {
  readonly station: StationDesk;
}

/** The vehicle of one session: all of it is fresh, and leads to nobody. */
export interface SessionActor extends Actor {
  readonly authorised: SignedAuthorisation;
  /** Of the vehicle, which pays for all its sessions with it. */
  readonly purse: Purse;
}

/** A vehicle as the registrar knows it, and as nobody else does. */
export interface MemberVehicle {
  /** Of the world; it appears in nothing that leaves the vehicle. */
  readonly name: string;
  readonly memberId: Bytes32;
  readonly longTermKey: SigningKeyPair;
  readonly credential: Credential;
  readonly purse: Purse;
}

export interface CredentialOffice {
  readonly parameters: CredentialParameters;
  /** Of all credentials of the day. */
  readonly epoch: number;
  readonly registrar: RegistrarDesk;
}

export interface Cast {
  readonly matcher: StationActor;
  readonly piles: ReadonlyMap<string, PileActor>;
  readonly office: CredentialOffice;
  readonly desk: CashierDesk;
  /** Vehicles, by name. */
  readonly members: ReadonlyMap<string, MemberVehicle>;
}

/** The cast of auctions that anybody in standing may join. */
export interface CertifiedCast extends Pick<Cast, "matcher" | "piles"> {
  /** Signs what the matcher posts: nothing is matched. */
  readonly second: Actor;
  readonly vehicles: ReadonlyMap<string, Actor>;
}
