/** What a market is deployed with: fixed in the constructors of its contracts, for ever. */
import type { Address } from "../../core/messages/market.ts";

export interface MarketTerms {
  /** The ERC-20 that the market pays in. */
  readonly token: Address;
  /** Certifies participants and meters. */
  readonly authority: Address;
  /** Decides whether a presentation may be traced. */
  readonly court: Address;
  /** Who rules on disputes; nobody where settlements are final at once. */
  readonly arbiters: readonly Address[];
  /** How many of several arbiters have to sign the same; 1 for one, 0 for nobody. */
  readonly quorum: number;
  /** How long in its slot a pile may take to authorise, 1 s to 30 days; so for all of them. */
  readonly authoriseSeconds: number;
  readonly plugInSeconds: number;
  readonly settleSeconds: number;
  /** 0 for settlements that are final at once. */
  readonly disputeSeconds: number;
  readonly arbitrationSeconds: number;
  /** What a session has to have been to earn standing. */
  readonly minEnergyWh: bigint;
  readonly minAmountUnits: bigint;
  readonly reputation: ReputationTerms;
}

/** min ≤ threshold ≤ 0 < max; see `contracts/README.md`, Reputation. */
export interface ReputationTerms {
  readonly minCredibility: number;
  readonly threshold: number;
  readonly maxCredibility: number;
  readonly probationFactor: number;
  readonly probationPowerW: number;
  /** Of 10^18. */
  readonly minWeightWad: bigint;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const USUAL_REPUTATION: ReputationTerms = {
  minCredibility: -5,
  threshold: -2,
  maxCredibility: 20,
  probationFactor: 3,
  probationPowerW: 3_700,
  minWeightWad: 10n ** 17n,
};

/** Of a market that nobody said more about; with disputes, on which somebody has to rule. */
export const USUAL_TERMS = {
  authoriseSeconds: 15 * MINUTE,
  plugInSeconds: 30 * MINUTE,
  settleSeconds: 24 * HOUR,
  disputeSeconds: 24 * HOUR,
  arbitrationSeconds: 72 * HOUR,
  minEnergyWh: 1_000n,
  // A tenth of a token with six decimals.
  minAmountUnits: 100_000n,
  reputation: USUAL_REPUTATION,
} as const satisfies Partial<MarketTerms>;
