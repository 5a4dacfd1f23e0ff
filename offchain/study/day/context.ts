/**
 * What every part of a simulated day works with. Everything that could be otherwise (chain, clock, chance, where
 * progress goes) is handed in.
 */
import type { Signer, Wallet } from "ethers";
import type { Rng } from "../../core/primitives/random.ts";
import type { SealKeyPair } from "../../core/primitives/sealedBox.ts";
import type { CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { ModeName } from "../../core/messages/roundKey.ts";
import type { SignedAuthorisation } from "../../core/credential/handshake/authorisation.ts";
import type { SignedCertificate } from "../../parties/authority/dealing.ts";
import type { CredentialOffice, MemberVehicle } from "./credentials.ts";
import type { Whereabouts } from "./cloaking.ts";
import type { CashDesk } from "./funding.ts";
import type { RunBooks } from "./stationBooks.ts";
import type { SimulatedMeter } from "../../core/meter/simulatedMeter.ts";
import type { Market } from "../../chain/market.ts";
import type { World, WorldPile } from "../worlds/world.ts";
import type { HeavyWork } from "../../market/workers/heavyWork.ts";
import type { StageClock } from "./stageClock.ts";

/** Moves the chain's clock and gives new accounts what they need for gas. */
export interface ChainControl {
  /** Mines a block at `seconds`, or does nothing if it is already later. */
  readonly advanceTo: (seconds: number) => Promise<void>;
  readonly fundGas: (account: string) => Promise<void>;
}

/** Where a run reports how far it is. */
export interface Progress {
  readonly say: (line: string) => void;
  readonly update: (stage: string, done: number, total: number) => void;
}

/** How bidding goes on after the first round. */
export interface RoundSettings {
  /** 1 to 16; after 1 nobody can answer anybody. */
  readonly maxRounds: bigint;
  /** How long a further round lasts. */
  readonly roundSeconds: bigint;
  /** By how much piles go lower, token units per kWh, at least 1. */
  readonly decrement: bigint;
}

export interface DaySettings {
  readonly mode: ModeName;
  readonly keyBits: number;
  readonly slotHours: number;
  /** Token units. */
  readonly bidBond: bigint;
  readonly vehicleDeposit: bigint;
  readonly rounds: RoundSettings;
  /** What hides where vehicles and piles are. */
  readonly cloakRule: CloakRule;
}

export interface DayContext {
  readonly world: World;
  readonly settings: DaySettings;
  readonly market: Market;
  /** Certifies everybody. */
  readonly authority: Signer;
  readonly control: ChainControl;
  /** For everything secret. */
  readonly rng: Rng;
  readonly work: HeavyWork;
  readonly stages: StageClock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Unix seconds of the day's midnight. */
  readonly midnight: number;
}

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
  /** As it was when the pile was enrolled. */
  readonly meter: SimulatedMeter;
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
