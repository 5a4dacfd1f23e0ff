/**
 * What every part of a simulated day works with. Everything that could be otherwise (chain, clock,
 * chance, where progress goes) is handed in.
 */
import type { Signer } from "ethers";
import type { Rng } from "../../core/primitives/random.ts";
import type { CloakRule } from "../../core/cloak/reciprocalBuckets.ts";
import type { ModeName } from "../../core/messages/roundKey.ts";
import type { Market } from "../../chain/market.ts";
import type { World } from "../worlds/world.ts";
import type { Faucet } from "../../chain/funds.ts";
import type { AuctionParties } from "../../market/auctionParties.ts";
import type { EverybodysWork } from "../../market/work.ts";
import type { StageClock } from "./stageClock.ts";

/** Moves the chain's clock and gives accounts what they need: for gas, and to stake. */
export interface ChainControl {
  /** Mines a block at `seconds`, or does nothing if it is already later. */
  readonly advanceTo: (seconds: number) => Promise<void>;
  readonly fundGas: (account: string) => Promise<void>;
  readonly faucet: Faucet;
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
  readonly work: EverybodysWork;
  /** Authority, proxy and cloud of all auctions of the day. */
  readonly parties: AuctionParties;
  readonly stages: StageClock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Unix seconds of the day's midnight. */
  readonly midnight: number;
}
