import type { Wallet } from "ethers";
import type { SignedAuthorisation } from "../../core/credential/handshake/authorisation.ts";
import type { IssuerKeyPair } from "../../core/credential/issuerKey.ts";
import type { SigningKeyPair } from "../../core/credential/longTermKey.ts";
import type { CredentialParameters } from "../../core/credential/parameters.ts";
import type { Credential } from "../../core/credential/holder.ts";
import type { Member, Register } from "../../core/credential/registrar.ts";
import type { Coin } from "../../core/funding/coin.ts";
import type { Mint, MintBook } from "../../core/funding/mint.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { Whereabouts } from "../../core/messages/upload.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { MeterStore } from "../../parties/pile/meterStore.ts";
import type { SignedCertificate } from "../../parties/authority/dealing.ts";
import type { WorldPile } from "../worlds/world.ts";
import type { RunBooks } from "./stationBooks.ts";

/** Everybody of a simulated day, with the keys and books that are each one's alone. */
export interface Actor {
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

/** Who authorises sessions, with what it can show of itself and what it remembers. */
export interface StationActor extends Actor {
  readonly certified: SignedCertificate;
  readonly books: RunBooks;
}

/** The vehicle of one session: all of it is fresh, and leads to nobody. */
export interface SessionActor extends Actor {
  readonly authorised: SignedAuthorisation;
}

/** A vehicle as the registrar knows it, and as nobody else does. */
export interface MemberVehicle {
  /** Of the world; it appears in nothing that leaves the vehicle. */
  readonly name: string;
  readonly memberId: Bytes32;
  readonly longTermKey: SigningKeyPair;
  readonly credential: Credential;
}

export interface CredentialOffice {
  readonly parameters: CredentialParameters;
  /** Of all credentials of the day. */
  readonly epoch: number;
  readonly issuerKey: IssuerKeyPair;
  readonly register: Register;
  readonly members: Map<Bytes32, Member>;
}

export interface CashDesk {
  readonly wallet: Wallet;
  readonly mint: Mint;
  /** The cashier's: what it has issued and taken. */
  readonly book: () => MintBook;
  readonly keep: (book: MintBook) => void;
  /** Of each vehicle, by its name, and its alone. */
  readonly purses: Map<string, readonly Coin[]>;
}

export interface Cast {
  readonly matcher: StationActor;
  readonly piles: ReadonlyMap<string, PileActor>;
  readonly office: CredentialOffice;
  readonly desk: CashDesk;
  /** Vehicles, by name. */
  readonly members: ReadonlyMap<string, MemberVehicle>;
}

/** The cast of auctions that anybody in standing may join. */
export interface CertifiedCast extends Pick<Cast, "matcher" | "piles"> {
  readonly vehicles: ReadonlyMap<string, Actor>;
}
